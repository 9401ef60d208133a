/**
 * Who the customer of a session is: what their contact says, or the way to make one.
 *
 * @fires contact - The customer is to be added to the contacts.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { numberTypeNames, type Contact } from '../../core/contact.ts';
import type { ContactRef } from '../../core/protocol.ts';
import { readContact } from '../data/contacts.ts';
import { focused } from '../elements/focus.ts';
import { base } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

@customElement('pl-contact-card')
export class PlContactCard extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        margin-block-end: var(--parley-space-4);
      }
      .card {
        display: grid;
        gap: var(--parley-space-2);
        padding: var(--parley-space-3);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        overflow-wrap: anywhere;
      }
      .note {
        white-space: pre-wrap;
      }
      wa-button {
        width: 100%;
      }
    `,
  ];

  /** Null when the customer is no contact. */
  @property({ attribute: false }) contact: ContactRef | null = null;
  @state() private loaded: Contact | null = null;
  #turn = 0;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('contact') as ContactRef | null | undefined;
    const isOther = changed.has('contact') && JSON.stringify(before) !== JSON.stringify(this.contact);
    if (!isOther) return;
    if (this.loaded?.id !== this.contact?.id) this.loaded = null;
    void this.load();
  }

  /** The button that was pressed is gone with what it was for. */
  override updated(changed: Map<PropertyKey, unknown>): void {
    const isNew = changed.has('contact') && changed.get('contact') === null && this.contact !== null;
    if (isNew && focused() === null) this.renderRoot.querySelector('a')?.focus();
  }

  private async load(): Promise<void> {
    const turn = ++this.#turn;
    if (!this.contact) return;
    const answer = await readContact(this.contact.id);
    // What cannot be read now is no trouble: the name is there, and leads to the page that says more.
    if (turn === this.#turn && 'value' in answer) this.loaded = answer.value;
  }

  override render() {
    if (!this.contact) {
      return html`<wa-button appearance="outlined" @click=${() => this.dispatchEvent(new Event('contact'))}>
        <pl-icon slot="start" name="contact"></pl-icon>Add to contacts
      </wa-button>`;
    }
    return html`<section class="card" aria-label="Contact">
      <a href=${`/contacts/${encodeURIComponent(this.contact.id)}`}>${this.contact.name}</a>
      ${this.loaded ? renderMore(this.loaded) : nothing}
    </section>`;
  }
}

function renderMore({ company, email, note, numbers }: Contact): TemplateResult {
  return html`
    ${company ? html`<span>${company}</span>` : nothing}
    ${email ? html`<a href=${`mailto:${email}`}>${email}</a>` : nothing}
    ${numbers.map(
      ({ type, number }) =>
        html`<span class="number">${number} <span class="small quiet">${numberTypeNames[type]}</span></span>`,
    )}
    ${note ? html`<span class="note small quiet">${note}</span>` : nothing}
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-contact-card': PlContactCard;
  }
}
