/** /phonebooks: the lists that contacts are in. */
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Phonebook } from '../../core/contact.ts';
import { changePhonebook, createPhonebook, deletePhonebook, listPhonebooks } from '../data/contacts.ts';
import type { Column } from '../elements/data-table.ts';
import { ListEditor, listEditorStyles } from '../elements/list-editor.ts';
import { Loading } from '../elements/loading.ts';
import { contactPages } from '../elements/page-tabs.ts';
import { base, fields, page } from '../styles/shared.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';

@customElement('pl-phonebooks')
export class PlPhonebooks extends LitElement {
  static override styles = [base, page, fields, listEditorStyles];

  private phonebooks = new Loading(this, listPhonebooks);
  private editor = new ListEditor<Pick<Phonebook, 'id' | 'name'>>(this, {
    noun: 'phonebook',
    maxlength: 60,
    fresh: { id: '', name: '' },
    create: ({ name }) => createPhonebook({ name }),
    change: ({ id, name }) => changePhonebook(id, { name }),
    remove: deletePhonebook,
    edit: 'Rename',
    deletion: 'Its contacts stay.',
    changed: () => this.phonebooks.reload(),
  });

  private columns: Column<Phonebook>[] = [
    { label: 'Phonebook', cell: ({ name }) => name },
    { label: 'Contacts', numeric: true, cell: ({ contacts }) => contacts.toLocaleString() },
    { label: 'Operations', cell: (phonebook) => this.editor.renderOperations(phonebook) },
  ];

  override render() {
    return html`
      <pl-page-header
        heading="Phonebooks"
        help="Lists of contacts, such as the recipients of a campaign. A contact can be in several of them."
      ></pl-page-header>
      <pl-page-tabs label="Contacts" .pages=${contactPages} current="/phonebooks"></pl-page-tabs>
      ${this.editor.renderForm()}
      ${this.phonebooks.render(({ phonebooks }) =>
        phonebooks.length > 0
          ? html`<pl-table caption="Phonebooks" .columns=${this.columns} .rows=${phonebooks}></pl-table>`
          : html`<pl-empty icon="contact" heading="No phonebooks yet"
              >Add the first one above, such as “Regular customers”.</pl-empty
            >`,
      )}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-phonebooks': PlPhonebooks;
  }
}
