/**
 * Where a note is written: tinted, so that it is never taken for a message. `@` offers colleagues, who are told.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { v7 as uuid } from 'uuid';
import type { AgentRef } from '../../core/agent.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { keepDraft, readDraft } from '../data/drafts.ts';
import { colleagues } from '../data/inbox.ts';
import { base, iconButton } from '../styles/shared.ts';
import { areaStyles } from './composer-styles.ts';
import { completion, mentionedIn } from './mentions.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';

@customElement('pl-note-box')
export class PlNoteBox extends LitElement {
  static override styles = [
    base,
    iconButton,
    areaStyles,
    css`
      :host {
        display: block;
        position: relative;
        max-width: 820px;
        margin: 0 auto;
      }
      .box {
        display: flex;
        align-items: flex-end;
        gap: var(--parley-space-1);
        padding: var(--parley-space-1);
        border: 1px solid var(--parley-amber-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-amber-tint);
      }
      .box:focus-within {
        border-color: var(--parley-amber);
        box-shadow: 0 0 0 1px var(--parley-amber);
      }
      textarea::placeholder {
        color: var(--parley-amber);
      }
      .add,
      .add:hover {
        background: var(--parley-amber);
        color: var(--parley-amber-tint);
      }
      .add:disabled {
        opacity: 0.5;
      }
      ul {
        position: absolute;
        z-index: 3;
        inset-block-end: calc(100% + var(--parley-space-1));
        inset-inline-start: 0;
        width: min(280px, 100%);
        max-height: 240px;
        overflow-y: auto;
        padding: var(--parley-space-1);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-raised);
        box-shadow: var(--parley-floating);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        min-height: 40px;
        padding-inline: var(--parley-space-2);
        border-radius: var(--parley-radius);
        cursor: pointer;
      }
      li[aria-selected='true'] {
        background: var(--parley-surface-3);
      }
      .error {
        margin-block-end: var(--parley-space-1);
        color: var(--parley-red);
        font-size: var(--parley-text-small);
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @state() private text = '';
  @state() private error = '';
  @state() private busy = false;
  @state() private offered: AgentRef[] = [];
  @state() private at = 0;
  @query('textarea') private area?: HTMLTextAreaElement;
  #session = '';
  /** The same note keeps its id until it is stored, so that a second try makes no second note. */
  #id = uuid();

  override willUpdate(): void {
    if (this.#session === this.session.id) return;
    this.#session = this.session.id;
    this.text = readDraft(this.draftKey);
    this.error = '';
    this.offered = [];
    this.#id = uuid();
  }

  override focus(): void {
    void this.updateComplete.then(() => this.area?.focus());
  }

  private get draftKey(): string {
    return `note.${this.session.id}`;
  }

  private handleInput = (event: Event) => {
    const { value, selectionStart } = event.target as HTMLTextAreaElement;
    this.text = value;
    keepDraft(this.draftKey, value);
    const typed = completion(value, selectionStart);
    const { agent } = desk.state.value;
    this.offered =
      typed === null
        ? []
        : colleagues.value.agents
            .filter(({ id, name }) => id !== agent && name.toLocaleLowerCase().includes(typed))
            .slice(0, 8);
    this.at = 0;
  };

  private handleKey = (event: KeyboardEvent) => {
    if (this.offered.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) this.at = (this.at + step + this.offered.length) % this.offered.length;
      else if (event.key === 'Enter' || event.key === 'Tab') this.mention(this.offered[this.at]);
      else if (event.key === 'Escape') this.offered = [];
      else return;
      event.preventDefault();
      return;
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    if (matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    void this.add();
  };

  private mention(agent: AgentRef | undefined): void {
    const { area } = this;
    if (!agent || !area) return;
    const end = area.selectionStart;
    const start = this.text.lastIndexOf('@', end - 1);
    const words = `@${agent.name} `;
    this.text = this.text.slice(0, start) + words + this.text.slice(end);
    this.offered = [];
    keepDraft(this.draftKey, this.text);
    void this.updateComplete.then(() => {
      area.focus();
      area.setSelectionRange(start + words.length, start + words.length);
    });
  }

  private async add(): Promise<void> {
    const { id } = this.session;
    const whole = this.text;
    const text = whole.trim();
    if (text === '' || this.busy) return;
    this.busy = true;
    const mentions = mentionedIn(text, colleagues.value.agents);
    const refusal = await desk.note(this.#id, id, text, mentions);
    this.busy = false;
    if (this.session.id !== id) return;
    this.error = refusal ? `Not noted. ${refusal.message}` : '';
    if (refusal) return;
    // What was typed meanwhile begins the next note.
    this.text = this.text.startsWith(whole) ? this.text.slice(whole.length) : '';
    this.#id = uuid();
    keepDraft(this.draftKey, this.text);
    this.area?.focus();
  }

  override render() {
    const { offered } = this;
    return html`
      ${this.error ? html`<p class="error" role="alert">${this.error}</p>` : nothing}
      ${
        offered.length > 0
          ? html`<ul id="people" role="listbox" aria-label="Colleagues">
              ${offered.map(
                (agent, index) =>
                  html`<li
                    id=${`person-${index}`}
                    role="option"
                    aria-selected=${index === this.at}
                    @pointerdown=${(event: Event) => {
                      event.preventDefault();
                      this.mention(agent);
                    }}
                  >
                    <pl-avatar size="24" .name=${agent.name} .photo=${agent.photo}></pl-avatar>${agent.name}
                  </li>`,
              )}
            </ul>`
          : nothing
      }
      <div class="box">
        <textarea
          rows="1"
          dir="auto"
          maxlength="4000"
          aria-label="Note"
          aria-autocomplete="list"
          aria-controls=${offered.length > 0 ? 'people' : nothing}
          aria-activedescendant=${offered.length > 0 ? `person-${this.at}` : nothing}
          placeholder="Only colleagues see this. @ tells one of them."
          .value=${live(this.text)}
          @input=${this.handleInput}
          @keydown=${this.handleKey}
          @blur=${() => (this.offered = [])}
        ></textarea>
        <button
          class="icon-button add"
          aria-label="Add note"
          ?disabled=${this.text.trim() === '' || this.busy}
          @click=${() => void this.add()}
        >
          <pl-icon name="check" size="20"></pl-icon>
        </button>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-note-box': PlNoteBox;
  }
}
