/**
 * Imports recipients from a CSV file (CMP-01, CMP-02).
 *
 * @fires added - Recipients were added (`added`).
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { v7 as uuid } from 'uuid';
import type {
  ImportCounts,
  RecipientChunk,
  RecipientInput,
  RecipientsAdded,
} from '../../core/campaignApi.ts';
import {
  recipientChunks,
  recipientsFromCsv,
  refuseFile,
  type CsvRecipients,
} from '../../core/campaignCsv.ts';
import type { RecipientValues } from '../../core/campaignText.ts';
import { CsvImport, importStyles } from '../contacts/csv-import.ts';
import type { Answer } from '../data/api.ts';
import { counted } from '../elements/counts.ts';
import { base, fields } from '../styles/shared.ts';

@customElement('pl-recipient-import')
export class PlRecipientImport extends LitElement {
  static override styles = [
    base,
    fields,
    importStyles,
    css`
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
    `,
  ];

  /** Stores one part; the same part twice is one. */
  @property({ attribute: false }) send!: (chunk: RecipientChunk) => Promise<Answer<RecipientsAdded>>;
  /** What the campaign has already. */
  @property({ attribute: false }) counts!: ImportCounts;
  added: RecipientsAdded | null = null;
  /** What the file's first row says, for a look at the message. */
  sample: RecipientValues | null = null;
  /** What the campaign had before this file. */
  #before: ImportCounts | null = null;

  private importer = new CsvImport<CsvRecipients, RecipientInput, RecipientChunk>(this, {
    noun: 'recipient',
    help: html`The first line names the columns. <strong>Number</strong> has the phone numbers; what other
      columns say can be put into the message. UTF-8, less than 50 MB.`,
    refuse: refuseFile,
    read: recipientsFromCsv,
    entries: ({ recipients }) => recipients,
    line: ({ number, values }) => [number, ...Object.values(values)].filter(Boolean).join(' · '),
    summary: renderSummary,
    choices: () =>
      html`<p class="quiet small">Whoever has opted out is found when they are imported, and left out.</p>`,
    parts: (read) => {
      this.added = null;
      this.#before = this.counts;
      return recipientChunks(read, uuid());
    },
    send: (chunk) => this.store(chunk),
    result: (read, isDone) => this.renderResult(read, isDone),
    ended: ({ recipients: [first] }) => {
      if (first) this.sample = { number: first.number, name: '', values: first.values };
      this.dispatchEvent(new Event('added'));
    },
  });

  show(): void {
    this.importer.show();
  }

  private async store(chunk: RecipientChunk): Promise<Answer<RecipientsAdded>> {
    const answer = await this.send(chunk);
    if ('value' in answer) this.added = answer.value;
    return answer;
  }

  override render() {
    return this.importer.render();
  }

  private renderResult({ read }: CsvRecipients, isDone: boolean): TemplateResult {
    const after = this.added?.counts ?? this.counts;
    const before = this.#before ?? after;
    return html`<p role="status">
        ${isDone ? `All of the ${counted(read, 'row')} are dealt with:` : 'Stopped. So far:'}
      </p>
      ${renderCounts([
        ['Imported', after.imported - before.imported],
        ['Duplicate', after.duplicate - before.duplicate],
        ['Invalid', after.invalid - before.invalid],
        ['Opted out', after.optedOut - before.optedOut],
      ])}`;
  }
}

function renderSummary(read: CsvRecipients, fileName: string): TemplateResult {
  const { recipients, duplicates, faults, columns } = read;
  return html`<p><strong>${fileName}</strong> has ${counted(read.read, 'row')} below its first line.</p>
    ${renderCounts([
      ['Can be imported', recipients.length],
      ['Duplicate', duplicates.length],
      ['Invalid', faults.length],
    ])}
    ${
      columns.length > 0
        ? html`<p class="small">For the message: ${columns.map((name) => `{{${name}}}`).join(', ')}</p>`
        : nothing
    }`;
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
