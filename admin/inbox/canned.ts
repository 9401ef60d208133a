/**
 * Canned responses in the composer (AG-15): a button, and a list that it opens, or `/` at the start of the text or
 * after a space. What is typed on filters the list; the focus stays in the text all the while.
 */
import {
  css,
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import {
  fill,
  offered,
  rank,
  shortcutBefore,
  type CannedResponse,
  type FillValues,
} from '../../core/cannedResponse.ts';
import type { Problem } from '../../core/errors.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { cannedResponses, fillValues, readCannedResponses } from '../data/canned.ts';
import '../elements/icon.ts';

/** More than anybody looks through; the others are found by typing. */
const mostShown = 50;

export const cannedStyles = css`
  .box {
    position: relative;
  }
  .canned {
    position: absolute;
    z-index: 3;
    inset-block-end: calc(100% + var(--parley-space-2));
    inset-inline: 0;
    max-height: min(304px, calc(var(--parley-height, 100dvh) * 0.4));
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: var(--parley-space-1);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface-raised);
    box-shadow: var(--parley-floating);
  }
  .canned li {
    display: grid;
    gap: 2px;
    min-height: 44px;
    padding: var(--parley-space-2) var(--parley-space-3);
    border-radius: var(--parley-radius);
    cursor: pointer;
  }
  .canned li[aria-selected='true'] {
    background: var(--parley-surface-3);
  }
  .canned .title,
  .canned .words {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .canned .words {
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .canned .state {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--parley-space-1) var(--parley-space-4);
    min-height: 44px;
    padding: var(--parley-space-2) var(--parley-space-3);
    color: var(--parley-text-2);
    overflow-wrap: anywhere;
  }
`;

export interface CannedHost extends ReactiveControllerHost {
  readonly session: InboxSession;
  readonly renderRoot: HTMLElement | DocumentFragment;
  /** Puts words in place of a part of the text, with the caret behind them. */
  replace(start: number, end: number, words: string): void;
}

/** What is to be replaced by the one that is chosen, up to the caret. */
interface Opened {
  session: string;
  /** Where it begins: at the slash, or where the caret was when the button was pressed. */
  start: number;
  bySlash: boolean;
  typed: string;
}

export class CannedPicker implements ReactiveController {
  #area: HTMLTextAreaElement | null = null;
  #opened: Opened | null = null;
  #found: CannedResponse[] = [];
  /** Which of them is chosen by Enter. */
  #at = 0;
  /** The slash whose list was closed by Escape: it stays closed while one types on. */
  #dismissed: number | null = null;
  #problem: Problem | null = null;
  #stopWatching: (() => void) | null = null;

  constructor(private readonly host: CannedHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#stopWatching = cannedResponses.subscribe(() => this.find());
    if (cannedResponses.value === null) void this.read();
  }

  hostDisconnected(): void {
    this.#stopWatching?.();
    this.close();
  }

  hostUpdate(): void {
    if (this.#opened && this.#opened.session !== this.host.session.id) this.close();
  }

  hostUpdated(): void {
    const area = this.#area;
    if (!area) return;
    const listed = this.#opened !== null && this.#found.length > 0;
    area.toggleAttribute('aria-controls', listed);
    area.toggleAttribute('aria-activedescendant', listed);
    if (!listed) return;
    area.setAttribute('aria-controls', 'canned');
    area.setAttribute('aria-activedescendant', `canned-${this.#at}`);
    this.host.renderRoot.querySelector(`#canned-${this.#at}`)?.scrollIntoView({ block: 'nearest' });
  }

  /** Takes the text area that the list belongs to: for `ref()`, which calls again when it goes. */
  readonly attach = (element: Element | undefined): void => {
    this.#area?.removeEventListener('click', this.handleClick);
    this.#area?.removeEventListener('blur', this.handleBlur);
    this.#area = element instanceof HTMLTextAreaElement ? element : null;
    if (!this.#area) {
      this.close();
      return;
    }
    this.#area.addEventListener('click', this.handleClick);
    this.#area.addEventListener('blur', this.handleBlur);
    this.#area.setAttribute('aria-autocomplete', 'list');
  };

  /** Looks at what is typed, once the composer has taken it. */
  follow(): void {
    const area = this.#area;
    if (!area) return;
    const { value, selectionStart: caret } = area;
    const opened = this.#opened;
    if (opened && !opened.bySlash && caret >= opened.start) {
      const typed = value.slice(opened.start, caret).replace(/^\//, '');
      if (!/\s/.test(typed)) {
        this.open({ ...opened, typed });
        return;
      }
    }
    const slash = shortcutBefore(value, caret);
    if (slash?.start !== this.#dismissed) this.#dismissed = null;
    if (slash && slash.start !== this.#dismissed) this.open({ ...slash, bySlash: true });
    else this.close();
  }

  /** Whether a key press was for the list; then it is done with. */
  handleKey(event: KeyboardEvent): boolean {
    if (!this.#opened || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const taken = this.takeKey(event);
    if (taken) event.preventDefault();
    return taken;
  }

  private async read(): Promise<void> {
    const answer = await readCannedResponses();
    this.#problem = 'problem' in answer ? answer.problem : null;
    this.host.requestUpdate();
  }

  private open(opened: Omit<Opened, 'session'>): void {
    const { session } = this.host;
    // Colleagues may have changed what everybody has.
    if (!this.#opened) void this.read();
    this.#opened = { session: session.id, ...opened };
    this.#at = 0;
    this.find();
  }

  private close(): void {
    this.#opened = null;
    this.host.requestUpdate();
  }

  private find(): void {
    const chosen = this.#found[this.#at];
    this.#found = this.#opened
      ? rank(offered(cannedResponses.value ?? []), this.#opened.typed).slice(0, mostShown)
      : [];
    // A list that was read again keeps what is chosen.
    this.#at = Math.max(0, chosen && this.#at > 0 ? this.#found.findIndex(({ id }) => id === chosen.id) : 0);
    this.host.requestUpdate();
  }

  private choose(one: CannedResponse): void {
    const { session } = this.host;
    const opened = this.#opened;
    const area = this.#area;
    if (!opened || !area) return;
    const { start, bySlash } = opened;
    const glued = !bySlash && /\S$/.test(area.value.slice(0, start));
    const words = fill(one.text, valuesFor(session));
    this.host.replace(start, Math.max(start, area.selectionStart), glued ? ` ${words}` : words);
    this.close();
  }

  /** The caret is somewhere else now. */
  private handleClick = () => this.close();

  private handleBlur = (event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Element && event.relatedTarget.closest('.canned'))) this.close();
  };

  private handleLeave = (event: FocusEvent) => {
    if (event.relatedTarget !== this.#area) this.close();
  };

  private handleButton = () => {
    const area = this.#area;
    if (!area) return;
    if (this.#opened) this.close();
    else this.open({ start: area.selectionStart, bySlash: false, typed: '' });
    area.focus();
  };

  private takeKey({ key, shiftKey }: KeyboardEvent): boolean {
    const count = this.#found.length;
    const chosen = this.#found[this.#at];
    switch (key) {
      case 'Escape':
        this.dismiss();
        return true;
      case 'ArrowDown':
      case 'ArrowUp':
        if (count > 0) this.#at = (this.#at + (key === 'ArrowDown' ? 1 : -1) + count) % count;
        else this.link?.focus();
        this.host.requestUpdate();
        return true;
      case 'Enter':
      case 'Tab':
        if (shiftKey) return false;
        if (chosen) this.choose(chosen);
        else if (key === 'Tab') this.link?.focus();
        // Until it is known what there is, Enter would send a shortcut to the customer.
        else if (cannedResponses.value !== null || this.#problem) return this.leave();
        return true;
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'Home':
      case 'End':
        return this.leave();
      default:
        return false;
    }
  }

  /** Closes the list and lets the key do what it does. */
  private leave(): false {
    this.close();
    return false;
  }

  private dismiss(): void {
    if (this.#opened?.bySlash) this.#dismissed = this.#opened.start;
    this.close();
    this.#area?.focus();
  }

  private handleLinkKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.dismiss();
  };

  private get link(): HTMLElement | null {
    return this.host.renderRoot.querySelector<HTMLElement>('.canned a');
  }

  /** The button, and the list above the box while it is open. */
  render(): TemplateResult {
    return html`<button
        class="icon-button"
        aria-label="Canned responses"
        title="Canned responses (/)"
        aria-expanded=${this.#opened !== null}
        @mousedown=${keepFocus}
        @click=${this.handleButton}
      >
        <pl-icon name="canned" size="20"></pl-icon>
      </button>
      ${this.#opened ? this.renderOpened(this.#opened) : nothing}`;
  }

  private renderOpened({ typed }: Opened): TemplateResult {
    const list = cannedResponses.value;
    if (list === null) {
      return html`<div class="canned">
        <p class="state" role="status">${this.#problem?.message ?? 'Loading canned responses…'}</p>
      </div>`;
    }
    if (this.#found.length > 0) return this.renderList();
    return html`<div class="canned" @focusout=${this.handleLeave} @keydown=${this.handleLinkKey}>
      <div class="state">
        <span role="status"
          >${list.length === 0 ? 'There are no canned responses yet.' : `No canned response fits “${typed}”.`}</span
        >
        <a href="/canned-responses/new" @mousedown=${keepFocus}>Add a canned response</a>
      </div>
    </div>`;
  }

  private renderList(): TemplateResult {
    const values = valuesFor(this.host.session);
    return html`<ul id="canned" class="canned" role="listbox" aria-label="Canned responses">
      ${this.#found.map(
        (one, index) =>
          html`<li
            id=${`canned-${index}`}
            role="option"
            aria-selected=${index === this.#at}
            @mousedown=${keepFocus}
            @click=${() => this.choose(one)}
          >
            <span class="title"><strong>/${one.shortcut}</strong> ${one.title}</span>
            <span class="words">${fill(one.text, values).slice(0, 200)}</span>
          </li>`,
      )}
    </ul>`;
  }
}

/** A press of the mouse or a tap takes the focus out of no text. */
function keepFocus(event: Event): void {
  event.preventDefault();
}

/** A contact's name is what colleagues call the customer, so it goes before what the customer said. */
function valuesFor({ contact, customer }: InboxSession): FillValues {
  return fillValues(contact ? { firstName: contact.name } : customer.profile);
}
