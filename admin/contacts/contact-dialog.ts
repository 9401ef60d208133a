/** Adds the customer of a session to the contacts (AG-06): as a new one, or to one that is there. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  contactInput,
  emptyContact,
  inputOf,
  withCustomer,
  type Contact,
  type ContactInput,
  type Phonebook,
} from '../../core/contact.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { changeContact, createContact, listContacts, listPhonebooks } from '../data/contacts.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice } from '../elements/form-parts.ts';
import type { PlSearch } from '../elements/search.ts';
import type { PlTabs } from '../elements/tabs.ts';
import { base, fields, iconButton } from '../styles/shared.ts';
import { contactFields, contactFieldStyles } from './fields.ts';
import { pickListStyles } from './pick-list.ts';
import '../elements/search.ts';
import '../elements/tabs.ts';
import '../elements/webawesome.ts';

type Way = 'new' | 'existing';

@customElement('pl-contact-dialog')
export class PlContactDialog extends LitElement {
  static override styles = [
    base,
    fields,
    iconButton,
    contactFieldStyles,
    pickListStyles,
    css`
      :host {
        display: contents;
      }
      form {
        display: grid;
        gap: var(--parley-space-4);
        margin-block-start: var(--parley-space-4);
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 180px), 1fr));
        gap: var(--parley-space-4);
        align-items: start;
      }
      .end {
        justify-content: flex-end;
      }
      pl-search {
        max-width: none;
        margin-block: var(--parley-space-4) var(--parley-space-2);
      }
      .pick-list {
        height: min(320px, 40dvh);
      }
      .none {
        padding: var(--parley-space-4);
        color: var(--parley-text-3);
        text-align: center;
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @state() private open = false;
  @state() private way: Way = 'new';
  @state() private phonebooks: Phonebook[] = [];
  @state() private found: readonly Contact[] | null = null;
  /** The contact that the customer is added to. */
  @state() private chosen: Contact | null = null;
  private form = new Form<ContactInput>(this, emptyContact);
  #turn = 0;

  show(): void {
    this.open = true;
    this.choose('new');
    void this.loadPhonebooks();
  }

  private choose(way: Way): void {
    this.way = way;
    this.chosen = null;
    this.form.reset(this.fromSession());
    if (way === 'existing') void this.search('');
  }

  /** What the customer and their channel say of them. */
  private fromSession(): ContactInput {
    const { channel, customer } = this.session;
    const { profile } = customer;
    const input = {
      ...emptyContact,
      // A made up name such as "Visitor 4F2A" is none.
      name: [profile.firstName, profile.lastName].filter(Boolean).join(' '),
      email: contactInput.shape.email.safeParse(profile.email ?? '').data ?? '',
    };
    const number = contactInput.shape.numbers.element.shape.number.safeParse(profile.phone ?? '').data;
    const linked = withCustomer(input, channel, customer.address);
    if (number === undefined || linked.numbers.some((one) => one.number === number)) return linked;
    return { ...linked, numbers: [...linked.numbers, { type: 'mobile', number }] };
  }

  private async loadPhonebooks(): Promise<void> {
    const answer = await listPhonebooks();
    if ('value' in answer) this.phonebooks = answer.value.phonebooks;
  }

  private async search(text: string): Promise<void> {
    const turn = ++this.#turn;
    const answer = await listContacts({ search: text, limit: 50 });
    if (turn !== this.#turn) return;
    if ('problem' in answer) {
      this.form.refuse(answer.problem);
    } else this.found = answer.value.rows;
  }

  private pick(contact: Contact): void {
    this.chosen = contact;
    this.form.reset(withCustomer(inputOf(contact), this.session.channel, this.session.customer.address));
  }

  private handleSubmit = onSubmit(async () => {
    const { chosen } = this;
    const saved = await this.form.submit(contactInput, (input) =>
      chosen ? changeContact(chosen.id, input) : createContact(input),
    );
    if (saved) this.open = false;
  });

  override render() {
    return html`<wa-dialog
      label="Add to contacts"
      ?open=${this.open}
      @wa-after-hide=${(event: Event) => {
        if (event.target === event.currentTarget) this.open = false;
      }}
    >
      ${this.open ? this.renderContent() : nothing}
    </wa-dialog>`;
  }

  private renderContent(): TemplateResult {
    return html`
      <pl-tabs
        label="Add to contacts"
        .tabs=${[
          { id: 'new', label: 'New contact' },
          { id: 'existing', label: 'Existing contact' },
        ]}
        .current=${this.way}
        @change=${(event: Event) => this.choose((event.target as PlTabs).current as Way)}
      ></pl-tabs>
      ${this.way === 'existing' && !this.chosen ? this.renderSearch() : this.renderForm()}
    `;
  }

  private renderSearch(): TemplateResult {
    return html`
      ${problemNotice(this.form.problem)}
      <pl-search
        label="Search contacts"
        @search=${(event: Event) => void this.search((event.target as PlSearch).value)}
      ></pl-search>
      <ul class="pick-list" aria-label="Contacts">
        ${this.found?.map(
          (one) =>
            html`<li>
              <button type="button" @click=${() => this.pick(one)}>
                <span>${one.name}</span>
                <span class="small quiet"
                  >${[one.company, ...one.numbers.map(({ number }) => number)].filter(Boolean).join(' · ')}</span
                >
              </button>
            </li>`,
        )}
        ${
          this.found?.length === 0
            ? html`<li class="none">
                No contact matches. Try another part of the name, or add a new contact.
              </li>`
            : nothing
        }
      </ul>
    `;
  }

  private renderForm(): TemplateResult {
    const { form } = this;
    return html`<form novalidate @submit=${this.handleSubmit}>
      ${problemNotice(form.problem)} ${contactFields(form, this.phonebooks)}
      <div class="row end">
        <wa-button appearance="outlined" @click=${() => (this.open = false)}>Cancel</wa-button>
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${form.busy}
          >${this.chosen ? 'Save' : 'Add contact'}</wa-button
        >
      </div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-contact-dialog': PlContactDialog;
  }
}
