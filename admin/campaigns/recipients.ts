/**
 * Who gets a campaign (CMP-01): numbers put in by hand or imported, or the contacts of phonebooks. Numbers are
 * stored as soon as they are added or removed.
 *
 * @fires change - `source` has changed.
 * @fires added - Recipients were added or removed (`added`).
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type {
  ImportCounts,
  Recipient,
  RecipientChunk,
  RecipientFault,
  RecipientsAdded,
} from '../../core/campaignApi.ts';
import type { RecipientValues } from '../../core/campaignText.ts';
import type { Phonebook } from '../../core/contact.ts';
import { numberTypeNames, numberTypes } from '../../core/contact.ts';
import { faultStyles, renderFaults } from '../contacts/faults.ts';
import type { Answer } from '../data/api.ts';
import { addRecipients, listRecipients, mostRecipients, removeRecipients } from '../data/campaigns.ts';
import { counted } from '../elements/counts.ts';
import { checkboxField, radioField, selectField } from '../elements/fields.ts';
import { Paging } from '../elements/paging.ts';
import type { PlSearch } from '../elements/search.ts';
import { base, fields, iconButton, section } from '../styles/shared.ts';
import type { CampaignDraft } from './draft.ts';
import type { PlRecipientImport } from './import-dialog.ts';
import type { PlNumberEntry } from './number-entry.ts';
import { recipientStyles } from './recipients-styles.ts';
import { countWords } from './words.ts';
import '../elements/confirm.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/search.ts';
import './import-dialog.ts';
import './number-entry.ts';

const pageOfNumbers = 50;

type Source = CampaignDraft['recipients'];

@customElement('pl-campaign-recipients')
export class PlCampaignRecipients extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [base, section, fields, iconButton, faultStyles, recipientStyles];

  @property({ attribute: false }) source!: Source;
  /** Answers the id of the draft that recipients are stored with; makes it first where there is none. */
  @property({ attribute: false }) draft!: () => Promise<Answer<string>>;
  /** That id; empty while there is none. */
  @property({ attribute: false }) campaign = '';
  /** Of the numbers that are stored. */
  @property({ attribute: false }) counts!: ImportCounts;
  @property({ attribute: false }) faults: readonly RecipientFault[] = [];
  @property({ attribute: false }) phonebooks: readonly Phonebook[] = [];
  /** What the phonebooks come to; null while it is not known. */
  @property({ attribute: false }) phonebookCounts: ImportCounts | null = null;
  /** What has to change before it can be sent. */
  @property() error = '';
  added: RecipientsAdded | null = null;
  /** What the first row of a file says that was imported here. */
  sample: RecipientValues | null = null;
  @state() private search = '';
  @state() private problem = '';
  @state() private busy = false;
  @query('pl-recipient-import') private importer!: PlRecipientImport;
  private stored = new Paging<Recipient>(
    this,
    (wanted) => listRecipients(this.campaign, { search: this.search, limit: pageOfNumbers, ...wanted }),
    mostRecipients,
  );

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('campaign') && this.campaign !== '' && this.counts.imported > 0) void this.stored.begin();
  }

  private change(patch: Partial<Source>): void {
    this.source = { ...this.source, ...patch };
    this.dispatchEvent(new Event('change'));
  }

  private take(added: RecipientsAdded): void {
    this.added = added;
    this.counts = added.counts;
    this.dispatchEvent(new Event('added'));
    void this.updateComplete.then(() => this.stored.begin());
  }

  private send = async (chunk: RecipientChunk): Promise<Answer<RecipientsAdded>> => {
    const draft = await this.draft();
    return 'problem' in draft ? draft : addRecipients(draft.value, chunk);
  };

  private handleNumbers = async (event: Event) => {
    const entry = event.currentTarget as PlNumberEntry;
    this.busy = true;
    const answer = await this.send(entry.chunk);
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem.message : '';
    if ('problem' in answer) return;
    entry.clear();
    this.take(answer.value);
  };

  private async drop(gone: { numbers: string[] } | { all: true }): Promise<void> {
    const answer = await removeRecipients(this.campaign, gone);
    this.problem = 'problem' in answer ? answer.problem.message : '';
    if ('problem' in answer) return;
    this.take(answer.value);
    if ('all' in gone) this.sample = null;
  }

  override render() {
    return html`<section>
        <header>
          <h2>Recipients</h2>
        </header>
        ${radioField({
          label: 'Where they come from',
          value: this.source.kind,
          inline: true,
          choices: [
            { value: 'list', label: 'Input & import' },
            { value: 'phonebooks', label: 'Phonebooks' },
          ],
          change: (kind) => this.change({ kind }),
        })}
        ${this.source.kind === 'list' ? this.renderList() : this.renderPhonebooks()}
        ${this.error ? html`<p class="field-error" role="alert">${this.error}</p>` : nothing}
      </section>
      <pl-recipient-import
        .send=${this.send}
        .counts=${this.counts}
        @added=${(event: Event) => {
          const { added, sample } = event.currentTarget as PlRecipientImport;
          this.sample = sample ?? this.sample;
          if (added) this.take(added);
        }}
      ></pl-recipient-import>`;
  }

  private renderList(): TemplateResult {
    const { counts } = this;
    const problem = this.problem || this.stored.problem?.message;
    return html`
      ${problem ? html`<pl-notice tone="error">${problem}</pl-notice>` : nothing}
      <pl-number-entry ?busy=${this.busy} @numbers=${this.handleNumbers}></pl-number-entry>
      <div class="row">
        <wa-button appearance="outlined" @click=${() => this.importer.show()}>
          <pl-icon slot="start" name="upload"></pl-icon>Import CSV
        </wa-button>
      </div>
      <div class="head">
        <p class="counts number" role="status">
          ${counts.read === 0 ? 'No recipients yet.' : `${countWords(counts)}.`}
          <span class="quiet small">Stored as soon as they are added or removed.</span>
        </p>
        ${
          counts.read > 0
            ? html`<pl-confirm
                size="s"
                label="Remove all"
                action="Remove all"
                question="Remove all recipients?"
                @confirmed=${() => void this.drop({ all: true })}
              ></pl-confirm>`
            : nothing
        }
      </div>
      ${this.renderFaults()} ${counts.imported > 0 ? this.renderNumbers() : nothing}
    `;
  }

  private renderFaults(): TemplateResult | typeof nothing {
    const { invalid } = this.counts;
    if (invalid === 0 || this.faults.length === 0) return nothing;
    return html`<details>
      <summary>${counted(invalid, 'row')} could not be imported</summary>
      ${renderFaults(this.faults, 'Rows that could not be imported', Math.max(invalid, this.faults.length))}
    </details>`;
  }

  private renderNumbers(): TemplateResult {
    const shown = this.stored.rows ?? [];
    return html`<div class="numbers">
      ${
        this.counts.imported > 5
          ? html`<pl-search
              label="Search recipients"
              @search=${(event: Event) => {
                this.search = (event.target as PlSearch).value;
                void this.stored.begin();
              }}
            ></pl-search>`
          : nothing
      }
      <ul tabindex="0" role="list" aria-label="Recipients">
        ${shown.map(
          ({ number, name }) =>
            html`<li>
              <span class="number">${number}</span>
              <span class="quiet">${name}</span>
              <button
                type="button"
                class="icon-button"
                aria-label=${`Remove ${number}`}
                @click=${() => void this.drop({ numbers: [number] })}
              >
                <pl-icon name="x"></pl-icon>
              </button>
            </li>`,
        )}
      </ul>
      ${this.stored.renderMore()}
      ${shown.length === 0 && this.search ? html`<p class="quiet">Nobody matches the search.</p>` : nothing}
    </div>`;
  }

  private renderPhonebooks(): TemplateResult {
    const { source, phonebooks, phonebookCounts } = this;
    if (phonebooks.length === 0) {
      return html`<p>
        There are no phonebooks yet. <a href="/phonebooks">Add a phonebook</a> and put contacts into it, or
        choose Input &amp; import.
      </p>`;
    }
    const toggle = (id: string, on: boolean) =>
      this.change({
        phonebooks: on ? [...source.phonebooks, id] : source.phonebooks.filter((one) => one !== id),
      });
    return html`<div class="choices" role="group" aria-label="Phonebooks">
        ${phonebooks.map(({ id, name, contacts }) =>
          checkboxField({
            label: `${name} (${counted(contacts, 'contact')})`,
            checked: source.phonebooks.includes(id),
            change: (on) => toggle(id, on),
          }),
        )}
      </div>
      ${selectField({
        label: 'Number type',
        value: source.numberType,
        help: 'Each number of this type gets the message. Contacts without one are left out.',
        choices: numberTypes.map((type) => ({ value: type, label: numberTypeNames[type] })),
        change: (numberType) => this.change({ numberType }),
      })}
      ${
        source.phonebooks.length === 0
          ? nothing
          : html`<p class="counts number" role="status">
              ${phonebookCounts ? `${countWords(phonebookCounts)} right now.` : 'Counting…'}
              <span class="quiet small"
                >The phonebooks are read when sending begins: who is added until then gets it, too.</span
              >
            </p>`
      }`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-recipients': PlCampaignRecipients;
  }
}
