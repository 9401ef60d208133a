/** The navigation at the start side; on a tablet only icons, on a phone a bar with a menu. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Me } from '../../core/api.ts';
import { desk, unreadTotal } from '../data/desk.ts';
import { Watch } from '../data/store.ts';
import { base, iconButton } from '../styles/shared.ts';
import { countText } from './counts.ts';
import type { IconName } from './icons.ts';
import './icon.ts';
import './user-menu.ts';

interface Entry {
  path: string;
  /** Further paths where the entry is the current one. */
  also?: readonly string[];
  label: string;
  icon: IconName;
  admin: boolean;
}

const entries: readonly Entry[] = [
  { path: '/inbox', label: 'Inbox', icon: 'inbox', admin: false },
  {
    path: '/contacts',
    also: ['/phonebooks', '/duplicates'],
    label: 'Contacts',
    icon: 'contact',
    admin: false,
  },
  { path: '/channels', label: 'Channels', icon: 'message', admin: true },
  { path: '/queues', label: 'Queues', icon: 'layers', admin: true },
  { path: '/campaigns', label: 'Campaigns', icon: 'megaphone', admin: true },
  { path: '/agents', also: ['/groups'], label: 'Agents', icon: 'users', admin: true },
  { path: '/canned-responses', label: 'Canned responses', icon: 'canned', admin: false },
  { path: '/labels', label: 'Labels', icon: 'tag', admin: true },
  { path: '/hours', label: 'Business hours', icon: 'hours', admin: true },
  { path: '/calls', also: ['/pbx'], label: 'Calls', icon: 'phone', admin: true },
  { path: '/settings', label: 'Settings', icon: 'settings', admin: true },
  { path: '/audit', label: 'Audit', icon: 'log', admin: true },
];

@customElement('pl-navigation')
export class PlNavigation extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        display: flex;
        flex-direction: column;
        width: 216px;
        padding: var(--parley-space-4) var(--parley-space-3) var(--parley-space-3);
        border-inline-end: 1px solid var(--parley-border);
        background: var(--parley-surface-2);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        min-width: 0;
        padding: var(--parley-space-1) var(--parley-space-2) var(--parley-space-4);
        color: inherit;
        font-weight: var(--parley-weight-bold);
        text-decoration: none;
      }
      .brand img {
        width: 24px;
        height: 24px;
      }
      .brand span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .bar {
        display: none;
      }
      nav ul {
        display: grid;
        gap: 2px;
      }
      nav a {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        padding: var(--parley-space-2) 10px;
        border-radius: var(--parley-radius);
        color: var(--parley-text-2);
        text-decoration: none;
        transition: background var(--parley-fast);
      }
      nav a:hover {
        background: var(--parley-surface-4);
      }
      nav a[aria-current] {
        background: var(--parley-accent-tint);
        color: var(--parley-accent-text);
        font-weight: var(--parley-weight-medium);
      }
      .label {
        flex: 1;
      }
      .badge {
        min-width: 20px;
        padding: 1px 6px;
        border-radius: var(--parley-radius-full);
        background: var(--parley-accent);
        color: var(--parley-on-accent);
        font-size: 0.75rem;
        font-weight: var(--parley-weight-bold);
        font-variant-numeric: tabular-nums;
        text-align: center;
      }
      .push {
        flex: 1;
      }
      @media (min-width: 768px) and (max-width: 1199px) {
        :host {
          width: 64px;
          align-items: center;
          padding-inline: var(--parley-space-2);
        }
        .brand span,
        .label {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        nav a {
          position: relative;
          padding: 10px;
        }
        .badge {
          position: absolute;
          inset-block-start: 0;
          inset-inline-end: -4px;
          padding: 0 4px;
          min-width: 18px;
          font-size: 0.6875rem;
        }
      }
      @media (max-width: 767px) {
        :host {
          width: auto;
          padding: 0;
          border: 0;
          background: var(--parley-surface);
        }
        :host([inconversation]) {
          display: none;
        }
        .bar {
          display: flex;
          align-items: center;
          gap: var(--parley-space-2);
          height: calc(52px + env(safe-area-inset-top));
          padding: env(safe-area-inset-top) var(--parley-space-2) 0;
          border-block-end: 1px solid var(--parley-border);
        }
        .bar strong {
          flex: 1;
          min-width: 0;
          overflow: hidden;
          text-overflow: ellipsis;
          white-space: nowrap;
        }
        .brand,
        .push {
          display: none;
        }
        .sheet {
          display: none;
        }
        .sheet.open {
          display: block;
          padding: var(--parley-space-3);
          border-block-end: 1px solid var(--parley-border);
          background: var(--parley-surface-2);
        }
        nav a {
          padding-block: var(--parley-space-3);
          font-size: var(--parley-text-large);
        }
      }
    `,
  ];

  @property({ attribute: false }) me: Me | null = null;
  @property({ attribute: false }) workspaceName = '';
  @property({ attribute: false }) path = '';
  /** Reflected: on a phone a conversation has the whole screen. */
  @property({ type: Boolean, reflect: true }) inConversation = false;
  @state() private open = false;
  private desk = new Watch(this, desk.state);

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('path')) this.open = false;
  }

  private handleKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') this.open = false;
  };

  override render() {
    const { me } = this;
    if (!me) return nothing;
    const seen = entries.filter((entry) => !entry.admin || me.role === 'admin');
    const current = seen.find((entry) => isCurrent(entry, this.path));
    const unread = unreadTotal(this.desk.value);
    const count = countText(unread, this.desk.value.older.open !== null);
    return html`
      <header class="bar">
        <button
          class="icon-button"
          aria-label=${unread > 0 ? `Menu, ${count} unread` : 'Menu'}
          aria-expanded=${this.open}
          aria-controls="sheet"
          @click=${() => (this.open = !this.open)}
          @keydown=${this.handleKey}
        >
          <pl-icon name=${this.open ? 'x' : 'menu'} size="20"></pl-icon>
        </button>
        <strong>${current?.label ?? this.workspaceName}</strong>
        <pl-user-menu .me=${me} compact></pl-user-menu>
      </header>
      <a class="brand" href=${me.role === 'admin' ? '/' : '/inbox'}>
        <img src="/admin/icon.svg" alt="" /><span>${this.workspaceName || 'Parley'}</span>
      </a>
      <nav id="sheet" class="sheet ${this.open ? 'open' : ''}" aria-label="Main" @keydown=${this.handleKey}>
        <ul>
          ${seen.map(
            (entry) =>
              html`<li>
                <a
                  href=${entry.path}
                  title=${entry.label}
                  aria-current=${entry === current ? 'page' : nothing}
                >
                  <pl-icon name=${entry.icon} size="20"></pl-icon>
                  <span class="label">${entry.label}</span>
                  ${
                    entry.path === '/inbox' && unread > 0
                      ? html`<span class="badge">${count}<span class="unseen"> unread</span></span>`
                      : nothing
                  }
                </a>
              </li>`,
          )}
        </ul>
      </nav>
      <div class="push"></div>
      <pl-user-menu class="brandless" .me=${me}></pl-user-menu>
    `;
  }
}

function isCurrent(entry: Entry, path: string): boolean {
  const under = (root: string) => path === root || path.startsWith(`${root}/`);
  return [entry.path, ...(entry.also ?? [])].some(under);
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-navigation': PlNavigation;
  }
}
