/**
 * Calls, over whatever page is open: cards of those that ring, and the bar of the one that goes on.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { talkTime } from '../../core/callRecord.ts';
import { nameOf } from '../../core/customer.ts';
import type { LinkQuality } from '../../core/callLink.ts';
import { callElsewhere, ringing, type Calling } from '../data/calling.ts';
import { desk } from '../data/desk.ts';
import { phone, type PhoneCall } from '../data/phone.ts';
import { soundDevices } from '../data/sound.ts';
import { Watch } from '../data/store.ts';
import { selectField } from '../elements/fields.ts';
import { go, place } from '../router.ts';
import { base, iconButton } from '../styles/shared.ts';
import { callsStyles } from './calls-styles.ts';
import { KeyReader } from './keys.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

const qualityWords: Record<LinkQuality, string> = {
  good: 'Good connection',
  fair: 'Fair connection',
  poor: 'Poor connection',
};
const qualityIcons = { good: 'signalHigh', fair: 'signalMedium', poor: 'signalLow' } as const;

@customElement('pl-calls')
export class PlCalls extends LitElement {
  static override styles = [base, iconButton, callsStyles];

  @state() private choosing = false;
  @state() private now = Date.now();
  private desk = new Watch(this, desk.state);
  private phone = new Watch(this, phone.state);
  private devices = new Watch(this, soundDevices);
  private place = new Watch(this, place);
  readonly #keys = new KeyReader();
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.handleKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.handleKey);
    this.tick(false);
  }

  override willUpdate(): void {
    const { call } = this.phone.value;
    this.tick(call !== null && call.answeredAt !== null);
    if (call === null) this.choosing = false;
  }

  /** The time of a call moves on by itself. */
  private tick(on: boolean): void {
    if (on === (this.#clock !== undefined)) return;
    clearInterval(this.#clock);
    this.#clock = on ? setInterval(() => (this.now = Date.now()), 1_000) : undefined;
    this.now = Date.now();
  }

  /** The keys of calls, on every page. */
  private handleKey = (event: KeyboardEvent) => {
    const action = this.#keys.actionOf(event);
    const { call } = this.phone.value;
    const [first] = ringing(this.desk.value);
    if (action === 'answer' && first && !call) void this.answer(first);
    else if (action === 'hangUp' && first && !call) void phone.decline(first.session.id, first.call.id);
    else if (action === 'hangUp' && call) void phone.hangUp();
    else if (action === 'mute' && call) phone.mute(!call.muted);
    else return;
    event.preventDefault();
  };

  private async answer({ session, call }: Calling): Promise<void> {
    await phone.answer(session.id, call.id);
    if (this.phone.value.call?.session === session.id) await go(pathOf(session.id));
  }

  override render() {
    const { call, notice } = this.phone.value;
    const rings = ringing(this.desk.value).filter((one) => one.call.id !== call?.call);
    const elsewhere = call ? null : callElsewhere(this.desk.value, (id) => phone.knows(id));
    return html`
      ${call ? this.renderBar(call) : nothing} ${elsewhere ? this.renderElsewhere(elsewhere) : nothing}
      ${
        notice
          ? html`<pl-notice class="notice" tone=${notice.tone}
              >${notice.text}
              <span slot="action" class="actions">
                ${this.linkTo(notice.session)}
                <button class="icon-button" aria-label="Close this notice" @click=${() => phone.dismiss()}>
                  <pl-icon name="x"></pl-icon>
                </button>
              </span>
            </pl-notice>`
          : nothing
      }
      ${
        rings.length > 0
          ? html`<div class="cards">${rings.map((one) => this.renderCard(one, call !== null))}</div>`
          : nothing
      }
      <p class="unseen" role="status">${call ? this.stateWords(call) : ''}</p>
      <p class="unseen" role="alert">
        ${rings[0] ? `Incoming call from ${nameOf(rings[0].session)}. Y answers, Shift H declines.` : ''}
      </p>
    `;
  }

  // ── What rings ────────────────────────────────────────────────────────────────────────────────────────

  private renderCard(calling: Calling, inCall: boolean): TemplateResult {
    const { session, call } = calling;
    const name = nameOf(session);
    const busy = this.phone.value.busy === session.id;
    return html`<section class="card" aria-label=${`Incoming call from ${name}`}>
      <pl-avatar .name=${name} .photo=${session.customer.photo}></pl-avatar>
      <div class="who">
        <h2>${name}</h2>
        <p class="small quiet">Incoming call · ${whereFrom(calling)}</p>
        ${inCall ? html`<p class="small">Hang up first to answer this call.</p>` : nothing}
      </div>
      <div class="actions">
        <wa-button
          variant="danger"
          appearance="outlined"
          title="Decline (Shift + H)"
          @click=${() => void phone.decline(session.id, call.id)}
          ><pl-icon slot="start" name="phoneOff"></pl-icon>Decline</wa-button
        >
        <wa-button
          variant="brand"
          appearance="accent"
          title="Answer (Y)"
          ?disabled=${inCall}
          ?loading=${busy}
          @click=${() => void this.answer(calling)}
          ><pl-icon slot="start" name="phone"></pl-icon>Answer</wa-button
        >
      </div>
    </section>`;
  }

  // ── What goes on ──────────────────────────────────────────────────────────────────────────────────────

  private renderBar(call: PhoneCall): TemplateResult {
    const name = this.nameOf(call.session);
    return html`<section class="bar" aria-label=${`Call with ${name}`}>
      <pl-icon name="phone"></pl-icon>
      <div class="who">
        <strong>${name}</strong>
        <span class="small">${this.renderState(call)}</span>
      </div>
      ${
        call.silent
          ? html`<wa-button size="s" appearance="outlined" @click=${() => phone.unblock()}
              >Turn the sound on</wa-button
            >`
          : nothing
      }
      ${this.linkTo(call.session)}
      <button
        class="icon-button"
        aria-label="Mute"
        title=${call.muted ? 'Unmute (M)' : 'Mute (M)'}
        aria-pressed=${call.muted}
        @click=${() => phone.mute(!call.muted)}
      >
        <pl-icon name=${call.muted ? 'micOff' : 'mic'} size="20"></pl-icon>
      </button>
      <button
        class="icon-button"
        aria-label="Microphone and speaker"
        title="Microphone and speaker"
        aria-expanded=${this.choosing}
        @click=${() => (this.choosing = !this.choosing)}
      >
        <pl-icon name="headphones" size="20"></pl-icon>
      </button>
      <button class="hang-up" title="Hang up (Shift + H)" @click=${() => void phone.hangUp()}>
        <pl-icon name="phoneOff" size="20"></pl-icon><span class="words">Hang up</span>
      </button>
      ${this.choosing ? this.renderDevices() : nothing}
    </section>`;
  }

  private renderState(call: PhoneCall): TemplateResult {
    const { answeredAt, quality, muted } = call;
    if (call.phase !== 'talking') return html`${this.stateWords(call)}`;
    return html`<span role="timer" class="number">${talkTime(this.now - (answeredAt ?? this.now))}</span>
      ${muted ? html` · Muted` : nothing}
      ${
        quality
          ? html` ·
              <span class="quality ${quality}"
                ><pl-icon name=${qualityIcons[quality]}></pl-icon> ${qualityWords[quality]}</span
              >`
          : nothing
      }`;
  }

  private stateWords({ phase, session, muted }: PhoneCall): string {
    switch (phase) {
      case 'ringing':
        return `Calling ${this.nameOf(session)}…`;
      case 'connecting':
        return 'Connecting…';
      case 'talking':
        return `In a call with ${this.nameOf(session)}${muted ? ', muted' : ''}`;
      case 'reconnecting':
        return 'The connection is bad. Trying to get it back…';
    }
  }

  private renderDevices(): TemplateResult {
    const { microphones, speakers, microphone, speaker } = this.devices.value;
    const choices = (of: typeof microphones) => of.map(({ id, label }) => ({ value: id, label }));
    const chosen = (of: typeof microphones, id: string) =>
      of.some((one) => one.id === id) ? id : (of[0]?.id ?? '');
    return html`<div class="devices">
      ${selectField({
        label: 'Microphone',
        value: chosen(microphones, microphone),
        choices: choices(microphones),
        change: (id) => void phone.useMicrophone(id),
      })}
      ${
        speakers.length > 0
          ? selectField({
              label: 'Speaker',
              value: chosen(speakers, speaker),
              choices: choices(speakers),
              change: (id) => void phone.useSpeaker(id),
            })
          : nothing
      }
    </div>`;
  }

  private renderElsewhere({ session, call }: Calling): TemplateResult {
    return html`<section class="bar elsewhere" aria-label=${`Call with ${nameOf(session)}`}>
      <pl-icon name="phone"></pl-icon>
      <div class="who">
        <strong>${nameOf(session)}</strong>
        <span class="small">You are in this call in another window.</span>
      </div>
      <wa-button
        size="s"
        appearance="outlined"
        ?loading=${this.phone.value.busy === session.id}
        @click=${() => void phone.takeOver(session.id, call.id, call.from)}
        >Take it over</wa-button
      >
    </section>`;
  }

  /** The way to a conversation that is not on the screen. */
  private linkTo(session: string): TemplateResult | typeof nothing {
    const path = pathOf(session);
    if (this.place.value.path.startsWith(path) || !this.desk.value.sessions.has(session)) return nothing;
    return html`<a class="small" href=${path}>Open the conversation</a>`;
  }

  private nameOf(session: string): string {
    const known = this.desk.value.sessions.get(session);
    return known ? nameOf(known) : 'the visitor';
  }
}

const pathOf = (session: string): string => `/inbox/${encodeURIComponent(session)}`;

/** The channel, and the queue in which the caller waits. */
function whereFrom({ session: { channel, route } }: Calling): string {
  return [channel.name, route.agent === null ? route.queue?.name : undefined].filter(Boolean).join(' · ');
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-calls': PlCalls;
  }
}
