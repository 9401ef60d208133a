/** /contacts: everybody we know, found by any part of a name or number. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Contact, Phonebook } from '../../core/contact.ts';
import { contactsToCsv } from '../../core/contactCsv.ts';
import type { Problem } from '../../core/errors.ts';
import type { PlImportDialog } from '../contacts/import-dialog.ts';
import { account } from '../data/account.ts';
import {
  allContacts,
  deleteContacts,
  listContacts,
  listPhonebooks,
  mergeContacts,
  mostContacts,
} from '../data/contacts.ts';
import { saveCsv } from '../data/csv.ts';
import { Watch } from '../data/store.ts';
import { counted } from '../elements/counts.ts';
import type { Column, PlTable } from '../elements/data-table.ts';
import { selectField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { contactPages } from '../elements/page-tabs.ts';
import { listStyles, Paging, stillThere } from '../elements/paging.ts';
import type { PlSearch } from '../elements/search.ts';
import { base, page } from '../styles/shared.ts';
import '../contacts/import-dialog.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/loading.ts';
import '../elements/page-header.ts';
import '../elements/search.ts';

@customElement('pl-contacts')
export class PlContacts extends LitElement {
  static override styles = [
    base,
    page,
    listStyles,
    css`
      .filters {
        margin-block-end: var(--parley-space-4);
      }
    `,
  ];

  @state() private search = '';
  @state() private phonebook = '';
  @state() private phonebooks: Phonebook[] = [];
  @state() private selected: ReadonlySet<string> = new Set();
  /** Why something was not done; stays until the next try. */
  @state() private refusal: Problem | null = null;
  @state() private busy: 'delete' | 'merge' | 'export' | null = null;
  @query('pl-import-dialog') private importer!: PlImportDialog;
  private account = new Watch(this, account);
  private contacts = new Paging<Contact>(
    this,
    (wanted) => listContacts({ ...this.wanted, ...wanted }),
    mostContacts,
    (rows) => (this.selected = stillThere(this.selected, rows)),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void this.contacts.begin();
    void this.loadPhonebooks();
  }

  private get isAdmin(): boolean {
    return this.account.value?.me?.role === 'admin';
  }

  private get wanted() {
    return { search: this.search, phonebook: this.phonebook };
  }

  private async loadPhonebooks(): Promise<void> {
    const answer = await listPhonebooks();
    if ('value' in answer) this.phonebooks = answer.value.phonebooks;
  }

  private handleDelete = () => this.change('delete', () => deleteContacts([...this.selected]));

  /** The first in the list stays. */
  private handleMerge = () => {
    const [into, ...from] = (this.contacts.rows ?? []).filter(({ id }) => this.selected.has(id));
    if (!into) return;
    return this.change('merge', () => mergeContacts({ into: into.id, from: from.map(({ id }) => id) }));
  };

  private async change(
    what: 'delete' | 'merge',
    ask: () => Promise<{ problem: Problem } | { value: unknown }>,
  ): Promise<void> {
    this.busy = what;
    const answer = await ask();
    this.busy = null;
    this.refusal = 'problem' in answer ? answer.problem : null;
    if (this.refusal) return;
    this.selected = new Set();
    await this.contacts.begin();
  }

  private handleExport = async () => {
    this.busy = 'export';
    const answer = await allContacts(this.wanted);
    this.busy = null;
    this.refusal = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    const names = new Map(this.phonebooks.map(({ id, name }) => [id, name]));
    const csv = contactsToCsv(answer.value, (id) => names.get(id) ?? '');
    saveCsv(`contacts-${new Date().toISOString().slice(0, 10)}`, csv);
  };

  override render() {
    return html`
      <pl-page-header
        heading="Contacts"
        help="Customers with a name. Whoever writes from one of their numbers shows under that name everywhere."
      >
        <div slot="action" class="row">
          ${
            this.isAdmin
              ? html`<wa-button appearance="outlined" @click=${() => this.importer.show()}>
                    <pl-icon slot="start" name="upload"></pl-icon>Import
                  </wa-button>
                  <wa-button
                    appearance="outlined"
                    ?loading=${this.busy === 'export'}
                    ?disabled=${this.contacts.total === 0}
                    @click=${() => void this.handleExport()}
                  >
                    <pl-icon slot="start" name="download"></pl-icon>Export
                  </wa-button>`
              : nothing
          }
          <wa-button href="/contacts/new" variant="brand" appearance="accent">
            <pl-icon slot="start" name="plus"></pl-icon>Add contact
          </wa-button>
        </div>
      </pl-page-header>
      ${
        this.isAdmin
          ? html`<pl-page-tabs label="Contacts" .pages=${contactPages} current="/contacts"></pl-page-tabs>`
          : nothing
      }
      <div class="stack">
        ${problemNotice(this.refusal ?? this.contacts.problem)}
        ${
          this.contacts.rows
            ? this.renderList(this.contacts.rows)
            : this.contacts.problem
              ? nothing
              : html`<pl-placeholder></pl-placeholder>`
        }
      </div>
      <pl-import-dialog
        .phonebooks=${this.phonebooks}
        @imported=${() => {
          void this.contacts.begin();
          void this.loadPhonebooks();
        }}
      ></pl-import-dialog>
    `;
  }

  private renderList(contacts: readonly Contact[]): TemplateResult {
    const isFiltered = this.search !== '' || this.phonebook !== '';
    if (this.contacts.total === 0 && !isFiltered) {
      return html`<pl-empty icon="contact" heading="No contacts yet">
        Add the first one here, or from a session in the
        inbox.${this.isAdmin ? ' Many at once come in by Import.' : nothing}
        <wa-button slot="action" href="/contacts/new" variant="brand" appearance="accent"
          >Add a contact</wa-button
        >
      </pl-empty>`;
    }
    return html`<div>
      <div class="filters">
        <pl-search
          label="Search contacts"
          @search=${(event: Event) => {
            this.search = (event.target as PlSearch).value;
            void this.contacts.begin();
          }}
        ></pl-search>
        ${
          this.phonebooks.length > 0
            ? selectField({
                label: 'Phonebook',
                value: this.phonebook || 'all',
                choices: [
                  { value: 'all', label: 'All contacts' },
                  ...this.phonebooks.map(({ id, name, contacts: count }) => ({
                    value: id,
                    label: `${name} (${count})`,
                  })),
                ],
                change: (id) => {
                  this.phonebook = id === 'all' ? '' : id;
                  void this.contacts.begin();
                },
              })
            : nothing
        }
        <span class="count number" role="status">${counted(this.contacts.total, 'contact')}</span>
      </div>
      ${
        contacts.length === 0
          ? html`<p class="quiet">No contact matches. Try another part of the name or number.</p>`
          : this.renderTable(contacts)
      }
      ${this.contacts.renderMore()}
    </div>`;
  }

  private renderTable(contacts: readonly Contact[]): TemplateResult {
    const count = this.selected.size;
    return html`<pl-table
      caption="Contacts"
      whole
      ?selectable=${this.isAdmin}
      .columns=${this.columns}
      .rows=${contacts}
      .idOf=${(one: Contact) => one.id}
      .nameOf=${(one: Contact) => one.name}
      .selected=${this.selected}
      @selection=${(event: Event) => (this.selected = (event.target as PlTable).selected)}
    >
      <div slot="bulk" class="row">
        ${
          count > 1
            ? html`<pl-confirm
                size="s"
                label="Merge"
                question=${`Merge ${count} contacts into ${contacts.find(({ id }) => this.selected.has(id))?.name ?? 'one'}?`}
                ?busy=${this.busy === 'merge'}
                @confirmed=${() => void this.handleMerge()}
              ></pl-confirm>`
            : nothing
        }
        <pl-confirm
          size="s"
          label="Delete"
          question=${count === 1 ? 'Delete this contact?' : `Delete ${count} contacts?`}
          ?busy=${this.busy === 'delete'}
          @confirmed=${() => void this.handleDelete()}
        ></pl-confirm>
      </div>
    </pl-table>`;
  }

  private get columns(): Column<Contact>[] {
    const names = new Map(this.phonebooks.map(({ id, name }) => [id, name]));
    return [
      {
        label: 'Name',
        cell: (one) => html`<a href=${`/contacts/${encodeURIComponent(one.id)}`}>${one.name}</a>`,
      },
      { label: 'Company', cell: ({ company }) => company },
      {
        label: 'Numbers',
        cell: ({ numbers }) =>
          html`${numbers.map(({ number }, index) => html`${index === 0 ? nothing : html`<br />`}${number}`)}`,
      },
      { label: 'E-mail', cell: ({ email }) => email },
      {
        label: 'Phonebooks',
        cell: ({ phonebooks }) => phonebooks.map((id) => names.get(id) ?? '').join(', '),
      },
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-contacts': PlContacts;
  }
}
