/**
 * What a search finds: sessions of all tabs at once as one types, and a moment later contacts, older sessions, and
 * messages with the place in which they stand.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { nameOf } from '../../core/customer.ts';
import type { FoundMessage, InboxSession, ToAgentFrame } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { listed } from '../data/desk-state.ts';
import { labels } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import { exactTime, shortTime } from '../elements/times.ts';
import { base } from '../styles/shared.ts';
import { chipStyles, labelsOf } from './labels.ts';
import { renderRow, rowStyles } from './row.ts';
import '../elements/avatar.ts';
import '../elements/empty-state.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

type Found = Extract<ToAgentFrame, { kind: 'found' }>;

/** Pause in typing after which the edge is asked. */
const pauseMs = 200;
const mostSessions = 20;
const tabs = ['mine', 'queues', 'campaigns', 'archived'] as const;

@customElement('pl-results')
export class PlResults extends LitElement {
  static override styles = [
    base,
    rowStyles,
    chipStyles,
    css`
      :host {
        flex: 1;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 0 var(--parley-space-2) calc(var(--parley-space-2) + env(safe-area-inset-bottom));
      }
      h2 {
        padding: var(--parley-space-3) var(--parley-space-3) var(--parley-space-1);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
        font-weight: var(--parley-weight-medium);
      }
      .hit {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 2px var(--parley-space-3);
        padding: var(--parley-space-2) var(--parley-space-3);
        border-radius: var(--parley-radius);
        color: inherit;
        text-decoration: none;
      }
      .hit:hover {
        background: var(--parley-surface-3);
      }
      .hit:focus-visible {
        outline-offset: -2px;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        unicode-bidi: plaintext;
      }
      .words {
        grid-column: 1 / -1;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        color: var(--parley-text-2);
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
      mark {
        background: none;
        color: var(--parley-accent-text);
        font-weight: var(--parley-weight-bold);
      }
      .more {
        padding: var(--parley-space-4);
        text-align: center;
      }
      .notice {
        padding: var(--parley-space-2) var(--parley-space-3);
      }
    `,
  ];

  /** What is searched for; not empty. */
  @property() text = '';
  @property({ attribute: false }) current = '';
  @state() private found: Found | null = null;
  @state() private searching = false;
  @state() private problem = '';
  private desk = new Watch(this, desk.state);
  private labels = new Watch(this, labels);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of several answers on their way the newest question's counts. */
  #turn = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('text')) return;
    clearTimeout(this.#timer);
    this.searching = true;
    this.#turn += 1;
    this.#timer = setTimeout(() => void this.search(null), pauseMs);
  }

  /** Moves the focus among what was found. */
  move(step: number): void {
    const links = [...this.renderRoot.querySelectorAll('a')];
    const at = links.findIndex((link) => link === this.shadowRoot?.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  }

  private async search(from: Found | null): Promise<void> {
    const turn = ++this.#turn;
    this.searching = true;
    const answer = await desk.search(this.text, from?.next ?? null);
    if (turn !== this.#turn) return;
    this.searching = false;
    this.problem = 'problem' in answer ? answer.problem.message : '';
    if ('problem' in answer) return;
    this.found = from
      ? {
          ...from,
          next: answer.next,
          matched: [...from.matched, ...answer.matched],
          messages: [...from.messages, ...answer.messages],
          sessions: [...from.sessions, ...answer.sessions],
        }
      : answer;
  }

  private handleKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.move(step);
  };

  /** What is loaded, of all tabs, then what the edge knows beside it; as they are now. */
  private sessions(found: Found | null): InboxSession[] {
    const { value } = this.desk;
    const local = tabs.flatMap((tab) => listed(value, tab, this.text).slice(0, mostSessions));
    const byId = new Map(local.map((session) => [session.id, session]));
    const known = new Map(found?.sessions.map((session) => [session.id, session]));
    for (const id of found?.matched ?? []) {
      const session = value.sessions.get(id) ?? known.get(id);
      if (session) byId.set(id, session);
    }
    return [...byId.values()].sort((a, b) => b.lastActivityAt - a.lastActivityAt).slice(0, mostSessions);
  }

  override render() {
    const { found } = this;
    const sessions = this.sessions(found);
    const contacts = found?.contacts ?? [];
    const messages = found?.messages ?? [];
    const isEmpty = sessions.length + contacts.length + messages.length === 0;
    return html`<div
      role="region"
      aria-label="Search results"
      aria-busy=${this.searching}
      @keydown=${this.handleKey}
    >
      ${
        this.problem
          ? html`<div class="notice">
              <pl-notice tone="error"
                >${this.problem}
                <wa-button slot="action" size="s" appearance="outlined" @click=${() => void this.search(null)}
                  >Try again</wa-button
                >
              </pl-notice>
            </div>`
          : nothing
      }
      ${sessions.length > 0 ? this.renderSessions(sessions) : nothing}
      ${
        contacts.length > 0
          ? html`<h2>Contacts</h2>
              <ul>
                ${contacts.map(
                  ({ id, name, company, number }) =>
                    html`<li>
                      <a class="hit" href=${`/contacts/${encodeURIComponent(id)}`}>
                        <span class="name">${name}</span>
                        <span class="words small">${[company, number].filter(Boolean).join(' · ')}</span>
                      </a>
                    </li>`,
                )}
              </ul>`
          : nothing
      }
      ${messages.length > 0 && found ? this.renderMessages(messages, found) : nothing}
      ${
        isEmpty && !this.searching && !this.problem
          ? html`<pl-empty icon="search" heading="Nothing found" role="status"
              >No session, message or contact has these words.</pl-empty
            >`
          : nothing
      }
      ${
        found?.next && !this.problem
          ? html`<p class="more">
              <wa-button
                size="s"
                appearance="plain"
                ?loading=${this.searching}
                @click=${() => void this.search(found)}
                >Search older messages</wa-button
              >
            </p>`
          : nothing
      }
    </div>`;
  }

  private renderSessions(sessions: readonly InboxSession[]): TemplateResult {
    const { agent, skew, typing } = this.desk.value;
    return html`<h2>Sessions</h2>
      <ul>
        ${sessions.map(
          (session) =>
            html`<li>
              ${renderRow({
                session,
                now: Date.now() + skew,
                self: agent,
                current: session.id === this.current,
                active: true,
                typing: typing.get(session.id)?.has(null) ?? false,
                labels: labelsOf(session, this.labels.value),
                menu: () => undefined,
              })}
            </li>`,
        )}
      </ul>`;
  }

  private renderMessages(messages: readonly FoundMessage[], { sessions }: Found): TemplateResult {
    const known = new Map(sessions.map((session) => [session.id, session]));
    const now = Date.now() + this.desk.value.skew;
    return html`<h2>Messages</h2>
      <ul>
        ${messages.map(({ session, seq, at, excerpt }) => {
          const of = this.desk.value.sessions.get(session) ?? known.get(session);
          return html`<li>
            <a class="hit" href=${`/inbox/${encodeURIComponent(session)}?at=${seq}`}>
              <span class="name">${of ? nameOf(of) : ''}</span>
              <time class="small quiet" datetime=${new Date(at).toISOString()} title=${exactTime(at)}
                >${shortTime(at, now)}</time
              >
              <span class="words small">${marked(excerpt)}</span>
            </a>
          </li>`;
        })}
      </ul>`;
  }
}

/** The words of an excerpt that match stand between \u0001 and \u0002. */
function marked(excerpt: string): TemplateResult[] {
  return excerpt
    .split(/(\u0001[^\u0002]*\u0002)/)
    .map((part) => (part.startsWith('\u0001') ? html`<mark>${part.slice(1, -1)}</mark>` : html`${part}`));
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-results': PlResults;
  }
}
