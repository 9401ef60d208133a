/**
 * The rows of a list, of which only those near the screen are in the page: one of 10,000 costs what one of 30 costs.
 * They are all of one height, so that a row which moves up leaves no gap where it was.
 *
 * @slot - What stands behind the last row.
 * @fires end - The last row is near the screen.
 */
import { virtualize, virtualizerRef, type VirtualizerHostElement } from '@lit-labs/virtualizer/virtualize.js';
import type { RangeChangedEvent } from '@lit-labs/virtualizer/events.js';
import { flow } from '@lit-labs/virtualizer/layouts/flow.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { labels } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import { LongPress } from '../elements/long-press.ts';
import { base } from '../styles/shared.ts';
import { chipStyles, labelsOf } from './labels.ts';
import { renderRow, rowStyles } from './row.ts';
import './row-menu.ts';
import type { PlRowMenu } from './row-menu.ts';

/** Closer than this to the last row more of them are wanted, px. */
const nearEnd = 800;
/** Times such as "5 min" go out of date. */
const drawEveryMs = 30_000;

const layout = flow();

@customElement('pl-session-rows')
export class PlSessionRows extends LitElement {
  static override styles = [
    base,
    rowStyles,
    chipStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .rows {
        flex: 1;
        overflow-y: auto;
        overflow-anchor: none;
        overscroll-behavior: contain;
        padding: var(--parley-space-2) var(--parley-space-2)
          calc(var(--parley-space-2) + env(safe-area-inset-bottom));
      }
      li {
        width: 100%;
      }
    `,
  ];

  /** The name of the list. */
  @property() label = '';
  /** Newest first. Another array is another list, or the same one after a change. */
  @property({ attribute: false }) sessions: InboxSession[] = [];
  @property({ attribute: false }) current = '';
  /** There are further rows that are not loaded. */
  @property({ attribute: false }) more = false;
  /** The row that the keyboard stands on. */
  @state() private active = '';
  @query('.rows') private scroller!: HTMLElement;
  @query('ul') private list!: HTMLElement & VirtualizerHostElement;
  private desk = new Watch(this, desk.state);
  private labels = new Watch(this, labels);
  /** Rows open their menu also for a finger that holds. */
  protected longPress = new LongPress(this, '.session');
  /** The rows that are in the page, by their places. */
  #range = { first: 0, last: -1 };
  /** The id of the row that the Tab key leads to. */
  #reached = '';
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), drawEveryMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('current') && this.current) this.active = this.current;
    if (changed.has('label') && this.hasUpdated) this.scroller.scrollTop = 0;
    if (changed.has('sessions')) this.handOver(changed.get('sessions') as InboxSession[] | undefined);
  }

  /** A row that leaves the list gives its focus to the one that takes its place, or to the empty list. */
  private handOver(before: readonly InboxSession[] = []): void {
    const { session: id = '' } = this.focusedRow?.dataset ?? {};
    if (id === '' || this.placeOf(id) >= 0) return;
    const at = before.findIndex((session) => session.id === id);
    const next = this.sessions[Math.min(at, this.sessions.length - 1)];
    if (next) this.active = next.id;
    void this.focusActive();
  }

  /** The row that has the focus. */
  private get focusedRow(): HTMLElement | null {
    const at = this.shadowRoot?.activeElement;
    return at instanceof HTMLElement && at.dataset.session !== undefined ? at : null;
  }

  /** Moves the focus to the row that the keyboard stands on, else to the list. */
  async focusActive(): Promise<void> {
    await this.updateComplete;
    const at = this.place;
    if (at < 0) this.scroller.focus();
    else await this.focusRow(at);
  }

  /** Moves the keyboard's place in the list. */
  move(step: number): void {
    const at = Math.max(0, Math.min(this.sessions.length - 1, this.placeOf(this.active) + step));
    const next = this.sessions[at];
    if (!next) return;
    this.active = next.id;
    void this.updateComplete.then(() => this.focusRow(at));
  }

  private placeOf(id: string): number {
    return this.sessions.findIndex((session) => session.id === id);
  }

  /** Where the keyboard stands; at first that is the first row. */
  private get place(): number {
    const at = this.placeOf(this.active);
    return at < 0 && this.sessions.length > 0 ? 0 : at;
  }

  private async focusRow(at: number): Promise<void> {
    const id = this.sessions[at]?.id;
    const virtualizer = this.list[virtualizerRef];
    if (id === undefined || !virtualizer) return;
    virtualizer.element(at)?.scrollIntoView({ block: 'nearest' });
    // Far from the screen it has to be made first; the list may go away meanwhile.
    if (!this.rowOf(id)) await virtualizer.layoutComplete.catch(() => undefined);
    this.rowOf(id)?.focus({ preventScroll: true });
  }

  private rowOf(id: string): HTMLElement | null {
    return this.renderRoot.querySelector(`a[data-session="${CSS.escape(id)}"]`);
  }

  private handleKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.move(step);
  };

  private handleFocus = (event: FocusEvent) => {
    const { session } = (event.target as HTMLElement).dataset;
    if (session !== undefined) this.active = session;
  };

  private handleScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < nearEnd) this.dispatchEvent(new Event('end'));
  };

  /** Comes before rows that are scrolled away leave the page: the focus must not leave it with them. */
  private handleRange = ({ first, last }: RangeChangedEvent) => {
    this.#range = { first, last };
    const { session } = this.focusedRow?.dataset ?? {};
    if (session !== undefined && !this.isDrawn(this.placeOf(session)))
      this.scroller.focus({ preventScroll: true });
    if (this.reachable() !== this.#reached) this.requestUpdate();
  };

  private isDrawn(at: number): boolean {
    return at >= this.#range.first && at <= this.#range.last;
  }

  /** The row that the Tab key leads to: the keyboard's own, or while that is scrolled away one that stands in for it. */
  private reachable(): string {
    const { sessions } = this;
    if (this.isDrawn(this.place)) return sessions[this.place]?.id ?? '';
    return this.isDrawn(this.placeOf(this.#reached))
      ? this.#reached
      : (sessions[this.#range.first]?.id ?? '');
  }

  private handleMenu(event: MouseEvent, session: InboxSession): void {
    event.preventDefault();
    const menu: PlRowMenu | null = this.renderRoot.querySelector('pl-row-menu');
    menu?.show(session, event);
  }

  override render() {
    this.#reached = this.reachable();
    return html`
      <div
        class="rows"
        role="tabpanel"
        aria-label=${this.label}
        tabindex="-1"
        @scroll=${this.handleScroll}
        @keydown=${this.handleKey}
        @focusin=${this.handleFocus}
      >
        <ul role="list" @rangeChanged=${this.handleRange}>
          ${virtualize<InboxSession | undefined>({
            layout,
            items: this.sessions,
            keyFunction: (session) => session?.id,
            renderItem: (session, place) => this.renderItem(session, place),
          })}
        </ul>
        <slot></slot>
      </div>
      <pl-row-menu></pl-row-menu>
    `;
  }

  /** The library may ask for places of a list that has become shorter. */
  private renderItem(session: InboxSession | undefined, place: number): TemplateResult {
    if (!session) return html``;
    const { agent, skew, typing } = this.desk.value;
    return html`<li aria-posinset=${place + 1} aria-setsize=${this.more ? -1 : this.sessions.length}>
      ${renderRow({
        session,
        now: Date.now() + skew,
        self: agent,
        current: session.id === this.current,
        active: session.id === this.#reached,
        typing: typing.get(session.id)?.has(null) ?? false,
        labels: labelsOf(session, this.labels.value),
        menu: (event) => this.handleMenu(event, session),
      })}
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-session-rows': PlSessionRows;
  }
}
