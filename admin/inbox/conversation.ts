/**
 * One conversation: head with what can be done, the messages, the composer.
 *
 * @fires back - The way back to the list was pressed.
 * @fires details - The details are to be shown or hidden.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { nameOf } from '../../core/customer.ts';
import type { Message } from '../../core/conversation.ts';
import type { Problem } from '../../core/errors.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import type { OutgoingDraft } from '../data/desk-state.ts';
import { Watch } from '../data/store.ts';
import { base, iconButton } from '../styles/shared.ts';
import type { PlComposer } from './composer.ts';
import { rulesOf, writingOf } from './rules.ts';
import '../elements/avatar.ts';
import '../elements/confirm.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';
import './composer.ts';
import type { KeyAction } from './keys.ts';
import './messages.ts';
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
    iconButton,
    css`
      :host {
        position: relative;
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--parley-surface);
      }
      .head {
        container-type: inline-size;
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        min-height: 60px;
        padding: var(--parley-space-2) var(--parley-space-3) var(--parley-space-2) var(--parley-space-4);
        border-block-end: 1px solid var(--parley-border);
      }
      .who {
        flex: 1;
        min-width: 0;
        margin-inline-start: var(--parley-space-1);
        line-height: 1.3;
      }
      h2,
      .who p {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        unicode-bidi: plaintext;
      }
      .back {
        display: none;
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
      @container (max-width: 599px) {
        .wide {
          display: none;
        }
      }
      @container (min-width: 600px) {
        .narrow {
          display: none;
        }
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
      @media (max-width: 767px) {
        .back {
          display: inline-grid;
          margin-inline-start: calc(-1 * var(--parley-space-3));
        }
        header {
          padding-block-start: calc(var(--parley-space-2) + env(safe-area-inset-top));
          gap: var(--parley-space-1);
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @property({ type: Boolean, attribute: false }) detailsOpen = false;
  @state() private asking: Question | null = null;
  @state() private busy: 'pickUp' | 'archive' | Question | null = null;
  @state() private problem: Problem | null = null;
  @state() private dragging = false;
  @query('pl-composer') private composer?: PlComposer;
  @query('pl-transfer-dialog') private transfer?: PlTransferDialog;
  private desk = new Watch(this, desk.state);

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('session') as InboxSession | undefined;
    if (changed.has('session') && before?.id !== this.session.id) {
      this.asking = null;
      this.problem = null;
      this.busy = null;
    }
  }

  private async run(what: 'pickUp' | 'archive' | Question, request: Promise<Problem | null>): Promise<void> {
    this.busy = what;
    this.problem = null;
    const refusal = await request;
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
    else if (action === 'end' && open && answers) this.asking = 'end';
  }

  private handleMenu = (event: CustomEvent<{ item: { value: string } }>) => {
    const { value } = event.detail.item;
    if (value === 'archive') void this.handleArchive();
    else if (value === 'transfer') this.transfer?.show();
    else if (value === 'details') this.dispatchEvent(new Event('details'));
    else if (value === 'end' || value === 'remove') this.asking = value;
  };

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
      ${this.renderHead(session)}
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

  private renderHead(session: InboxSession): TemplateResult {
    const open = session.status === 'open';
    const answers = open && session.role !== 'reads';
    return html`<div class="head">
      <header>
        <button
          class="icon-button back"
          aria-label="Back to the list"
          @click=${() => this.dispatchEvent(new Event('back'))}
        >
          <pl-icon name="arrowLeft" size="20"></pl-icon>
        </button>
        <pl-avatar .name=${nameOf(session)} .photo=${session.customer.photo}></pl-avatar>
        <div class="who">
          <h2>${nameOf(session)}</h2>
          <p class="small quiet">${whereabouts(session)}</p>
        </div>
        ${
          mayPickUp(session)
            ? html`<wa-button
                variant="brand"
                appearance="accent"
                ?loading=${this.busy === 'pickUp'}
                @click=${this.handlePickUp}
                >Pick Up</wa-button
              >`
            : nothing
        }
        ${
          open
            ? html`<button
                class="icon-button wide"
                aria-label=${session.archived ? 'Unarchive' : 'Archive'}
                title=${session.archived ? 'Unarchive' : 'Archive'}
                @click=${this.handleArchive}
              >
                <pl-icon name=${session.archived ? 'archiveRestore' : 'archive'} size="20"></pl-icon>
              </button>`
            : nothing
        }
        ${
          answers
            ? html`<button
                  class="icon-button wide"
                  aria-label="Transfer"
                  title="Transfer (T)"
                  @click=${() => this.transfer?.show()}
                >
                  <pl-icon name="transfer" size="20"></pl-icon>
                </button>
                <wa-button class="wide" appearance="outlined" @click=${() => (this.asking = 'end')}>
                  <pl-icon slot="start" name="end"></pl-icon>End session
                </wa-button>`
            : nothing
        }
        <button
          class="icon-button wide"
          aria-label="Details"
          title="Details"
          aria-pressed=${this.detailsOpen}
          @click=${() => this.dispatchEvent(new Event('details'))}
        >
          <pl-icon name="panel" size="20"></pl-icon>
        </button>
        <wa-dropdown placement="bottom-end" @wa-select=${this.handleMenu}>
          <button slot="trigger" class="icon-button" aria-label="More">
            <pl-icon name="ellipsis" size="20"></pl-icon>
          </button>
          ${
            open
              ? html`<wa-dropdown-item class="narrow" value="archive">
                  <pl-icon slot="icon" name=${session.archived ? 'archiveRestore' : 'archive'}></pl-icon>
                  ${session.archived ? 'Unarchive' : 'Archive'}
                </wa-dropdown-item>`
              : nothing
          }
          ${
            answers
              ? html`<wa-dropdown-item class="narrow" value="transfer">
                    <pl-icon slot="icon" name="transfer"></pl-icon>Transfer
                  </wa-dropdown-item>
                  <wa-dropdown-item class="narrow" value="end">
                    <pl-icon slot="icon" name="end"></pl-icon>End session
                  </wa-dropdown-item>`
              : nothing
          }
          <wa-dropdown-item class="narrow" value="details"
            ><pl-icon slot="icon" name="panel"></pl-icon>Details</wa-dropdown-item
          >
          <wa-dropdown-item value="remove" variant="danger"
            ><pl-icon slot="icon" name="trash"></pl-icon>Remove</wa-dropdown-item
          >
        </wa-dropdown>
      </header>
    </div>`;
  }
}

function mayPickUp({ status, route, pickup }: InboxSession): boolean {
  return status === 'open' && route.agent === null && (pickup === 'manual' || pickup === 'auto');
}

/** The channel, and where the session stands. */
function whereabouts({ channel, route, status, role }: InboxSession): string {
  const parts = [channel.name];
  if (role === 'reads') parts.push('You read along');
  if (status === 'closed') parts.push('Closed');
  else if (route.agent === null && route.queue) parts.push(`Waiting in ${route.queue.name}`);
  else if (route.queue) parts.push(`From ${route.queue.name}`);
  return parts.join(' · ');
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-conversation': PlConversation;
  }
}
