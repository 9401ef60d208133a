/**
 * The list of sessions: tabs, search, rows. Arrow keys or J and K move, Enter opens.
 *
 * @fires tab - Another tab was chosen (its name in `detail`).
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import type { DeskState, Pile } from '../data/desk-state.ts';
import type { Tab } from '../data/sessions.ts';
import { Watch } from '../data/store.ts';
import type { PlTabs } from '../elements/tabs.ts';
import type { PlSearch } from '../elements/search.ts';
import { go } from '../router.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../elements/empty-state.ts';
import '../elements/search.ts';
import '../elements/tabs.ts';
import './alerts-menu.ts';
import './rows.ts';
import './results.ts';
import type { PlResults } from './results.ts';
import type { PlSessionRows } from './rows.ts';
import './start-dialog.ts';
import type { PlStartDialog } from './start-dialog.ts';

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
        --tab-inset: var(--parley-space-4);
        margin-inline: calc(-1 * var(--parley-space-4));
        font-size: var(--parley-text-small);
      }
      pl-session-rows {
        flex: 1;
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
  @state() private loadingMore = false;
  @query('pl-session-rows') private rows?: PlSessionRows;
  @query('pl-results') private results?: PlResults | null;
  private desk = new Watch(this, desk.state);

  /** Moves the focus to the row of the open session, or while something is searched for to that. */
  async focusCurrent(): Promise<void> {
    if (this.rows) await this.rows.focusActive();
    else this.focusSearch();
  }

  /** Asks whom to start a session with; `to` is their number, where it is known. */
  startSession(to = ''): void {
    const dialog: PlStartDialog | null = this.renderRoot.querySelector('pl-start-dialog');
    dialog?.show(to);
  }

  focusSearch(): void {
    this.renderRoot.querySelector<HTMLElement>('pl-search')?.focus();
  }

  private get sessions(): readonly InboxSession[] {
    return this.desk.value.sessions.list(this.tab);
  }

  /** Moves the keyboard's place in the list. */
  move(step: number): void {
    const list = this.results ?? this.rows;
    list?.move(step);
  }

  private get pile(): Pile {
    return this.tab === 'archived' ? 'archived' : 'open';
  }

  private async loadMore(): Promise<void> {
    if (this.loadingMore || this.desk.value.older[this.pile] === null) return;
    this.loadingMore = true;
    await desk.olderSessions(this.pile);
    this.loadingMore = false;
  }

  override render() {
    const state = this.desk.value;
    const searches = this.search.trim() !== '';
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
          label="Search"
          @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
        ></pl-search>
        ${searches ? nothing : this.renderTabs(state)}
      </header>
      ${
        searches
          ? html`<pl-results .text=${this.search} .current=${this.current}></pl-results>`
          : this.renderRows(state)
      }
      <pl-start-dialog></pl-start-dialog>
    `;
  }

  private renderTabs(state: DeskState): TemplateResult {
    return html`<pl-tabs
      label="Sessions"
      .tabs=${tabsOf(state, this.tab).map((id) => ({
        id,
        label: tabNames[id],
        count: id === 'archived' ? 0 : state.sessions.unread(id),
        atLeast: state.older.open !== null,
      }))}
      .current=${this.tab}
      @change=${(event: Event) => this.dispatchEvent(new CustomEvent('tab', { detail: (event.target as PlTabs).current }))}
    ></pl-tabs>`;
  }

  private renderRows(state: DeskState): TemplateResult {
    const { sessions } = this;
    const more = state.older[this.pile] !== null;
    return html`<pl-session-rows
      label=${tabNames[this.tab]}
      .sessions=${sessions}
      .current=${this.current}
      .more=${more}
      @end=${() => void this.loadMore()}
    >
      ${sessions.length === 0 && state.ready ? this.renderEmpty(state, more) : nothing}
      ${more ? this.renderMore() : nothing}
    </pl-session-rows>`;
  }

  /** What is not loaded is not shown, so that is said, with the way on. */
  private renderMore(): TemplateResult {
    return html`<p class="more small quiet">
      <wa-button size="s" appearance="plain" ?loading=${this.loadingMore} @click=${() => void this.loadMore()}
        >Show older</wa-button
      >
    </p>`;
  }

  private renderEmpty(state: DeskState, more: boolean): TemplateResult {
    if (more) {
      return html`<pl-empty icon="inbox" heading="None among the newest sessions"
        >This tab may have older ones.</pl-empty
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
    const waiting = state.sessions.list('queues').length;
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
  const hasCampaigns = current === 'campaigns' || sessions.list('campaigns').length > 0;
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
