/**
 * Imports recipients from a CSV file (CMP-01, CMP-02): choose, look at what was understood, import part by part.
 *
 * @fires added - Recipients were added (`added`).
 */
import type { CountryCode } from 'libphonenumber-js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { v7 as uuid } from 'uuid';
import type { ImportCounts, RecipientChunk, RecipientsAdded } from '../../core/campaignApi.ts';
import {
  recipientChunks,
  recipientsFromCsv,
  refuseFile,
  type CsvRecipients,
} from '../../core/campaignCsv.ts';
import type { RecipientValues } from '../../core/campaignText.ts';
import { faultStyles, renderFaults, rows } from '../contacts/faults.ts';
import type { Answer } from '../data/api.ts';
import { notUtf8, readText } from '../data/csv.ts';
import { selectField } from '../elements/fields.ts';
import type { PlFileDrop } from '../elements/file-drop.ts';
import { countries } from '../inbox/countries.ts';
import { base, fields } from '../styles/shared.ts';
import '../elements/file-drop.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

const shownFaults = 100;
const shownRecipients = 3;

@customElement('pl-recipient-import')
export class PlRecipientImport extends LitElement {
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
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(96px, 1fr));
        gap: var(--parley-space-2);
      }
      dl div {
        display: flex;
        flex-direction: column-reverse;
        padding: var(--parley-space-2) var(--parley-space-3);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
      }
      dt {
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
      dd {
        font-size: var(--parley-title);
        font-variant-numeric: tabular-nums;
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

  /** Stores one part; the same part twice is one. */
  @property({ attribute: false }) send!: (chunk: RecipientChunk) => Promise<Answer<RecipientsAdded>>;
  /** What the campaign has already. */
  @property({ attribute: false }) counts!: ImportCounts;
  added: RecipientsAdded | null = null;
  /** What the file's first row says, for a look at the message. */
  sample: RecipientValues | null = null;
  @state() private open = false;
  @state() private file: { name: string; text: string } | null = null;
  @state() private country: CountryCode | '' = '';
  @state() private read: CsvRecipients | null = null;
  @state() private problem = '';
  @state() private reading = false;
  @state() private running = false;
  /** Parts that are stored already; an import that broke off goes on behind them. */
  @state() private sent = 0;
  @state() private chunks: RecipientChunk[] = [];
  /** What the campaign had before this file. */
  #before: ImportCounts | null = null;

  show(): void {
    this.open = true;
    this.startOver();
  }

  private startOver(): void {
    this.file = null;
    this.read = null;
    this.problem = '';
    this.sent = 0;
    this.chunks = [];
    this.added = null;
    this.#before = null;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('file') && !changed.has('country')) return;
    this.read = this.file && recipientsFromCsv(this.file.text, this.country || null);
  }

  private async take(file: File | null): Promise<void> {
    if (!file) return;
    this.startOver();
    this.problem = refuseFile(file) ?? '';
    if (this.problem) return;
    this.reading = true;
    const text = await readText(file);
    // A long file takes seconds, which the browser has to say first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.reading = false;
    if (text === null) this.problem = notUtf8;
    else this.file = { name: file.name, text };
  }

  private handleImport = async () => {
    if (!this.read) return;
    if (this.chunks.length === 0) {
      this.chunks = recipientChunks(this.read, uuid());
      this.#before = this.counts;
    }
    this.running = true;
    this.problem = '';
    let chunk: RecipientChunk | undefined;
    while (this.running && (chunk = this.chunks[this.sent])) {
      const answer = await this.send(chunk);
      if ('problem' in answer) {
        this.problem = answer.problem.message;
        break;
      }
      this.added = answer.value;
      this.sent += 1;
    }
    this.running = false;
    const [first] = this.read.recipients;
    if (first) this.sample = { number: first.number, name: '', values: first.values };
    if (this.added) this.dispatchEvent(new Event('added'));
  };

  private get isDone(): boolean {
    return this.sent > 0 && this.sent === this.chunks.length;
  }

  /** While parts are being stored, Esc and the button stop that first. */
  private handleHide = (event: Event) => {
    if (event.target !== event.currentTarget || !this.running) return;
    event.preventDefault();
    this.running = false;
  };

  override render() {
    return html`<wa-dialog
      label="Import recipients"
      ?open=${this.open}
      @wa-hide=${this.handleHide}
      @wa-after-hide=${(event: Event) => {
        if (event.target === event.currentTarget) this.open = false;
      }}
    >
      ${this.open ? this.renderContent() : nothing}
      <wa-button
        slot="footer"
        appearance="outlined"
        @click=${() => (this.running ? (this.running = false) : (this.open = false))}
        >${this.running ? 'Stop' : this.sent > 0 ? 'Close' : 'Cancel'}</wa-button
      >
      ${this.renderAction()}
    </wa-dialog>`;
  }

  private renderAction(): TemplateResult | typeof nothing {
    const { read } = this;
    if (!read || this.isDone || read.recipients.length === 0) return nothing;
    const count = read.recipients.length;
    const words = count === 1 ? '1 recipient' : `${count.toLocaleString()} recipients`;
    return html`<wa-button
      slot="footer"
      variant="brand"
      appearance="accent"
      ?loading=${this.running}
      @click=${() => void this.handleImport()}
      >${this.sent > 0 ? 'Continue' : `Import ${words}`}</wa-button
    >`;
  }

  private renderContent(): TemplateResult {
    return html`<div class="stack">
      ${this.problem ? html`<pl-notice tone="error">${this.problem}</pl-notice>` : nothing}
      ${this.renderStep()}
    </div>`;
  }

  private renderStep(): TemplateResult {
    if (this.reading) return html`<p role="status">Reading the file…</p>`;
    return this.read ? this.renderRead(this.read) : this.renderChoose();
  }

  private renderChoose(): TemplateResult {
    return html`<pl-file-drop
        label="CSV file"
        action="Choose a CSV file"
        accept=".csv,text/csv"
        @file=${(event: Event) => void this.take((event.currentTarget as PlFileDrop).file)}
      ></pl-file-drop>
      <p class="quiet small">
        The first line names the columns. <strong>Number</strong> has the phone numbers; what other columns
        say can be put into the message. UTF-8, less than 50 MB.
      </p>`;
  }

  private renderRead(read: CsvRecipients): TemplateResult {
    if (this.running) return this.renderProgress(read);
    if (this.added) return this.renderResult(this.added, read);
    return html`
      <p><strong>${this.file?.name}</strong> has ${rows(read.read)} below its first line.</p>
      ${renderCounts([
        ['Can be imported', read.recipients.length],
        ['Duplicate', read.duplicates.length],
        ['Invalid', read.faults.length],
      ])}
      ${
        read.recipients.length === 0
          ? nothing
          : html`<ul class="first small quiet" aria-label="The first recipients">
              ${read.recipients
                .slice(0, shownRecipients)
                .map(
                  ({ number, values }) =>
                    html`<li>${[number, ...Object.values(values)].filter(Boolean).join(' · ')}</li>`,
                )}
            </ul>`
      }
      ${
        read.columns.length > 0
          ? html`<p class="small">
              For the message: ${read.columns.map((name) => `{{${name}}}`).join(', ')}
            </p>`
          : nothing
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
      <p class="quiet small">Whoever has opted out is found when they are imported, and left out.</p>
    `;
  }

  private renderProgress({ read }: CsvRecipients): TemplateResult {
    const share = this.sent / Math.max(1, this.chunks.length);
    return html`<wa-progress-bar label="Importing" value=${Math.round(100 * share)}></wa-progress-bar>
      <p role="status" class="number">
        ${Math.round(share * read).toLocaleString()} of ${read.toLocaleString()} rows
      </p>`;
  }

  private renderResult({ counts }: RecipientsAdded, read: CsvRecipients): TemplateResult {
    const before = this.#before ?? counts;
    return html`<p role="status">
        ${this.isDone ? `All of the ${rows(read.read)} are dealt with:` : 'Stopped. So far:'}
      </p>
      ${renderCounts([
        ['Imported', counts.imported - before.imported],
        ['Duplicate', counts.duplicate - before.duplicate],
        ['Invalid', counts.invalid - before.invalid],
        ['Opted out', counts.optedOut - before.optedOut],
      ])}
      ${this.renderFaults(read)}`;
  }

  private renderFaults({ faults }: CsvRecipients): TemplateResult | typeof nothing {
    return renderFaults(faults.slice(0, shownFaults), 'Rows that cannot be imported', faults.length);
  }
}

function renderCounts(counts: readonly (readonly [word: string, count: number])[]): TemplateResult {
  return html`<dl>
    ${counts.map(
      ([word, count]) =>
        html`<div>
          <dt>${word}</dt>
          <dd>${count.toLocaleString()}</dd>
        </div>`,
    )}
  </dl>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-recipient-import': PlRecipientImport;
  }
}
