/**
 * `<parley-header>`: who is there. Large with the welcome before the first message, one line after it, with
 * the agent's name and face as soon as there is an agent.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChatState } from '../chat.ts';
import { cross, leave, more, soundOff, soundOn } from '../icons.ts';
import { hasTalked } from '../store.ts';
import { presentAgent } from '../timeline.ts';
import { current } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import { face } from './face.ts';
import css from './header.css?inline';

export class ParleyHeader extends PanelElement {
  static override styles = styles(css);
  static override properties = {
    state: { attribute: false },
    gateway: {},
    muted: { type: Boolean },
    extra: { attribute: false },
    menu: { state: true },
  };

  declare state: ChatState;
  declare gateway: string;
  declare muted: boolean;
  /** A button more. */
  declare extra: unknown;
  declare private menu: boolean;

  constructor() {
    super();
    this.menu = false;
  }

  #closeMenu = (): void => {
    this.menu = false;
  };

  #handleKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.menu) return;
    event.preventDefault();
    this.menu = false;
    this.renderRoot.querySelector<HTMLElement>('.more')?.focus();
  }

  #handleBlur(event: FocusEvent): void {
    const to = event.relatedTarget;
    if (!(to instanceof Node) || !this.renderRoot.contains(to)) this.menu = false;
  }

  protected override render(): TemplateResult {
    const { words } = current;
    const { state } = this;
    const first = !hasTalked(state) && state.pending.length === 0 && !state.formDue;
    const agent = state.open ? presentAgent(state.events) : null;
    const faces = agent ? [agent] : (state.config?.faces ?? []).slice(0, 3);
    const logo = state.config?.logo;
    const title = agent?.name || state.config?.title || words.chat;
    const online = state.availability?.online;
    return html`
      <header class=${first ? 'first' : ''} @keydown=${this.#handleKey} @focusout=${this.#handleBlur}>
        ${logo && !agent ? html`<img class="logo" src=${this.gateway + logo} alt="" />` : nothing}
        ${
          faces.length > 0
            ? html`<div class="faces">${faces.map((person) => face(person, this.gateway))}</div>`
            : nothing
        }
        <div class="words">
          <h2><bdi>${title}</bdi></h2>
          ${first && state.config?.welcome ? html`<p class="welcome"><bdi>${state.config.welcome}</bdi></p>` : nothing}
          ${
            online === undefined
              ? nothing
              : html`<p class="presence" ?data-online=${online}>
                  <i></i>${online ? words.online : words.away}
                </p>`
          }
        </div>
        <div class="buttons">
          ${this.extra}
          <button
            class="icon-button more"
            aria-label=${words.moreOptions}
            title=${words.moreOptions}
            aria-expanded=${this.menu}
            aria-controls="menu"
            @click=${() => (this.menu = !this.menu)}
          >
            ${icon(more)}
          </button>
          <button
            class="icon-button"
            aria-label=${words.closeChat}
            title=${words.closeChat}
            @click=${() => this.tell('parley-close')}
          >
            ${icon(cross)}
          </button>
        </div>
        <div class="menu" id="menu" ?hidden=${!this.menu} @click=${this.#closeMenu}>
          <button @click=${() => this.tell('parley-mute')}>
            ${icon(this.muted ? soundOn : soundOff)} ${this.muted ? words.turnSoundOn : words.turnSoundOff}
          </button>
          ${
            state.open
              ? html`<button @click=${() => this.tell('parley-end')}>${icon(leave)} ${words.endChat}</button>`
              : nothing
          }
        </div>
      </header>
    `;
  }
}

define('parley-header', ParleyHeader);
