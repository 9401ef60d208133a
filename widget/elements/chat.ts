/** `<parley-chat>`: the panel. Puts the parts together and decides which of them the visitor sees. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { explain, current, fill } from '../words.ts';
import type { CallParts } from '../calls.ts';
import type { Chat, ChatState } from '../chat.ts';
import { hasTalked, lastSeq, unreadCount } from '../store.ts';
import { openingTime } from '../times.ts';
import { PanelElement, define, styles } from './element.ts';
import './composer.ts';
import './greeting.ts';
import './header.ts';
import './messages.ts';
import { terms } from './terms.ts';
import css from './chat.css?inline';

export class ParleyChat extends PanelElement {
  static override styles = styles(css);
  static override properties = {
    chat: { attribute: false },
    calls: { attribute: false },
    gateway: {},
    open: { type: Boolean, reflect: true },
    muted: { type: Boolean },
    greeted: { type: Boolean },
    asking: { state: true },
    restarting: { state: true },
    dropping: { state: true },
    problem: { state: true },
    hushed: { state: true },
  };

  declare chat: Chat;
  /** Null where there are none. */
  declare calls: CallParts | null;
  /** Origin that relative picture and media paths belong to. */
  declare gateway: string;
  declare open: boolean;
  declare muted: boolean;
  /** Whether the greeting beside the launcher was dismissed. */
  declare greeted: boolean;
  /** Whether the visitor is being asked to confirm the end. */
  declare private asking: boolean;
  /** Whether the visitor wants a new chat after one that ended. */
  declare private restarting: boolean;
  declare private dropping: boolean;
  declare private problem: string;
  /** Newest `seq` when the visitor put the word beside the launcher away. */
  declare private hushed: number;
  #unsubscribe: (() => void) | undefined;
  #look: CSSStyleSheet[] = [];
  #own: CSSStyleSheet[] = [];

  constructor() {
    super();
    this.calls = null;
    this.gateway = '';
    this.open = false;
    this.muted = false;
    this.greeted = true;
    this.asking = false;
    this.restarting = false;
    this.dropping = false;
    this.problem = '';
    this.hushed = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = this.chat.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
  }

  /** Gives the panel the channel's look, after the element's own rules. */
  wear(sheets: CSSStyleSheet[]): void {
    this.#look = sheets;
    if (this.shadowRoot) this.shadowRoot.adoptedStyleSheets = [...this.#own, ...sheets];
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    if (root instanceof ShadowRoot) {
      this.#own = root.adoptedStyleSheets;
      root.adoptedStyleSheets = [...this.#own, ...this.#look];
    }
    return root;
  }

  protected override willUpdate(): void {
    const { open, formDue } = this.chat.state;
    // Many channels ask nothing, and need not carry the form.
    if (formDue && this.open) void import('./form.ts');
    if (open) this.restarting = false;
    else this.asking = false;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('open') && this.open) this.focusInside();
  }

  /** Moves the focus to where the visitor goes on: the field to write in, or the form's first. */
  focusInside(): void {
    const part = this.renderRoot.querySelector<HTMLElement>('parley-form, parley-composer, .restart');
    void this.updateComplete.then(() =>
      (part ?? this.renderRoot.querySelector<HTMLElement>('.panel'))?.focus(),
    );
  }

  #handleKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    if (this.asking) this.asking = false;
    else this.tell('parley-close');
  }

  #handleDrag(event: DragEvent): void {
    if (!this.#takesImages || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dropping = event.type === 'dragover';
    if (event.type === 'drop')
      void this.renderRoot.querySelector('parley-composer')?.attach(event.dataTransfer.files);
  }

  async #handleEnd(): Promise<void> {
    this.asking = false;
    const refused = await this.chat.end();
    this.problem = refused ? explain(refused.code) : '';
  }

  #restart(): void {
    this.restarting = true;
    void this.updateComplete.then(() => this.focusInside());
  }

  get #takesImages(): boolean {
    const { config, formDue } = this.chat.state;
    return config?.images === true && !formDue;
  }

  protected override render(): TemplateResult {
    const { words, language, rtl } = current;
    const { state } = this.chat;
    return html`
      ${this.#renderBeside(state)}
      <section
        class="panel"
        role="dialog"
        aria-label=${state.config?.title || words.chat}
        lang=${language}
        dir=${rtl ? 'rtl' : 'ltr'}
        tabindex="-1"
        ?hidden=${!this.open}
        @keydown=${this.#handleKey}
        @dragover=${this.#handleDrag}
        @dragleave=${this.#handleDrag}
        @drop=${this.#handleDrag}
        @parley-end=${() => (this.asking = true)}
        @parley-write=${() => this.focusInside()}
      >
        <parley-header
          .state=${state}
          .gateway=${this.gateway}
          .muted=${this.muted}
          .extra=${this.calls?.button()}
        ></parley-header>
        ${this.#renderBar(state)} ${this.open ? this.calls?.card(false) : nothing}
        ${this.open ? this.#renderBody(state) : nothing}
        <div class="drop" ?hidden=${!this.dropping}>${words.dropImage}</div>
      </section>
    `;
  }

  /** What stands beside the launcher: a call, or a word. */
  #renderBeside(state: ChatState): unknown {
    if (this.open || !state.config) return nothing;
    return this.calls?.card(true) ?? this.#renderGreeting(state);
  }

  #renderGreeting(state: ChatState): TemplateResult | typeof nothing {
    const unread = unreadCount(state) > 0;
    if (unread && lastSeq(state) <= this.hushed) return nothing;
    if (!unread && (this.greeted || hasTalked(state) || !state.availability?.greeting)) return nothing;
    return html`<parley-greeting
      .state=${state}
      .gateway=${this.gateway}
      @parley-dismiss=${() => (this.hushed = lastSeq(state))}
    ></parley-greeting>`;
  }

  /** A thin line, never a modal: the visitor can go on writing. */
  #renderBar({ link, availability, open }: ChatState): TemplateResult {
    const { words } = current;
    const opensAt = link === 'down' || open ? null : availability?.opensAt;
    return html`<div class="bar" role="status" ?data-down=${link === 'down'}>
      ${link === 'down' ? html`<p>${words.reconnecting}</p>` : nothing}
      ${
        link === 'connecting'
          ? html`<p class="unseen">${words.connecting}</p>
              <i></i>`
          : nothing
      }
      ${opensAt ? html`<p>${fill(words.openAgain, { time: openingTime(opensAt, Date.now()) })}</p>` : nothing}
    </div>`;
  }

  #renderBody(state: ChatState): TemplateResult {
    const { words } = current;
    if (state.formDue) {
      return html`<parley-form .chat=${this.chat} .state=${state}></parley-form>`;
    }
    const ended = !state.open && hasTalked(state) && !this.restarting && state.pending.length === 0;
    return html`
      <parley-messages
        .chat=${this.chat}
        .state=${state}
        .gateway=${this.gateway}
        .calls=${this.calls}
      ></parley-messages>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${
        this.asking
          ? html`<div class="ask" role="group" aria-label=${words.endQuestion}>
              <p>${words.endQuestion}</p>
              <button class="quiet" @click=${() => (this.asking = false)}>${words.keepChatting}</button>
              <button class="primary" @click=${this.#handleEnd}>${words.endChat}</button>
            </div>`
          : nothing
      }
      ${
        state.config?.consent && !hasTalked(state)
          ? html`<div class="notice terms">${terms(state.config.consent.text)}</div>`
          : nothing
      }
      ${
        ended
          ? html`<div class="ask">
              <p>${words.ended}</p>
              <button class="primary restart" @click=${this.#restart}>${words.startNewChat}</button>
            </div>`
          : html`<parley-composer
              .chat=${this.chat}
              .images=${state.config?.images === true}
            ></parley-composer>`
      }
    `;
  }
}

define('parley-chat', ParleyChat);

declare global {
  interface HTMLElementTagNameMap {
    'parley-chat': ParleyChat;
  }
}
