/**
 * Imports contacts from a CSV file (GEN-07): choose, look at what was understood, import part by part.
 *
 * @fires imported - Contacts were added or changed.
 */
import type { CountryCode } from 'libphonenumber-js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Phonebook } from '../../core/contact.ts';
import { importBatch, type ImportAnswer, type WhenKnown } from '../../core/contactApi.ts';
import { contactsFromCsv, maxCsvBytes, type CsvContacts } from '../../core/contactCsv.ts';
import { importContacts } from '../data/contacts.ts';
import { notUtf8, readText } from '../data/csv.ts';
import { selectField } from '../elements/fields.ts';
import type { PlFileDrop } from '../elements/file-drop.ts';
import { countries } from '../inbox/countries.ts';
import { base, fields } from '../styles/shared.ts';
import { faultStyles, renderFaults, rows } from './faults.ts';
import '../elements/file-drop.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

const shownFaults = 20;
const shownContacts = 3;

@customElement('pl-import-dialog')
export class PlImportDialog extends LitElement {
  static override styles = [
    base,
    fields,
    faultStyles,
    css`
      :host {
        display: contents;
      }
      .stack {
        display: grid;
        gap: var(--parley-space-4);
      }
      .first {
        display: grid;
        gap: var(--parley-space-1);
        overflow-wrap: anywhere;
      }
      wa-progress-bar {
        --indicator-color: var(--parley-accent);
      }
    `,
  ];

  @property({ attribute: false }) phonebooks: readonly Phonebook[] = [];
  @state() private open = false;
  @state() private file: { name: string; text: string } | null = null;
  @state() private country: CountryCode | '' = '';
  @state() private phonebook = '';
  @state() private whenKnown: WhenKnown = 'update';
  @state() private read: CsvContacts | null = null;
  @state() private problem = '';
  @state() private running = false;
  /** Rows that are stored already; an import that broke off goes on behind them. */
  @state() private sent = 0;
  @state() private result: ImportAnswer | null = null;

  show(): void {
    this.open = true;
    this.startOver();
  }

  private startOver(): void {
    this.file = null;
    this.read = null;
    this.problem = '';
    this.sent = 0;
    this.result = null;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!['file', 'country', 'phonebooks'].some((name) => changed.has(name))) return;
    const ids = new Map(this.phonebooks.map(({ id, name }) => [name.toLowerCase(), id]));
    this.read =
      this.file &&
      contactsFromCsv(this.file.text, this.country || null, (name) => ids.get(name.toLowerCase()));
  }

  private async take(file: File | null): Promise<void> {
    if (!file) return;
    this.startOver();
    if (file.size > maxCsvBytes) {
      this.problem = 'The file is larger than 50 MB. Split it and import the parts.';
      return;
    }
    const text = await readText(file);
    if (text === null) this.problem = notUtf8;
    else this.file = { name: file.name, text };
  }

  private handleImport = async () => {
    const { phonebook, whenKnown } = this;
    const contacts = this.read?.contacts ?? [];
    this.running = true;
    this.problem = '';
    const counts = this.result ?? { created: 0, updated: 0, skipped: 0 };
    while (this.open && this.sent < contacts.length) {
      const part = contacts.slice(this.sent, this.sent + importBatch);
      const rows =
        phonebook === ''
          ? part
          : part.map((one) => ({ ...one, phonebooks: [...new Set([...one.phonebooks, phonebook])] }));
      const answer = await importContacts({ rows, whenKnown });
      if ('problem' in answer) {
        this.problem = answer.problem.message;
        break;
      }
      this.sent += part.length;
      counts.created += answer.value.created;
      counts.updated += answer.value.updated;
      counts.skipped += answer.value.skipped;
    }
    this.running = false;
    this.result = counts;
    this.dispatchEvent(new Event('imported'));
  };

  private get isDone(): boolean {
    return this.read !== null && this.sent > 0 && this.sent >= this.read.contacts.length;
  }

  override render() {
    const count = this.read?.contacts.length ?? 0;
    return html`<wa-dialog
      label="Import contacts"
      ?open=${this.open}
      @wa-after-hide=${(event: Event) => {
        if (event.target === event.currentTarget) this.open = false;
      }}
    >
      ${this.open ? this.renderContent() : nothing}
      <wa-button slot="footer" appearance="outlined" @click=${() => (this.open = false)}
        >${this.isDone ? 'Close' : 'Cancel'}</wa-button
      >
      ${
        count > 0 && !this.isDone
          ? html`<wa-button
              slot="footer"
              variant="brand"
              appearance="accent"
              ?loading=${this.running}
              @click=${() => void this.handleImport()}
              >${this.sent > 0 ? 'Continue' : `Import ${count === 1 ? '1 contact' : `${count.toLocaleString()} contacts`}`}</wa-button
            >`
          : nothing
      }
    </wa-dialog>`;
  }

  private renderContent(): TemplateResult {
    return html`<div class="stack">
      ${this.problem ? html`<pl-notice tone="error">${this.problem}</pl-notice>` : nothing}
      ${this.read ? this.renderRead(this.read) : this.renderChoose()}
    </div>`;
  }

  private renderChoose(): TemplateResult {
    return html`<pl-file-drop
        label="CSV file"
        action="Choose a CSV file"
        accept=".csv,text/csv"
        @file=${(event: Event) => void this.take((event.currentTarget as PlFileDrop).file)}
      ></pl-file-drop>
      <p class="quiet small">
        The first line names the columns: Name, Company, E-mail, Note, Phonebooks, and a type of number such
        as Business, Mobile, Home or Number. UTF-8, up to 50 MB.
      </p>`;
  }

  private renderRead(read: CsvContacts): TemplateResult {
    if (this.result && (this.isDone || this.problem)) return this.renderResult(this.result, read);
    if (this.running) {
      const share = Math.round((100 * this.sent) / Math.max(1, read.contacts.length));
      return html`<wa-progress-bar label="Importing" value=${share}></wa-progress-bar>
        <p role="status" class="number">
          ${this.sent.toLocaleString()} of ${read.contacts.length.toLocaleString()}
        </p>`;
    }
    return html`
      <p>
        <strong>${this.file?.name}</strong>:
        ${read.contacts.length === 1 ? '1 contact' : `${read.contacts.length.toLocaleString()} contacts`} can
        be imported${read.faults.length === 0 ? '' : `, ${rows(read.faults.length)} cannot`}.
        ${read.ignored.length === 0 ? nothing : html`Not used: ${read.ignored.join(', ')}.`}
      </p>
      ${
        read.contacts.length === 0
          ? nothing
          : html`<ul class="first small quiet" aria-label="The first contacts">
              ${read.contacts
                .slice(0, shownContacts)
                .map(
                  ({ name, company, email, numbers }) =>
                    html`<li>
                      ${[name, company, email, ...numbers.map(({ number }) => number)].filter(Boolean).join(' · ')}
                    </li>`,
                )}
            </ul>`
      }
      ${this.renderFaults(read)}
      ${selectField({
        label: 'Numbers without + and country code',
        value: this.country || 'none',
        choices: [
          { value: 'none', label: 'Leave out and list them above' },
          ...countries(navigator.language).map(({ code, name, callingCode }) => ({
            value: code,
            label: `Are of ${name} (+${callingCode})`,
          })),
        ],
        change: (code) => (this.country = code === 'none' ? '' : (code as CountryCode)),
      })}
      ${selectField({
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
      }
    `;
  }

  private renderResult({ created, updated, skipped }: ImportAnswer, read: CsvContacts): TemplateResult {
    return html`<p role="status">
        ${this.isDone ? 'Done.' : 'Stopped.'} ${created.toLocaleString()} added, ${updated.toLocaleString()}
        updated, ${skipped.toLocaleString()} left as they were.
      </p>
      ${this.renderFaults(read)}`;
  }

  private renderFaults({ faults }: CsvContacts): TemplateResult | typeof nothing {
    const shown = faults.slice(0, shownFaults);
    return renderFaults(shown, 'Rows that cannot be imported', faults.length);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-import-dialog': PlImportDialog;
  }
}
