/**
 * The head of a conversation: who it is with, and what can be done. What does not fit is in the menu.
 *
 * @fires act - Something is to be done (the `HeadAction` in `detail`).
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { nameOf } from '../../core/customer.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { account } from '../data/account.ts';
import { Watch } from '../data/store.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';
import './dial-button.ts';

export type HeadAction =
  'back' | 'pickUp' | 'archive' | 'transfer' | 'end' | 'remove' | 'contact' | 'details' | 'call';

@customElement('pl-conversation-head')
export class PlConversationHead extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
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
      /* Two buttons with words leave too little of the name. */
      @container (max-width: 679px) {
        .roomy {
          display: none;
        }
      }
      @container (min-width: 680px) {
        .tight {
          display: none;
        }
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
  @property({ attribute: false }) detailsOpen = false;
  @property({ attribute: false }) pickingUp = false;
  /** Why the visitor cannot be called now, empty when they can; null where calls are not offered. */
  @property({ attribute: false }) callRefusal: string | null = null;
  @property({ attribute: false }) calling = false;
  private account = new Watch(this, account);

  private act(action: HeadAction): void {
    this.dispatchEvent(new CustomEvent('act', { detail: action }));
  }

  private handleMenu = (event: CustomEvent<{ item: { value: string } }>) => {
    const { value } = event.detail.item;
    if (value === 'dial') this.renderRoot.querySelector('pl-dial')?.press();
    else this.act(value as HeadAction);
  };

  /** Pressed while it cannot be, it says why. */
  private renderCall(refusal: string) {
    return html`<button
      class="icon-button wide"
      aria-label="Call the visitor"
      aria-disabled=${refusal === '' ? 'false' : 'true'}
      aria-busy=${this.calling}
      title=${refusal || 'Call the visitor (Shift + O)'}
      @click=${() => this.act('call')}
    >
      <pl-icon name="phoneCall" size="20"></pl-icon>
    </button>`;
  }

  override render() {
    const { session } = this;
    const open = session.status === 'open';
    const waits = mayPickUp(session);
    const number = this.account.value?.me?.mayCallOut ? numberOf(session) : null;
    const answers = open && session.role !== 'reads';
    return html`<header>
      <button class="icon-button back" aria-label="Back to the list" @click=${() => this.act('back')}>
        <pl-icon name="arrowLeft" size="20"></pl-icon>
      </button>
      <pl-avatar .name=${nameOf(session)} .photo=${session.customer.photo}></pl-avatar>
      <div class="who">
        <h2>${nameOf(session)}</h2>
        <p class="small quiet">${whereabouts(session)}</p>
      </div>
      ${
        waits
          ? html`<wa-button
              variant="brand"
              appearance="accent"
              ?loading=${this.pickingUp}
              @click=${() => this.act('pickUp')}
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
              @click=${() => this.act('archive')}
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
                @click=${() => this.act('transfer')}
              >
                <pl-icon name="transfer" size="20"></pl-icon>
              </button>
              <wa-button
                class=${waits ? 'roomy' : 'wide'}
                appearance="outlined"
                @click=${() => this.act('end')}
              >
                <pl-icon slot="start" name="end"></pl-icon>End session
              </wa-button>`
          : nothing
      }
      ${
        number
          ? html`<pl-dial
              class="wide"
              .number=${number}
              .name=${nameOf(session)}
              .session=${session.id}
            ></pl-dial>`
          : nothing
      }
      ${answers && this.callRefusal !== null ? this.renderCall(this.callRefusal) : nothing}
      ${
        // The panel of details says the same.
        this.detailsOpen
          ? nothing
          : html`<button
              class="icon-button wide"
              aria-label=${contactWords(session)}
              title=${`${contactWords(session)} (A)`}
              @click=${() => this.act('contact')}
            >
              <pl-icon name="contact" size="20"></pl-icon>
            </button>`
      }
      <button
        class="icon-button wide"
        aria-label="Details"
        title="Details"
        aria-pressed=${this.detailsOpen}
        @click=${() => this.act('details')}
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
                <wa-dropdown-item class=${waits ? 'tight' : 'narrow'} value="end">
                  <pl-icon slot="icon" name="end"></pl-icon>End session
                </wa-dropdown-item>`
            : nothing
        }
        ${
          number
            ? html`<wa-dropdown-item class="narrow" value="dial"
                ><pl-icon slot="icon" name="phone"></pl-icon>Call ${number}</wa-dropdown-item
              >`
            : nothing
        }
        ${
          answers && this.callRefusal !== null
            ? html`<wa-dropdown-item class="narrow" value="call"
                ><pl-icon slot="icon" name="phoneCall"></pl-icon>Call the visitor</wa-dropdown-item
              >`
            : nothing
        }
        <wa-dropdown-item class="narrow" value="contact"
          ><pl-icon slot="icon" name="contact"></pl-icon>${contactWords(session)}</wa-dropdown-item
        >
        <wa-dropdown-item class="narrow" value="details"
          ><pl-icon slot="icon" name="panel"></pl-icon>Details</wa-dropdown-item
        >
        <wa-dropdown-item value="remove" variant="danger"
          ><pl-icon slot="icon" name="trash"></pl-icon>Remove</wa-dropdown-item
        >
      </wa-dropdown>
    </header>`;
  }
}

/** Whether a session waits for somebody to pick it up. */
export function mayPickUp({ status, route, pickup }: InboxSession): boolean {
  return status === 'open' && route.agent === null && (pickup === 'manual' || pickup === 'auto');
}

/** The number to call a customer at: the one they write from, else one that they have said. */
function numberOf({ customer }: InboxSession): string | null {
  const { address, profile } = customer;
  return address.startsWith('+') ? address : (profile.phone ?? null);
}

function contactWords({ contact }: InboxSession): string {
  return contact ? 'Open contact' : 'Add to contacts';
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
    'pl-conversation-head': PlConversationHead;
  }
}
