/**
 * The menu of a right click, or a long press, on a row: archive, unread, and remove, which asks in its place. It
 * comes back to say why something was not done.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { nameOf } from '../../core/customer.ts';
import type { Problem } from '../../core/errors.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { base } from '../styles/shared.ts';
import { go, place } from '../router.ts';
import { focusControl } from '../elements/focus.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

@customElement('pl-row-menu')
export class PlRowMenu extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      .menu {
        inset: auto;
        position: fixed;
        margin: 0;
        min-width: 200px;
        padding: var(--parley-space-1);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-raised);
        color: var(--parley-text-1);
        box-shadow: var(--parley-floating);
      }
      .item {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        width: 100%;
        padding: var(--parley-space-2) var(--parley-space-3);
        border: 0;
        border-radius: var(--parley-radius);
        background: none;
        text-align: start;
      }
      .item:hover,
      .item:focus-visible {
        background: var(--parley-surface-3);
      }
      @media (pointer: coarse) {
        .menu {
          min-width: 220px;
        }
        .item {
          min-height: 44px;
        }
      }
      .danger {
        color: var(--parley-red);
      }
      .ask {
        display: grid;
        gap: var(--parley-space-3);
        max-width: 260px;
        padding: var(--parley-space-3);
      }
    `,
  ];

  @state() private session: InboxSession | null = null;
  @state() private asking = false;
  @state() private refusal: Problem | null = null;
  @query('.menu') private menu?: HTMLElement;
  /** Where the focus goes back to. */
  #row: HTMLElement | null = null;
  /** Where it opens, px of the viewport. */
  #at = { x: 0, y: 0 };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.handleOutside, { capture: true });
  }

  /** Opens at the pointer, or at the row when the keyboard asked. */
  show(session: InboxSession, event: MouseEvent): void {
    this.session = session;
    this.asking = false;
    this.refusal = null;
    this.#row = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
    const row = this.#row?.getBoundingClientRect();
    this.#at = {
      x: event.clientX || (row?.left ?? 0) + 48,
      y: event.clientY || (row?.bottom ?? 0),
    };
    void this.open().then(() => this.menu?.querySelector<HTMLElement>('.item')?.focus());
  }

  private async open(): Promise<void> {
    await this.updateComplete;
    const { menu } = this;
    if (!menu) return;
    // Closed by ourselves: of a finger that still holds the browser thinks that it presses beside the menu.
    if (!menu.matches(':popover-open')) menu.showPopover();
    document.addEventListener('pointerdown', this.handleOutside, { capture: true });
    const { x, y } = this.#at;
    menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  }

  private hide(): void {
    document.removeEventListener('pointerdown', this.handleOutside, { capture: true });
    if (this.menu?.matches(':focus-within')) this.#row?.focus();
    this.menu?.hidePopover();
  }

  private handleOutside = (event: Event) => {
    if (this.menu && !event.composedPath().includes(this.menu)) this.hide();
  };

  private handleLeave = (event: FocusEvent) => {
    if (event.relatedTarget instanceof Node && !this.menu?.contains(event.relatedTarget)) this.hide();
  };

  /** The menu goes at once, so that the focus is on the row when that leaves the list. */
  private async run(request: Promise<Problem | null>): Promise<void> {
    const { session } = this;
    this.hide();
    const refusal = await request;
    if (!refusal || this.session !== session) return;
    this.refusal = refusal;
    await this.open();
    await focusControl(this.menu?.querySelector<HTMLElement>('.close'));
  }

  private handleArchive = () => {
    const { session } = this;
    if (session) void this.run(desk.archive(session.id, !session.archived));
  };

  /** An open conversation would be read again at once, so it is left. */
  private handleUnread = async () => {
    const { session } = this;
    if (!session) return;
    this.hide();
    if (place.value.path === `/inbox/${encodeURIComponent(session.id)}`) await go('/inbox');
    await this.run(desk.markUnread(session.id));
  };

  private handleRead = () => {
    const { session } = this;
    this.hide();
    if (session) desk.markRead(session.id, session.seq);
  };

  private handleAsk = () => {
    this.asking = true;
    void this.updateComplete.then(() => focusControl(this.menu?.querySelector<HTMLElement>('.yes')));
  };

  private handleRemove = () => {
    const { session } = this;
    if (session) void this.run(desk.remove(session.id));
  };

  private handleKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this.hide();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || this.asking || this.refusal) return;
    event.preventDefault();
    const items = [...(this.menu?.querySelectorAll<HTMLElement>('.item') ?? [])];
    const at = items.findIndex((item) => item.matches(':focus'));
    items[(at + step + items.length) % items.length]?.focus();
  };

  override render() {
    const { session } = this;
    return html`<div
      class="menu"
      popover="manual"
      role=${this.asking || this.refusal ? 'alertdialog' : 'menu'}
      aria-label=${session ? `Session with ${nameOf(session)}` : 'Session'}
      @keydown=${this.handleKey}
      @focusout=${this.handleLeave}
    >
      ${session ? this.renderContent(session) : nothing}
    </div>`;
  }

  private renderContent(session: InboxSession): TemplateResult {
    if (this.refusal) return this.renderRefusal(this.refusal);
    return this.asking ? this.renderAsk() : this.renderItems(session);
  }

  private renderItems(session: InboxSession): TemplateResult {
    return html`
      ${
        session.status === 'open'
          ? html`<button class="item" role="menuitem" @click=${this.handleArchive}>
              <pl-icon name=${session.archived ? 'archiveRestore' : 'archive'}></pl-icon
              >${session.archived ? 'Unarchive' : 'Archive'}
            </button>`
          : nothing
      }
      ${
        session.unread > 0
          ? html`<button class="item" role="menuitem" @click=${this.handleRead}>
              <pl-icon name="checkCheck"></pl-icon>Mark as read
            </button>`
          : session.inbound > 0
            ? html`<button class="item" role="menuitem" @click=${this.handleUnread}>
                <pl-icon name="unread"></pl-icon>Mark as unread
              </button>`
            : nothing
      }
      <button class="item danger" role="menuitem" @click=${this.handleAsk}>
        <pl-icon name="trash"></pl-icon>Remove
      </button>
    `;
  }

  private renderAsk(): TemplateResult {
    return html`<div class="ask">
      <span>Remove this session from your list, on all your devices?</span>
      <div class="row">
        <wa-button size="s" appearance="outlined" @click=${() => this.hide()}>Keep</wa-button>
        <wa-button class="yes" size="s" variant="danger" appearance="accent" @click=${this.handleRemove}
          >Remove</wa-button
        >
      </div>
    </div>`;
  }

  private renderRefusal({ message }: Problem): TemplateResult {
    return html`<div class="ask">
      <span role="alert">${message}</span>
      <div class="row">
        <wa-button class="close" size="s" appearance="outlined" @click=${() => this.hide()}>Close</wa-button>
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-row-menu': PlRowMenu;
  }
}
