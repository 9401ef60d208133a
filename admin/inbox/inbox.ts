/** The inbox: list, conversation, details. Three panes on a desktop, two on a tablet, one at a time on a phone. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { desk } from '../data/desk.ts';
import type { DeskState } from '../data/desk-state.ts';
import { readColleagues, readLabels } from '../data/inbox.ts';
import { tabOf, type Tab } from '../data/sessions.ts';
import { Watch } from '../data/store.ts';
import { go, goBack, takeFromQuery } from '../router.ts';
import { focused } from '../elements/focus.ts';
import { base } from '../styles/shared.ts';
import '../elements/empty-state.ts';
import '../elements/notice.ts';
import './conversation.ts';
import type { PlConversation } from './conversation.ts';
import './details.ts';
import '../contacts/contact-dialog.ts';
import type { PlContactDialog } from '../contacts/contact-dialog.ts';
import { renderAway } from './away.ts';
import './help-dialog.ts';
import type { PlHelpDialog } from './help-dialog.ts';
import { KeyReader } from './keys.ts';
import './list.ts';
import type { PlSessionList } from './list.ts';

const detailsKey = 'parley.details';
/** A blink of the connection is nobody's business. */
const sayOfflineAfterMs = 1_500;

const phoneWidth = matchMedia('(max-width: 767px)');
const isPhone = () => phoneWidth.matches;

@customElement('pl-inbox')
export class PlInbox extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) / var(--parley-pane-list) minmax(0, 1fr) auto;
        height: 100%;
        overflow: hidden;
      }
      .offline {
        grid-column: 1 / -1;
        padding: 4px var(--parley-space-4);
        background: var(--parley-amber-tint);
        color: var(--parley-amber);
        border-block-end: 1px solid var(--parley-amber-border);
        font-size: var(--parley-text-small);
        text-align: center;
      }
      pl-session-list {
        grid-column: 1;
        grid-row: 2;
        border-inline-end: 1px solid var(--parley-border);
      }
      pl-conversation,
      .none {
        grid-column: 2;
        grid-row: 2;
        min-width: 0;
      }
      .none {
        display: grid;
        align-content: center;
        background: var(--parley-surface-2);
      }
      pl-details {
        grid-column: 3;
        grid-row: 2;
        width: var(--parley-pane-details);
        border-inline-start: 1px solid var(--parley-border);
      }
      @media (max-width: 1199px) {
        pl-details {
          grid-column: 2;
          justify-self: end;
          z-index: 2;
          width: min(var(--parley-pane-details), 100%);
          background: var(--parley-surface);
          box-shadow: var(--parley-floating);
        }
      }
      @media (max-width: 1023px) {
        :host {
          --parley-pane-list: 280px;
        }
      }
      @media (max-width: 767px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        pl-session-list,
        pl-conversation,
        .none,
        pl-details {
          grid-column: 1;
          border: 0;
        }
        pl-details {
          width: 100%;
          padding-block: env(safe-area-inset-top) env(safe-area-inset-bottom);
          box-shadow: none;
        }
        :host([conversation]) pl-session-list,
        :host(:not([conversation])) .none {
          display: none;
        }
      }
    `,
  ];

  /** The id of the open session; empty when none is. */
  @property({ attribute: false }) session = '';
  /** `details` where these are a place of their own: on a phone, so that its way back leads to the conversation. */
  @property({ attribute: false }) pane = '';
  /** Reflected, for the layout of phones. */
  @property({ type: Boolean, reflect: true }) conversation = false;
  @state() private tab: Tab | null = null;
  @state() private details = localStorage.getItem(detailsKey) !== 'off' && innerWidth >= 1200;
  @state() private sayOffline = false;
  /** The session that is asked for, as the pages of the list so far do not hold it. */
  @state() private sought = '';
  @query('pl-session-list') private list?: PlSessionList;
  @query('pl-conversation') private conversationOf?: PlConversation;
  @query('pl-contact-dialog') private contactDialog?: PlContactDialog;
  @query('pl-help-dialog') private help?: PlHelpDialog;
  private desk = new Watch(this, desk.state);
  readonly #keys = new KeyReader();
  /** Where the open session stood when it was drawn last. */
  #standing: Tab | null = null;
  /** The session that was asked for last and is not the agent's. */
  #answered = '';
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    this.conversation = this.session !== '';
    const known = this.desk.value.sessions.get(this.session);
    const standing = known ? tabOf(known) : null;
    // A session that was opened by its address is shown in its own tab, and one that was just picked up in Mine.
    const pickedUp = this.#standing === 'queues' && standing === 'mine';
    if (standing && (changed.has('session') || pickedUp)) this.tab = standing;
    if (this.#standing && !standing && !changed.has('session')) void this.keepFocus();
    this.#standing = standing;
    this.watchConnection(this.desk.value);
    this.seek(this.desk.value);
  }

  /** An old session may be opened by its address, or stay open while the list begins anew after a break. */
  private seek({ connection, sessions, older, gone }: DeskState): void {
    const { session } = this;
    if (connection !== 'online' || sessions.has(session)) this.#answered = '';
    if (session === '' || connection !== 'online' || sessions.has(session) || gone.has(session)) return;
    if (older.open === null && older.archived === null) return;
    if (this.sought === session || this.#answered === session) return;
    this.sought = session;
    void desk.find(session).then(() => {
      this.#answered = session;
      if (this.sought === session) this.sought = '';
    });
  }

  private watchConnection({ connection }: DeskState): void {
    const offline = connection === 'offline';
    if (!offline) {
      clearTimeout(this.#offlineTimer);
      this.#offlineTimer = undefined;
      this.sayOffline = false;
    } else if (!this.sayOffline && this.#offlineTimer === undefined) {
      this.#offlineTimer = setTimeout(() => (this.sayOffline = true), sayOfflineAfterMs);
    }
  }

  /** What had the focus has gone from the page with a session or a button, so what came in its place takes it. */
  private async keepFocus(): Promise<void> {
    const at = focused();
    const ofSession = at instanceof HTMLElement && at.dataset.session === this.session;
    await this.updateComplete;
    // The row of the session goes a moment later than the session.
    await new Promise(requestAnimationFrame);
    const notice = this.renderRoot.querySelector<HTMLElement>('.none pl-empty');
    if (focused() === null || (notice && ofSession)) (notice ?? this.conversationOf)?.focus();
  }

  private get detailsShown(): boolean {
    return this.pane === 'details' || (this.details && !isPhone());
  }

  private handleDetails = () => {
    const conversation = `/inbox/${encodeURIComponent(this.session)}`;
    if (this.pane === 'details') {
      goBack(conversation);
      this.details = false;
      return;
    }
    if (isPhone()) {
      void go(`${conversation}/details`);
      return;
    }
    this.details = !this.details;
    void this.keepFocus();
    if (innerWidth >= 1200) localStorage.setItem(detailsKey, this.details ? 'on' : 'off');
  };

  /** Opens who the customer is, or asks who they are. */
  private handleContact = () => {
    const contact = this.desk.value.sessions.get(this.session)?.contact;
    if (contact) void go(`/contacts/${encodeURIComponent(contact.id)}`);
    else this.contactDialog?.show();
  };

  private handleBack = () => {
    desk.dismissGone(this.session);
    goBack('/inbox');
  };

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.handleAction);
    phoneWidth.addEventListener('change', this.handleWidth);
    void readLabels();
    void readColleagues();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.handleAction);
    phoneWidth.removeEventListener('change', this.handleWidth);
  }

  /** A window that is made narrow shows one pane at a time. */
  private handleWidth = () => this.requestUpdate();

  /** `/inbox?new=+14155550101` asks for a new session with that number, `/inbox/ID?at=17` for a place in a log. */
  override updated(): void {
    const to = takeFromQuery('new');
    if (to !== null) void this.list?.updateComplete.then(() => this.list?.startSession(to));
    // A message is shown once its session is there.
    if (!this.conversationOf) return;
    const at = takeFromQuery('at');
    if (at !== null && /^\d{1,10}$/.test(at)) void this.conversationOf.showAt(Number(at));
  }

  /** The keys of `keys.ts`, wherever nothing is being typed. */
  private handleAction = (event: KeyboardEvent) => {
    const action = this.#keys.actionOf(event);
    if (action === null) return;
    event.preventDefault();
    switch (action) {
      case 'next':
        return this.list?.move(1);
      case 'previous':
        return this.list?.move(-1);
      case 'search':
        return this.list?.focusSearch();
      case 'new':
        return this.list?.startSession();
      case 'help':
        return this.help?.show();
      case 'details':
        if (this.session !== '') this.handleDetails();
        return;
      case 'contact':
        if (this.session !== '') this.handleContact();
        return;
      case 'labels':
        return void this.showLabels();
      case 'answer':
      case 'hangUp':
      case 'mute':
        // Of calls.ts, which is there on every page.
        return;
      case 'call':
      case 'reply':
      case 'note':
      case 'pickUp':
      case 'transfer':
      case 'archive':
      case 'end':
        return this.conversationOf?.act(action);
    }
  };

  private async openStarted(session: string): Promise<void> {
    await go(`/inbox/${encodeURIComponent(session)}`);
    await this.updateComplete;
    this.conversationOf?.act('reply');
  }

  private async showLabels(): Promise<void> {
    if (this.session === '') return;
    if (!this.details) this.handleDetails();
    await this.updateComplete;
    await this.renderRoot.querySelector('pl-details')?.showLabels();
  }

  private handleKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || this.session === '') return;
    // What lies on top closes by itself, and nothing below it.
    if (event.composedPath().some((one) => one instanceof Element && one.matches('dialog, [popover]')))
      return;
    if (this.detailsShown && innerWidth < 1200) {
      this.handleDetails();
      return;
    }
    void this.renderRoot.querySelector('pl-session-list')?.focusCurrent();
    if (isPhone()) this.handleBack();
  };

  /** The first tab with something in it, until the agent has chosen one. */
  private get currentTab(): Tab {
    if (this.tab) return this.tab;
    const { sessions } = this.desk.value;
    return sessions.list('mine').length === 0 && sessions.list('queues').length > 0 ? 'queues' : 'mine';
  }

  override render() {
    const state = this.desk.value;
    const session = state.sessions.get(this.session);
    return html`
      ${
        this.sayOffline
          ? html`<div class="offline" role="status">
              No connection. Trying again; what you send meanwhile is kept and goes out then.
            </div>`
          : nothing
      }
      <pl-session-list
        .tab=${this.currentTab}
        .current=${this.session}
        @started=${(event: CustomEvent<string>) => void this.openStarted(event.detail)}
        @tab=${(event: CustomEvent<Tab>) => (this.tab = event.detail)}
        @keydown=${this.handleKey}
      ></pl-session-list>
      ${
        session
          ? html`<pl-conversation
                .session=${session}
                .detailsOpen=${this.detailsShown}
                @details=${this.handleDetails}
                @contact=${this.handleContact}
                @back=${this.handleBack}
                @keydown=${this.handleKey}
              ></pl-conversation>
              ${
                this.detailsShown
                  ? html`<pl-details
                      .session=${session}
                      @close=${this.handleDetails}
                      @contact=${this.handleContact}
                      @keydown=${this.handleKey}
                    ></pl-details>`
                  : nothing
              }
              <pl-contact-dialog .session=${session}></pl-contact-dialog>`
          : html`<div class="none">${this.renderNone(state)}</div>`
      }
      <pl-help-dialog></pl-help-dialog>
    `;
  }

  private renderNone(state: DeskState): TemplateResult | typeof nothing {
    if (!state.ready || (this.session !== '' && this.sought === this.session))
      return html`<pl-placeholder></pl-placeholder>`;
    if (this.session === '') {
      if (state.sessions.size === 0) return nothing;
      return html`<pl-empty icon="message" heading="Choose a session">
        Press J and K to move through the list, Enter to open, and ? for all keys.
      </pl-empty>`;
    }
    return renderAway(state.gone.get(this.session), () => void this.leaveGone());
  }

  private async leaveGone(): Promise<void> {
    desk.dismissGone(this.session);
    await go('/inbox');
    await this.updateComplete;
    await this.list?.focusCurrent();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-inbox': PlInbox;
  }
}
