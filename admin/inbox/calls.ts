/**
 * Calls, over whatever page is open: cards of those that ring, and the bar of the one that goes on.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { nameOf } from '../../core/customer.ts';
import { callElsewhere, ringing, type Calling } from '../data/calling.ts';
import { desk } from '../data/desk.ts';
import { dialler, type DialledCall, type DialState } from '../data/dialler.ts';
import { phone, type PhoneCall } from '../data/phone.ts';
import { Watch } from '../data/store.ts';
import { go, place } from '../router.ts';
import { base, iconButton } from '../styles/shared.ts';
import { stateWords } from './call-bar.ts';
import { callsStyles } from './calls-styles.ts';
import { KeyReader } from './keys.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

@customElement('pl-calls')
export class PlCalls extends LitElement {
  static override styles = [base, iconButton, callsStyles];

  private desk = new Watch(this, desk.state);
  private phone = new Watch(this, phone.state);
  private dialler = new Watch(this, dialler.state);
  private place = new Watch(this, place);
  readonly #keys = new KeyReader();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.handleKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.handleKey);
  }

  /** The keys of calls, on every page. */
  private handleKey = (event: KeyboardEvent) => {
    const action = this.#keys.actionOf(event);
    const { call } = this.phone.value;
    const dialled = this.dialler.value.call;
    const [first] = ringing(this.desk.value);
    if (dialled && action === 'hangUp') dialler.hangUp();
    else if (dialled && action === 'mute') dialler.mute(!dialled.muted);
    else if (dialled) return;
    else if (action === 'answer' && first && !call) void this.answer(first);
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
    const { call: dialled, notice: dialNotice } = this.dialler.value;
    const rings = ringing(this.desk.value).filter((one) => one.call.id !== call?.call);
    const elsewhere = call ? null : callElsewhere(this.desk.value, (id) => phone.knows(id));
    return html`
      ${call ? this.renderBar(call) : nothing} ${dialled ? this.renderDialled(dialled) : nothing}
      ${dialNotice ? this.renderDialNotice(dialNotice) : nothing}
      ${elsewhere ? this.renderElsewhere(elsewhere) : nothing}
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
          ? html`<div class="cards">
              ${rings.map((one) => this.renderCard(one, call !== null || dialled !== null))}
            </div>`
          : nothing
      }
      <p class="unseen" role="status">
        ${call ? stateWords(call, this.nameOf(call.session)) : dialled ? stateWords(dialled, dialled.name) : ''}
      </p>
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
    return html`<pl-call-bar
      .call=${call}
      .telephone=${phone}
      .name=${this.nameOf(call.session)}
      .more=${this.linkTo(call.session)}
    ></pl-call-bar>`;
  }

  private renderDialled(call: DialledCall): TemplateResult {
    return html`<pl-call-bar
      .call=${call}
      .telephone=${dialler}
      .name=${call.name}
      .more=${call.session === null ? nothing : this.linkTo(call.session)}
    ></pl-call-bar>`;
  }

  /** What came of a call through the PBX; the device's own phone may do better. */
  private renderDialNotice({ text, number, session }: NonNullable<DialState['notice']>): TemplateResult {
    return html`<pl-notice class="notice" tone="warning"
      >${text}
      <span slot="action" class="actions">
        ${number === '' ? nothing : html`<a class="small" href=${`tel:${number}`}>Dial with this device</a>`}
        ${session === null ? nothing : this.linkTo(session)}
        <button class="icon-button" aria-label="Close this notice" @click=${() => dialler.dismiss()}>
          <pl-icon name="x"></pl-icon>
        </button>
      </span>
    </pl-notice>`;
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
