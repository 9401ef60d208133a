/**
 * `<parley-call>`: a call that is under way, on top of the conversation or, with the panel closed, beside the launcher.
 * The conversation stays below it, so that both go on at once.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { talkTime } from '../../core/callRecord.ts';
import type { Calls, Stage } from '../call/calls.ts';
import { devices, hangUp, microphone, microphoneOff, phone } from '../call/icons.ts';
import type { Device } from '../call/microphone.ts';
import type { Phone } from '../call/phone.ts';
import { spoken, type Failure } from '../call/words.ts';
import { current, fill } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import { face } from './face.ts';
import css from './call.css?inline';

/** After these another try leads nowhere. */
const hopeless: readonly Failure[] = ['forbidden', 'insecure', 'unsupported', 'form', 'closed'];

export class ParleyCall extends PanelElement {
  static override styles = styles(css);
  static override properties = {
    calls: { attribute: false },
    stage: { attribute: false },
    gateway: {},
    beside: { type: Boolean, reflect: true },
    choosing: { state: true },
  };

  declare calls: Calls;
  /** The calls' own, given anew with each change. */
  declare stage: Stage;
  declare gateway: string;
  /** Whether it stands beside the launcher, instead of in the panel. */
  declare beside: boolean;
  /** Whether the devices are shown. */
  declare private choosing: boolean;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #hadFocus = false;

  constructor() {
    super();
    this.beside = false;
    this.choosing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#hadFocus = this.hasUpdated && (this.shadowRoot?.activeElement ?? null) !== null;
    if (!changed.has('stage')) return;
    const { kind } = this.stage;
    if (kind !== 'talking') this.choosing = false;
    clearInterval(this.#ticking);
    if (kind === 'talking' || kind === 'reconnecting') {
      this.#ticking = setInterval(() => this.requestUpdate(), 1000);
    }
  }

  /** A button that goes takes the focus with it; it moves on to the next one, or back to where the visitor writes. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('stage')) return;
    const begun = this.stage.kind === 'asking' && changed.get('stage')?.kind !== 'asking';
    const lost = this.#hadFocus && this.shadowRoot?.activeElement === null;
    if (!begun && !lost) return;
    const next = this.renderRoot.querySelector('button');
    if (next) next.focus();
    else if (!this.beside) this.tell('parley-write');
  }

  #write(): void {
    this.calls.dismiss();
    this.tell('parley-write');
  }

  #handleKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.choosing) return;
    event.preventDefault();
    this.choosing = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.choose')?.focus());
  }

  protected override render(): TemplateResult {
    const { rtl, language } = current;
    const { kind } = this.stage;
    const loud = kind === 'failed' || kind === 'invited';
    const text = this.#text();
    return html`<section
      class="card ${kind}"
      aria-label=${spoken.words.call}
      lang=${language}
      dir=${rtl ? 'rtl' : 'ltr'}
      @keydown=${this.#handleKey}
    >
      ${kind === 'idle' ? nothing : this.#renderPicture()}
      <div class="words">
        <p role="status">${loud ? nothing : text}</p>
        <p role="alert">${loud ? text : nothing}</p>
        ${this.#renderMore()}
      </div>
      <div class="buttons">${this.#renderButtons()}</div>
      ${this.choosing && this.calls.phone ? this.#renderDevices(this.calls.phone) : nothing}
    </section>`;
  }

  /** What a screen reader says; the time that passes is not part of it. */
  #text(): string {
    const { words } = spoken;
    const { stage } = this;
    const name = this.calls.agent?.name;
    switch (stage.kind) {
      case 'idle':
        return '';
      case 'asking':
        return words.allowMicrophone;
      case 'ringing':
        return words.ringing;
      case 'connecting':
        return current.words.connecting;
      case 'invited':
        return fill(words.invites, { name: name || current.words.agent });
      case 'talking':
        return name ? fill(words.onCallWith, { name }) : words.onCall;
      case 'reconnecting':
        return words.reconnecting;
      case 'elsewhere':
        return words.elsewhere;
      case 'failed':
        return words.failures[stage.why];
    }
  }

  #renderPicture(): TemplateResult {
    const { agent } = this.calls;
    const known = agent && this.stage.kind !== 'failed';
    return known ? face(agent, this.gateway) : html`<span class="face">${icon(phone)}</span>`;
  }

  /** How long they talk, how it sounds, and whether the microphone is on. */
  #renderMore(): TemplateResult | typeof nothing {
    const { words } = spoken;
    const telephone = this.calls.phone;
    const { talkedMs } = this.calls;
    if (!telephone || talkedMs === null) return nothing;
    const { quality, muted, problem } = telephone;
    return html`<p class="more">
        <span class="time">${talkTime(talkedMs)}</span>
        ${
          quality && this.stage.kind === 'talking'
            ? html`<span class="quality" data-quality=${quality}><i></i>${words[quality]}</span>`
            : nothing
        }
        ${muted ? html`<span>${words.muted}</span>` : nothing}
      </p>
      ${problem ? html`<p class="problem" role="alert">${words.failures[problem]}</p>` : nothing}`;
  }

  #renderButtons(): unknown {
    const { words } = spoken;
    const { calls, stage } = this;
    switch (stage.kind) {
      case 'idle':
      case 'elsewhere':
        return nothing;
      case 'invited':
        return html`<button class="primary" @click=${() => void calls.accept()}>${words.accept}</button>
          <button class="quiet" @click=${() => calls.decline()}>${words.decline}</button>`;
      case 'failed':
        return html`<button class="primary" @click=${this.#write}>${words.chatInstead}</button> ${
            hopeless.includes(stage.why)
              ? nothing
              : html`<button class="quiet" @click=${() => void calls.place()}>${words.callAgain}</button>`
          }`;
      case 'asking':
      case 'ringing':
      case 'connecting':
        return this.#renderHangUp();
      case 'talking':
      case 'reconnecting':
        return html`${calls.phone ? this.#renderControls(calls.phone) : nothing}${this.#renderHangUp()}`;
    }
  }

  #renderControls(telephone: Phone): TemplateResult {
    const { words } = spoken;
    const { muted, hushed } = telephone;
    const mute = muted ? words.unmute : words.mute;
    return html`
      ${
        hushed
          ? html`<button class="primary" @click=${() => telephone.unhush()}>${words.play}</button>`
          : nothing
      }
      <button
        class="round mute"
        aria-label=${words.mute}
        aria-pressed=${muted}
        title=${mute}
        @click=${() => telephone.setMuted(!muted)}
      >
        ${icon(muted ? microphoneOff : microphone)}
      </button>
      <button
        class="round choose"
        aria-label=${words.devices}
        title=${words.devices}
        aria-expanded=${this.choosing}
        @click=${() => (this.choosing = !this.choosing)}
      >
        ${icon(devices)}
      </button>
    `;
  }

  #renderHangUp(): TemplateResult {
    const { words } = spoken;
    return html`<button
      class="round end"
      aria-label=${words.hangUp}
      title=${words.hangUp}
      @click=${() => this.calls.hangUp()}
    >
      ${icon(hangUp)}
    </button>`;
  }

  #renderDevices(telephone: Phone): TemplateResult {
    const { words } = spoken;
    const { microphones, speakers } = telephone.devices;
    const { chosen } = telephone;
    return html`<div class="devices">
      ${choice(words.microphone, microphones, chosen.microphone, (id) => void telephone.useMicrophone(id))}
      ${
        speakers.length > 0
          ? choice(words.speaker, speakers, chosen.speaker, (id) => void telephone.useSpeaker(id))
          : nothing
      }
    </div>`;
  }
}

function choice(label: string, of: Device[], chosen: string, onChoose: (id: string) => void): TemplateResult {
  return html`<label
    >${label}
    <select @change=${(event: Event) => onChoose((event.target as HTMLSelectElement).value)}>
      ${of.map(
        ({ id, name }) =>
          html`<option value=${id} ?selected=${id === chosen}>${name || spoken.words.standard}</option>`,
      )}
    </select></label
  >`;
}

/** The call as the panel shows it. */
export function callCard(calls: Calls, beside: boolean, gateway: string): TemplateResult {
  return html`<parley-call
    .calls=${calls}
    .stage=${calls.stage}
    .gateway=${gateway}
    .beside=${beside}
  ></parley-call>`;
}

define('parley-call', ParleyCall);
