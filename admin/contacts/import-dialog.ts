/**
 * Imports contacts from a CSV file (GEN-07).
 *
 * @fires imported - Contacts were added or changed.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ContactInput, Phonebook } from '../../core/contact.ts';
import { importBatch, type ImportAnswer, type ImportInput, type WhenKnown } from '../../core/contactApi.ts';
import { contactsFromCsv, maxCsvBytes, type CsvContacts } from '../../core/contactCsv.ts';
import type { Answer } from '../data/api.ts';
import { importContacts } from '../data/contacts.ts';
import { counted } from '../elements/counts.ts';
import { selectField } from '../elements/fields.ts';
import { base, fields } from '../styles/shared.ts';
import { CsvImport, importStyles } from './csv-import.ts';

@customElement('pl-import-dialog')
export class PlImportDialog extends LitElement {
  static override styles = [base, fields, importStyles];

  @property({ attribute: false }) phonebooks: readonly Phonebook[] = [];
  @state() private phonebook = '';
  @state() private whenKnown: WhenKnown = 'update';
  #stored: ImportAnswer = { created: 0, updated: 0, skipped: 0 };

  private importer = new CsvImport<CsvContacts, ContactInput, ImportInput>(this, {
    noun: 'contact',
    help: html`The first line names the columns: Name, Company, E-mail, Note, Phonebooks, and a type of number
    such as Business, Mobile, Home or Number. UTF-8, up to 50 MB.`,
    refuse: ({ size }) =>
      size > maxCsvBytes ? 'The file is larger than 50 MB. Split it and import the parts.' : null,
    read: (text, country) => {
      const ids = new Map(this.phonebooks.map(({ id, name }) => [name.toLowerCase(), id]));
      return contactsFromCsv(text, country, (name) => ids.get(name.toLowerCase()));
    },
    entries: ({ contacts }) => contacts,
    line: ({ name, company, email, numbers }) =>
      [name, company, email, ...numbers.map(({ number }) => number)].filter(Boolean).join(' · '),
    summary: renderSummary,
    choices: () => this.renderChoices(),
    parts: (read) => this.parts(read),
    send: (part) => this.send(part),
    result: (_, isDone) => this.renderResult(isDone),
    ended: () => this.dispatchEvent(new Event('imported')),
  });

  show(): void {
    this.importer.show();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('phonebooks')) this.importer.readAgain();
  }

  private parts({ contacts }: CsvContacts): ImportInput[] {
    const { phonebook, whenKnown } = this;
    this.#stored = { created: 0, updated: 0, skipped: 0 };
    const all =
      phonebook === ''
        ? contacts
        : contacts.map((one) => ({ ...one, phonebooks: [...new Set([...one.phonebooks, phonebook])] }));
    return Array.from({ length: Math.ceil(all.length / importBatch) }, (_, index) => ({
      rows: all.slice(index * importBatch, (index + 1) * importBatch),
      whenKnown,
    }));
  }

  private async send(part: ImportInput): Promise<Answer<ImportAnswer>> {
    const answer = await importContacts(part);
    if ('problem' in answer) return answer;
    this.#stored.created += answer.value.created;
    this.#stored.updated += answer.value.updated;
    this.#stored.skipped += answer.value.skipped;
    return answer;
  }

  override render() {
    return this.importer.render();
  }

  private renderChoices(): TemplateResult {
    return html`${selectField({
      label: 'Contacts that are here already',
      help: 'Known by a number or the e-mail address.',
      value: this.whenKnown,
      choices: [
        { value: 'update', label: 'Update them from the file' },
        { value: 'skip', label: 'Leave them as they are' },
        { value: 'add', label: 'Add a second contact' },
      ],
      change: (choice) => (this.whenKnown = choice),
    })}
    ${
      this.phonebooks.length === 0
        ? nothing
        : selectField({
            label: 'Put all of them into',
            value: this.phonebook || 'none',
            choices: [
              { value: 'none', label: 'No further phonebook' },
              ...this.phonebooks.map(({ id, name }) => ({ value: id, label: name })),
            ],
            change: (id) => (this.phonebook = id === 'none' ? '' : id),
          })
    }`;
  }

  private renderResult(isDone: boolean): TemplateResult {
    const { created, updated, skipped } = this.#stored;
    return html`<p role="status">
      ${isDone ? 'Done.' : 'Stopped.'} ${created.toLocaleString()} added, ${updated.toLocaleString()} updated,
      ${skipped.toLocaleString()} left as they were.
    </p>`;
  }
}

function renderSummary({ contacts, faults, ignored }: CsvContacts, fileName: string): TemplateResult {
  return html`<p>
    <strong>${fileName}</strong>: ${counted(contacts.length, 'contact')} can be
    imported${faults.length === 0 ? '' : `, ${counted(faults.length, 'row')} cannot`}.
    ${ignored.length === 0 ? nothing : html`Not used: ${ignored.join(', ')}.`}
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-import-dialog': PlImportDialog;
  }
}
