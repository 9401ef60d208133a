/**
 * The bar of a call that goes on: who, how long, how it sounds, and what can be done. The same for calls with visitors
 * and for those through the PBX.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LinkQuality } from '../../core/callLink.ts';
import { talkTime } from '../../core/callRecord.ts';
import { soundDevices } from '../data/sound.ts';
import { Watch } from '../data/store.ts';
import { selectField } from '../elements/fields.ts';
import { base, iconButton } from '../styles/shared.ts';
import { callsStyles } from './calls-styles.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

/** A call as the bar shows it. */
export interface BarCall {
  phase: 'ringing' | 'connecting' | 'talking' | 'reconnecting';
  answeredAt: number | null;
  muted: boolean;
  quality: LinkQuality | null;
  silent: boolean;
}

/** What it is done with. */
export interface Telephone {
  mute(on: boolean): void;
  hangUp(): unknown;
  unblock(): void;
  useMicrophone(id: string): Promise<void>;
  useSpeaker(id: string): Promise<void>;
}

const qualityWords: Record<LinkQuality, string> = {
  good: 'Good connection',
  fair: 'Fair connection',
  poor: 'Poor connection',
};
const qualityIcons = { good: 'signalHigh', fair: 'signalMedium', poor: 'signalLow' } as const;

/** How a call stands, for eyes and ears. */
export function stateWords({ phase, muted }: BarCall, name: string): string {
  switch (phase) {
    case 'ringing':
      return `Calling ${name}…`;
    case 'connecting':
      return 'Connecting…';
    case 'talking':
      return `In a call with ${name}${muted ? ', muted' : ''}`;
    case 'reconnecting':
      return 'The connection is bad. Trying to get it back…';
  }
}

@customElement('pl-call-bar')
export class PlCallBar extends LitElement {
  static override styles = [base, iconButton, callsStyles];

  @property({ attribute: false }) call!: BarCall;
  @property({ attribute: false }) telephone!: Telephone;
  @property({ attribute: false }) name = '';
  /** More to press, before the buttons. */
  @property({ attribute: false }) more: TemplateResult | typeof nothing = nothing;
  @state() private choosing = false;
  @state() private now = Date.now();
  private devices = new Watch(this, soundDevices);
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => (this.now = Date.now()), 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  override render() {
    const { call, name, telephone } = this;
    return html`<section class="bar" aria-label=${`Call with ${name}`}>
      <pl-icon name="phone"></pl-icon>
      <div class="who">
        <strong>${name}</strong>
        <span class="small">${this.renderState(call)}</span>
      </div>
      ${
        call.silent
          ? html`<wa-button size="s" appearance="outlined" @click=${() => telephone.unblock()}
              >Turn the sound on</wa-button
            >`
          : nothing
      }
      ${this.more}
      <button
        class="icon-button"
        aria-label="Mute"
        title=${call.muted ? 'Unmute (M)' : 'Mute (M)'}
        aria-pressed=${call.muted}
        @click=${() => telephone.mute(!call.muted)}
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
      <button class="hang-up" title="Hang up (Shift + H)" @click=${() => telephone.hangUp()}>
        <pl-icon name="phoneOff" size="20"></pl-icon><span class="words">Hang up</span>
      </button>
      ${this.choosing ? this.renderDevices() : nothing}
    </section>`;
  }

  private renderState(call: BarCall): TemplateResult {
    const { answeredAt, quality, muted } = call;
    if (call.phase !== 'talking') return html`${stateWords(call, this.name)}`;
    return html`<span role="timer" class="number">${talkTime(this.now - (answeredAt ?? this.now))}</span>
      ${muted ? html` · Muted` : nothing}
      ${
        quality
          ? html` ·
              <span class="quality ${quality}"
                ><pl-icon name=${qualityIcons[quality]}></pl-icon>
                <span class="words">${qualityWords[quality]}</span></span
              >`
          : nothing
      }`;
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
        change: (id) => void this.telephone.useMicrophone(id),
      })}
      ${
        speakers.length > 0
          ? selectField({
              label: 'Speaker',
              value: chosen(speakers, speaker),
              choices: choices(speakers),
              change: (id) => void this.telephone.useSpeaker(id),
            })
          : nothing
      }
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-call-bar': PlCallBar;
  }
}
