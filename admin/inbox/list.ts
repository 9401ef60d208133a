/**
 * The list of sessions: tabs, search, rows. Arrow keys or J and K move, Enter opens.
 *
 * @fires tab - Another tab was chosen (its name in `detail`).
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { labels } from '../data/inbox.ts';
import { listed, tabOf, unreadIn, type DeskState, type Tab } from '../data/desk-state.ts';
import { Watch } from '../data/store.ts';
import type { PlTabs } from '../elements/tabs.ts';
import type { PlSearch } from '../elements/search.ts';
import { go } from '../router.ts';
import { base, iconButton } from '../styles/shared.ts';
import { LongPress } from '../elements/long-press.ts';
import '../elements/empty-state.ts';
import '../elements/search.ts';
import '../elements/tabs.ts';
import './alerts-menu.ts';
import { chipStyles, labelsOf } from './labels.ts';
import { renderRow, rowStyles } from './row.ts';
import './row-menu.ts';
import './start-dialog.ts';
import type { PlStartDialog } from './start-dialog.ts';
import type { PlRowMenu } from './row-menu.ts';

const rowsAtFirst = 80;
const tabNames: Record<Tab, string> = {
  mine: 'Mine',
  queues: 'Queues',
  campaigns: 'Campaigns',
  archived: 'Archived',
};

@customElement('pl-session-list')
export class PlSessionList extends LitElement {
  static override styles = [
    base,
    iconButton,
    rowStyles,
    chipStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--parley-surface);
      }
      header {
        padding: var(--parley-space-3) var(--parley-space-4) 0;
      }
      .title {
        display: flex;
        align-items: center;
        justify-content: space-between;
        margin-block-end: var(--parley-space-2);
      }
      h1 {
        font-size: var(--parley-title);
      }
      .tools {
        display: flex;
      }
      pl-search {
        margin-block: var(--parley-space-1) var(--parley-space-2);
        max-width: none;
      }
      pl-tabs {
        margin-inline: calc(-1 * var(--parley-space-4));
        padding-inline: var(--parley-space-4);
        border-block-end: 1px solid var(--parley-border);
      }
      .rows {
        flex: 1;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: var(--parley-space-2) var(--parley-space-2)
          calc(var(--parley-space-2) + env(safe-area-inset-bottom));
      }
      .more {
        padding: var(--parley-space-4);
        text-align: center;
      }
      @media (max-width: 767px) {
        .title h1 {
          position: absolute;
          clip-path: inset(50%);
        }
        .title {
          justify-content: flex-end;
          height: 0;
          margin: 0;
        }
        .title .tools {
          transform: translateY(22px);
        }
        pl-search {
          margin-inline-end: 96px;
          margin-block-start: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) tab: Tab = 'mine';
  @property({ attribute: false }) current = '';
  @state() private search = '';
  @state() private shown = rowsAtFirst;
  /** The row that the keyboard stands on. */
  @state() private active = '';
  @state() private loadingMore = false;
  private desk = new Watch(this, desk.state);
  private labels = new Watch(this, labels);
  /** Rows open their menu also for a finger that holds. */
  protected longPress = new LongPress(this, '.session');
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), 30_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('current') && this.current) this.active = this.current;
    if (changed.has('tab')) this.shown = rowsAtFirst;
  }

  /** Moves the focus to the row of the open session. */
  async focusCurrent(): Promise<void> {
    await this.updateComplete;
    const rows = this.renderRoot.querySelector<HTMLElement>('.rows');
    (rows?.querySelector<HTMLElement>('a[tabindex="0"]') ?? rows)?.focus();
  }

  /** Asks whom to start a session with; `to` is their number, where it is known. */
  startSession(to = ''): void {
    const dialog: PlStartDialog | null = this.renderRoot.querySelector('pl-start-dialog');
    dialog?.show(to);
  }

  focusSearch(): void {
    this.renderRoot.querySelector<HTMLElement>('pl-search')?.focus();
  }

  private get sessions(): InboxSession[] {
    return listed(this.desk.value, this.tab, this.search);
  }

  private handleListKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.move(step);
  };

  /** Moves the keyboard's place in the list. */
  move(step: number): void {
    const { sessions } = this;
    const at = sessions.findIndex((session) => session.id === this.active);
    const next = sessions[Math.max(0, Math.min(sessions.length - 1, at + step))];
    if (!next) return;
    this.active = next.id;
    void this.updateComplete.then(() => {
      const row = this.renderRoot.querySelector<HTMLElement>('a[tabindex="0"]');
      row?.focus();
      row?.scrollIntoView({ block: 'nearest' });
    });
  }

  private handleScroll = (event: Event) => {
    const rows = event.currentTarget as HTMLElement;
    if (rows.scrollHeight - rows.scrollTop - rows.clientHeight > 400) return;
    if (this.shown < this.sessions.length) this.shown += rowsAtFirst;
    else if (this.tab === 'archived') void this.loadMore();
  };

  private async loadMore(): Promise<void> {
    if (this.loadingMore || this.desk.value.archivedComplete) return;
    this.loadingMore = true;
    await desk.olderArchived();
    this.loadingMore = false;
  }

  private handleMenu(event: MouseEvent, session: InboxSession): void {
    event.preventDefault();
    const menu: PlRowMenu | null = this.renderRoot.querySelector('pl-row-menu');
    menu?.show(session, event);
  }

  override render() {
    const state = this.desk.value;
    const sessions = state.ready ? this.sessions : [];
    const visible = sessions.slice(0, this.shown);
    const active = visible.some((one) => one.id === this.active) ? this.active : visible[0]?.id;
    return html`
      <header>
        <div class="title">
          <h1>Inbox</h1>
          <span class="tools">
            <button
              class="icon-button"
              aria-label="New session"
              title="New session (C)"
              @click=${() => this.startSession()}
            >
              <pl-icon name="plus" size="20"></pl-icon>
            </button>
            <pl-alerts></pl-alerts>
          </span>
        </div>
        <pl-search
          label="Search sessions"
          @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
        ></pl-search>
        <pl-tabs
          label="Sessions"
          .tabs=${tabsOf(state, this.tab).map((id) => ({
            id,
            label: tabNames[id],
            count: id === 'archived' ? 0 : unreadIn(state, id),
          }))}
          .current=${this.tab}
          @change=${(event: Event) => this.dispatchEvent(new CustomEvent('tab', { detail: (event.target as PlTabs).current }))}
        ></pl-tabs>
      </header>
      <div
        class="rows"
        role="tabpanel"
        aria-label=${tabNames[this.tab]}
        tabindex="-1"
        @scroll=${this.handleScroll}
        @keydown=${this.handleListKey}
      >
        <ul>
          ${repeat(
            visible,
            (session) => session.id,
            (session) =>
              html`<li>
                ${renderRow({
                  session,
                  now: Date.now() + state.skew,
                  self: state.agent,
                  current: session.id === this.current,
                  active: session.id === active,
                  typing: state.typing.get(session.id)?.has(null) ?? false,
                  labels: labelsOf(session, this.labels.value),
                  menu: (event) => this.handleMenu(event, session),
                })}
              </li>`,
          )}
        </ul>
        ${sessions.length === 0 && state.ready ? this.renderEmpty(state) : nothing}
        ${
          this.tab === 'archived' && !state.archivedComplete && !this.search
            ? html`<p class="more">
                <wa-button
                  size="s"
                  appearance="plain"
                  ?loading=${this.loadingMore}
                  @click=${() => void this.loadMore()}
                  >Show older</wa-button
                >
              </p>`
            : nothing
        }
      </div>
      <pl-row-menu></pl-row-menu>
      <pl-start-dialog></pl-start-dialog>
    `;
  }

  private renderEmpty(state: DeskState): TemplateResult {
    if (this.search) {
      return html`<pl-empty icon="search" heading="Nothing found"
        >No session in this tab matches the search.</pl-empty
      >`;
    }
    if (this.tab === 'archived') {
      return html`<pl-empty icon="archive" heading="Nothing archived"
        >Sessions that ended, or that you put aside, are here.</pl-empty
      >`;
    }
    if (this.tab === 'queues') {
      return html`<pl-empty icon="layers" heading="Nobody is waiting"
        >New sessions of your queues appear here.</pl-empty
      >`;
    }
    if (this.tab === 'campaigns') {
      return html`<pl-empty icon="megaphone" heading="No sessions of campaigns"
        >When customers answer a campaign, their sessions are here.</pl-empty
      >`;
    }
    const waiting = listed(state, 'queues', '').length;
    return html`<pl-empty icon="inbox" heading="No sessions of yours">
      ${
        waiting > 0
          ? html`${waiting === 1 ? 'One session is' : `${waiting} sessions are`} waiting in your queues.
              <wa-button
                slot="action"
                appearance="outlined"
                @click=${() => this.dispatchEvent(new CustomEvent('tab', { detail: 'queues' }))}
                >Show queues</wa-button
              >`
          : 'Sessions that you pick up, or that customers start with you, appear here.'
      }
    </pl-empty>`;
  }
}

/** Campaigns have a tab once there is a session of one. */
function tabsOf({ sessions }: DeskState, current: Tab): Tab[] {
  const hasCampaigns =
    current === 'campaigns' || [...sessions.values()].some((one) => tabOf(one) === 'campaigns');
  return ['mine', 'queues', ...(hasCampaigns ? (['campaigns'] as const) : []), 'archived'];
}

/** Opens a session. */
export function openSession(id: string): void {
  void go(`/inbox/${encodeURIComponent(id)}`);
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-session-list': PlSessionList;
  }
}
