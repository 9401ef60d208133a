/**
 * One conversation: head with what can be done, the messages, the composer.
 *
 * @fires back - The way back to the list was pressed.
 * @fires details - The details are to be shown or hidden.
 * @fires contact - Who the customer is is to be shown, or asked for.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Message } from '../../core/conversation.ts';
import { problem, type Problem } from '../../core/errors.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { dialler } from '../data/dialler.ts';
import type { OutgoingDraft } from '../data/desk-state.ts';
import { phone, type PhoneState } from '../data/phone.ts';
import { Watch } from '../data/store.ts';
import { focused } from '../elements/focus.ts';
import { base } from '../styles/shared.ts';
import type { PlComposer } from './composer.ts';
import { rulesOf, writingOf } from './rules.ts';
import '../elements/confirm.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';
import { callRefusal } from './call-rules.ts';
import './composer.ts';
import './conversation-head.ts';
import { mayPickUp, type HeadAction, type PlConversationHead } from './conversation-head.ts';
import type { KeyAction } from './keys.ts';
import './messages.ts';
import type { PlMessages } from './messages.ts';
import './transfer-dialog.ts';
import type { PlTransferDialog } from './transfer-dialog.ts';

type Question = 'end' | 'remove';

const questions: Record<Question, { question: string; action: string }> = {
  end: {
    question: 'End this session? The customer is told, and nobody can write in it any more.',
    action: 'End session',
  },
  remove: { question: 'Remove this session from your list, on all your devices?', action: 'Remove' },
};

@customElement('pl-conversation')
export class PlConversation extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--parley-surface);
      }
      .question,
      .problem {
        padding: var(--parley-space-2) var(--parley-space-4);
        border-block-end: 1px solid var(--parley-border);
      }
      .question pl-confirm {
        display: block;
      }
      pl-messages {
        flex: 1;
        min-height: 0;
      }
      .drop {
        position: absolute;
        z-index: 3;
        inset: var(--parley-space-3);
        display: grid;
        place-content: center;
        border: 2px dashed var(--parley-accent);
        border-radius: var(--parley-radius-card);
        background: var(--parley-accent-tint);
        color: var(--parley-accent-text);
        font-weight: var(--parley-weight-bold);
        pointer-events: none;
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @property({ type: Boolean, attribute: false }) detailsOpen = false;
  @state() private asking: Question | null = null;
  @state() private busy: 'pickUp' | 'archive' | Question | null = null;
  @state() private problem: Problem | null = null;
  @state() private dragging = false;
  @query('pl-conversation-head') private head?: PlConversationHead;
  @query('pl-messages') private messages?: PlMessages;
  @query('pl-composer') private composer?: PlComposer;
  @query('pl-transfer-dialog') private transfer?: PlTransferDialog;
  private desk = new Watch(this, desk.state);
  private phone = new Watch(this, phone.state);
  private dialler = new Watch(this, dialler.state);
  /** What had the focus before the question. */
  #before: Element | null = null;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('session') as InboxSession | undefined;
    if (changed.has('session') && before?.id !== this.session.id) {
      this.asking = null;
      this.problem = null;
      this.busy = null;
    }
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('session') as InboxSession | undefined;
    const pickedUp = before !== undefined && mayPickUp(before) && !mayPickUp(this.session);
    if (pickedUp || changed.get('asking')) void this.keepFocus();
  }

  override focus(): void {
    this.messages?.focus();
  }

  /** A button that was pressed may be gone with what it did, or a question with its answer. */
  private async keepFocus(): Promise<void> {
    await this.updateComplete;
    await this.head?.updateComplete;
    if (focused() !== null) return;
    if (this.#before instanceof HTMLElement) this.#before.focus();
    if (focused() === null) this.focus();
  }

  private ask(question: Question): void {
    this.#before = focused();
    this.asking = question;
  }

  private async run(what: 'pickUp' | 'archive' | Question, request: Promise<Problem | null>): Promise<void> {
    const { id } = this.session;
    this.busy = what;
    this.problem = null;
    const refusal = await request;
    if (this.session.id !== id) return;
    this.busy = null;
    this.asking = null;
    this.problem = refusal;
  }

  private handlePickUp = () => this.run('pickUp', desk.pickUp(this.session.id));
  private handleArchive = () => this.run('archive', desk.archive(this.session.id, !this.session.archived));
  private handleYes = () => {
    const { asking, session } = this;
    if (asking === 'end') void this.run('end', desk.end(session.id));
    if (asking === 'remove') void this.run('remove', desk.remove(session.id));
  };

  /** What a key asks for, where the session allows it. */
  act(action: KeyAction): void {
    const { session } = this;
    const open = session.status === 'open';
    const answers = session.role !== 'reads';
    if (action === 'reply') this.composer?.write('reply');
    else if (action === 'note') this.composer?.write('note');
    else if (action === 'pickUp' && mayPickUp(session)) void this.handlePickUp();
    else if (action === 'transfer' && open && answers) this.transfer?.show();
    else if (action === 'archive' && open) void this.handleArchive();
    else if (action === 'end' && open && answers) this.ask('end');
    else if (action === 'call' && open && answers) this.call();
  }

  /** What keeps the agent from another call. */
  private get inCall(): Pick<PhoneState, 'busy'> & { call: object | null } {
    const { call, busy } = this.phone.value;
    return { call: call ?? this.dialler.value.call, busy };
  }

  /** Calls the visitor, or says why not. */
  private call(): void {
    const refusal = callRefusal(this.desk.value, this.inCall, this.session);
    if (refusal === null) return;
    this.problem = refusal === '' ? null : problem('call_running', { message: refusal });
    if (refusal === '') void phone.invite(this.session.id);
  }

  /** Brings the message at a place of the log into view. */
  async showAt(seq: number): Promise<void> {
    await this.updateComplete;
    await this.messages?.showAt(seq);
  }

  private handleHead(action: HeadAction): void {
    if (action === 'back' || action === 'details' || action === 'contact') {
      this.dispatchEvent(new Event(action));
    } else if (action === 'remove') this.ask(action);
    else this.act(action);
  }

  private handleDrag = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    if (writingOf(this.session, Date.now() + this.desk.value.skew).kind === 'refused') return;
    event.preventDefault();
    this.dragging = true;
  };

  private handleDrop = (event: DragEvent) => {
    this.dragging = false;
    if (!event.dataTransfer || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    this.composer?.attach([...event.dataTransfer.files]);
  };

  private handleLeave = (event: DragEvent) => {
    if (!(event.relatedTarget instanceof Node) || !this.renderRoot.contains(event.relatedTarget))
      this.dragging = false;
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('dragover', this.handleDrag);
    this.addEventListener('dragleave', this.handleLeave);
    this.addEventListener('drop', this.handleDrop);
  }

  override render() {
    const { session, problem } = this;
    const log = this.desk.value.logs.get(session.id);
    const outbox = this.desk.value.outbox.filter((entry) => entry.session === session.id);
    return html`
      <pl-conversation-head
        .session=${session}
        .detailsOpen=${this.detailsOpen}
        .pickingUp=${this.busy === 'pickUp'}
        .callRefusal=${callRefusal(this.desk.value, this.inCall, session)}
        .calling=${this.phone.value.busy === session.id}
        @act=${(event: CustomEvent<HeadAction>) => this.handleHead(event.detail)}
      ></pl-conversation-head>
      ${
        this.asking
          ? html`<div class="question">
              <pl-confirm
                open
                question=${questions[this.asking].question}
                action=${questions[this.asking].action}
                ?busy=${this.busy === this.asking}
                @confirmed=${this.handleYes}
                @cancelled=${() => (this.asking = null)}
              ></pl-confirm>
            </div>`
          : nothing
      }
      ${
        problem
          ? html`<div class="problem">
              <pl-notice tone="error"
                >${problem.message}${problem.details ? html` <strong>${problem.details.join(', ')}</strong>` : nothing}</pl-notice
              >
            </div>`
          : nothing
      }
      <pl-messages
        .session=${session}
        .log=${log ?? null}
        .outbox=${outbox}
        @reply=${(event: CustomEvent<Message>) => this.composer?.answer(event.detail)}
        @edit=${(event: CustomEvent<OutgoingDraft>) => this.composer?.restore(event.detail)}
      ></pl-messages>
      <pl-composer .session=${session}></pl-composer>
      <pl-transfer-dialog .session=${session}></pl-transfer-dialog>
      ${
        this.dragging
          ? html`<div class="drop">
              Drop ${rulesOf(session).imagesOnly ? 'images' : 'files'} to attach them
            </div>`
          : nothing
      }
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-conversation': PlConversation;
  }
}
