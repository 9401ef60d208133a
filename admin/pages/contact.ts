/** /contacts/new and /contacts/:id: one contact. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import {
  contactInput,
  emptyContact,
  inputOf,
  type ContactInput,
  type Phonebook,
} from '../../core/contact.ts';
import { contactFields, contactFieldStyles } from '../contacts/fields.ts';
import { account } from '../data/account.ts';
import { together, type Answer } from '../data/api.ts';
import {
  changeContact,
  createContact,
  deleteContacts,
  listPhonebooks,
  readContact,
} from '../data/contacts.ts';
import { Watch } from '../data/store.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { go } from '../router.ts';
import { base, fields, iconButton, page, section } from '../styles/shared.ts';
import '../inbox/dial-button.ts';
import '../elements/page-header.ts';

interface Loaded {
  input: ContactInput;
  phonebooks: Phonebook[];
}

@customElement('pl-contact')
export class PlContact extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    iconButton,
    contactFieldStyles,
    css`
      .reach {
        display: flex;
        flex-wrap: wrap;
        gap: var(--parley-space-2);
      }
    `,
  ];

  /** An id, or `new`. */
  @property({ attribute: false }) contact = 'new';
  private account = new Watch(this, account);
  private form = new Form<ContactInput>(this, emptyContact);
  private loaded = new Loading(
    this,
    () => read(this.contact),
    ({ input }) => this.form.reset(input),
  );

  private handleSubmit = onSubmit(async () => {
    const isNew = this.contact === 'new';
    const saved = await this.form.submit(contactInput, (input) =>
      isNew ? createContact(input) : changeContact(this.contact, input),
    );
    if (!saved) return;
    // Numbers come back as they are written in full.
    this.form.values = inputOf(saved);
    if (this.loaded.value) this.loaded.value = { ...this.loaded.value, input: this.form.values };
    await this.form.markSaved();
    if (isNew) await go('/contacts', { replace: true });
  });

  private handleDelete = async () => {
    const gone = await this.form.delete(() => deleteContacts([this.contact]));
    if (gone) await go('/contacts', { replace: true });
  };

  private renderDial(number: string, name: string) {
    if (!this.account.value?.me?.mayCallOut) return nothing;
    return html`<pl-dial wide .number=${number} .name=${name}></pl-dial>`;
  }

  override render() {
    const isNew = this.contact === 'new';
    const { form } = this;
    return html`
      <pl-page-header
        heading=${isNew ? 'New contact' : this.loaded.value?.input.name || 'Contact'}
        back="/contacts"
        back-label="Contacts"
      ></pl-page-header>
      ${this.loaded.render(
        ({ input, phonebooks }) =>
          html`<form novalidate @submit=${this.handleSubmit}>
            ${problemNotice(form.problem)}
            ${
              !isNew && input.numbers.length > 0
                ? html`<div class="reach">
                    ${input.numbers.map(
                      ({ number }) =>
                        html`<wa-button
                          size="s"
                          appearance="outlined"
                          href=${`/inbox?new=${encodeURIComponent(number)}`}
                          ><pl-icon slot="start" name="message"></pl-icon>Write to ${number}</wa-button
                        >`,
                    )}
                    ${input.numbers.map(({ number }) => this.renderDial(number, input.name))}
                  </div>`
                : nothing
            }
            <section>${contactFields(form, phonebooks)}</section>
            ${saveBar(form, {
              fresh: isNew,
              label: isNew ? 'Add contact' : 'Save',
              deletion:
                isNew || this.account.value?.me?.role !== 'admin'
                  ? null
                  : {
                      label: 'Delete contact',
                      question: 'Delete this contact? Its sessions stay.',
                      confirmed: this.handleDelete,
                    },
            })}
          </form>`,
      )}
    `;
  }
}

async function read(id: string): Promise<Answer<Loaded>> {
  const answer = await together(listPhonebooks(), id === 'new' ? { value: emptyContact } : readContact(id));
  if ('problem' in answer) return answer;
  const [{ phonebooks }, found] = answer.value;
  return { value: { input: inputOf(found), phonebooks } };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-contact': PlContact;
  }
}
