/** A face, or its initials on a colour that follows from the name; with a presence dot when one is given. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { styleMap } from 'lit/directives/style-map.js';
import { presenceNames, type Presence } from '../../core/agent.ts';
import { base } from '../styles/shared.ts';

@customElement('pl-avatar')
export class PlAvatar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: inline-block;
        flex: none;
        width: 36px;
        height: 36px;
      }
      :host([size='24']) {
        width: 24px;
        height: 24px;
        font-size: 0.6875rem;
      }
      :host([size='28']) {
        width: 28px;
        height: 28px;
        font-size: 0.75rem;
      }
      :host([size='64']) {
        width: 64px;
        height: 64px;
        font-size: var(--parley-title);
      }
      img,
      .initials {
        display: grid;
        place-items: center;
        width: 100%;
        height: 100%;
        border-radius: var(--parley-radius-full);
        object-fit: cover;
      }
      .initials {
        background: light-dark(oklch(92% 0.045 var(--hue)), oklch(37% 0.06 var(--hue)));
        color: light-dark(oklch(38% 0.1 var(--hue)), oklch(92% 0.05 var(--hue)));
        font-size: 0.8125em;
        font-weight: var(--parley-weight-bold);
        letter-spacing: 0.02em;
        user-select: none;
      }
      .dot {
        position: absolute;
        inset-block-end: -1px;
        inset-inline-end: -1px;
        width: 11px;
        height: 11px;
        border: 2px solid var(--parley-surface);
        border-radius: var(--parley-radius-full);
        background: var(--parley-border-strong);
      }
      .dot.available {
        background: var(--parley-green-dot);
      }
      .dot.away,
      .dot.lunchBreak,
      .dot.businessTrip {
        background: var(--parley-amber-dot);
      }
      .dot.doNotDisturb {
        background: var(--parley-red-dot);
      }
      .dot.disconnected {
        background: var(--parley-surface);
        box-shadow: inset 0 0 0 2px var(--parley-border-strong);
      }
    `,
  ];

  @property() name = '';
  @property() photo: string | null = null;
  @property() presence: Presence | null = null;
  @property({ type: Boolean }) disconnected = false;

  override render() {
    const dot = this.presence
      ? html`<span
          class="dot ${this.disconnected ? 'disconnected' : this.presence}"
          role="img"
          aria-label=${this.disconnected ? 'Not connected' : presenceNames[this.presence]}
        ></span>`
      : nothing;
    return html`${
      this.photo
        ? html`<img src=${this.photo} alt="" loading="lazy" />`
        : html`<span
            class="initials"
            aria-hidden="true"
            style=${styleMap({ '--hue': String(hueOf(this.name)) })}
            >${initialsOf(this.name)}</span
          >`
    }${dot}`;
  }
}

/** One or two letters: of the first and the last word. A phone number has none, so its last two digits stand in. */
export function initialsOf(name: string): string {
  if (/^\+?\d{5,}$/.test(name)) return name.slice(-2);
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '?';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return (firstLetter(first) + firstLetter(last)).toLocaleUpperCase();
}

const segmenter = new Intl.Segmenter();

/** Letters of any script, so that no emoji is cut in half. */
function firstLetter(word: string): string {
  const segment = segmenter.segment(word)[Symbol.iterator]().next();
  return segment.done ? '' : segment.value.segment;
}

/** A hue (0 to 359) that stays with the name. */
export function hueOf(name: string): number {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 100_003;
  return hash % 360;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-avatar': PlAvatar;
  }
}
