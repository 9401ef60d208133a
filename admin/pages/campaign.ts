/** /campaigns/:id: what a campaign says, how far it has got, and what became of each message (CMP-08). */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RecipientResult } from '../../core/campaign.ts';
import type { Campaign } from '../../core/campaignApi.ts';
import type { Problem } from '../../core/errors.ts';
import type { PlCampaignActions } from '../campaigns/actions.ts';
import type { PlCampaignOutcome } from '../campaigns/outcome.ts';
import type { PlCampaignResults } from '../campaigns/results.ts';
import { countWords, isLively, momentWords } from '../campaigns/words.ts';
import { faultStyles, renderFaults } from '../contacts/faults.ts';
import { fileUrl, readCampaign } from '../data/campaigns.ts';
import { counted } from '../elements/counts.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { Polling } from '../elements/polling.ts';
import { ownTimeZone } from '../elements/time-zone.ts';
import { exactTime } from '../elements/times.ts';
import { sizeWords } from '../inbox/rules.ts';
import { go } from '../router.ts';
import { base, page, section } from '../styles/shared.ts';
import '../campaigns/actions.ts';
import '../campaigns/outcome.ts';
import '../campaigns/results.ts';
import '../campaigns/state.ts';
import '../campaigns/template-preview.ts';
import '../elements/page-header.ts';

/** Ms between looks while its figures change, and while they do not. */
const pauses = { lively: 1_000, still: 15_000 };

@customElement('pl-campaign')
export class PlCampaign extends LitElement {
  static override styles = [
    base,
    page,
    section,
    faultStyles,
    css`
      .facts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
        gap: var(--parley-space-3) var(--parley-space-6);
      }
      dt {
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .message {
        max-width: 640px;
        padding: var(--parley-space-3) var(--parley-space-4);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
      summary {
        width: fit-content;
        cursor: pointer;
      }
      details[open] summary {
        margin-block-end: var(--parley-space-2);
      }
    `,
  ];

  @property({ attribute: false }) campaign = '';
  @state() private results: readonly RecipientResult[] = [];
  @state() private refusal: Problem | null = null;
  private loaded = new Loading(
    this,
    () => readCampaign(this.campaign),
    () => this.polling.wait(),
  );
  private polling = new Polling(
    this,
    () => this.loaded.reload(),
    () => (this.loaded.value && isLively(this.loaded.value, Date.now()) ? pauses.lively : pauses.still),
  );

  private handleChanged = async ({ detail }: CustomEvent<string>) => {
    this.refusal = null;
    if (detail === 'delete') await go('/campaigns', { replace: true });
    else if (detail !== 'duplicate') await this.loaded.reload();
  };

  override render() {
    const campaign = this.loaded.value;
    return html`
      <pl-page-header heading=${campaign?.name ?? 'Campaign'} back="/campaigns" back-label="Campaigns">
        ${
          campaign
            ? html`<pl-campaign-actions
                slot="action"
                wide
                .campaign=${campaign}
                @changed=${this.handleChanged}
                @refused=${(event: Event) => {
                  this.refusal = (event.currentTarget as PlCampaignActions).problem;
                }}
              ></pl-campaign-actions>`
            : nothing
        }
      </pl-page-header>
      ${this.loaded.render((value) => this.renderCampaign(value))}
    `;
  }

  private renderCampaign(campaign: Campaign): TemplateResult {
    return html`<div class="stack">
      ${problemNotice(this.refusal)}
      <section>
        <pl-campaign-state wide .campaign=${campaign}></pl-campaign-state>
        ${renderFacts(campaign)}
      </section>
      <pl-campaign-outcome
        .totals=${campaign.totals}
        .shown=${this.results}
        @choose=${(event: Event) => (this.results = (event.currentTarget as PlCampaignOutcome).chosen)}
      ></pl-campaign-outcome>
      <section>
        <header><h2>Message</h2></header>
        ${renderMessage(campaign)}
      </section>
      ${renderImport(campaign)}
      <pl-campaign-results
        .campaign=${campaign}
        .results=${this.results}
        @filter=${(event: Event) => (this.results = (event.currentTarget as PlCampaignResults).results)}
      ></pl-campaign-results>
    </div>`;
  }
}

function renderFacts(campaign: Campaign): TemplateResult {
  const { channel, number, phonebooks, sendAt, timeZone, destination, input, completedAt } = campaign;
  const zone = timeZone ?? ownTimeZone();
  return html`<dl class="facts">
    ${fact('Message channel', channel.gone ? `${channel.name} (deleted)` : channel.name)}
    ${fact('Sender', number)} ${fact('Recipients', phonebooks?.join(', ') ?? 'Input & import')}
    ${
      sendAt === null
        ? nothing
        : fact(
            'Send time',
            html`<time datetime=${new Date(sendAt).toISOString()} title=${exactTime(sendAt)}
              >${momentWords(sendAt, zone)}${zone === ownTimeZone() ? nothing : ` (${zone})`}</time
            >`,
          )
    }
    ${completedAt === null ? nothing : fact('Completed', momentWords(completedAt, ownTimeZone()))}
    ${fact('Send mode', destination ? `Sessions for ${destination.name}` : 'Without sessions')}
    ${fact('An answer counts for', input.windowDays === 1 ? '1 day' : `${input.windowDays} days`)}
  </dl>`;
}

function fact(label: string, value: TemplateResult | string): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function renderMessage(campaign: Campaign): TemplateResult {
  const { id, input, file } = campaign;
  const { content } = input;
  const attached = file
    ? html`<p>
        <a href=${fileUrl(id)} target="_blank" rel="noopener">${file.name}</a>
        <span class="quiet">${sizeWords(file.size)}</span>
      </p>`
    : nothing;
  switch (content.kind) {
    case 'text':
    case 'file':
      return html`${attached}
      ${content.text === '' ? (file ? nothing : html`<p class="quiet">No text yet.</p>`) : html`<p class="message">${content.text}</p>`}`;
    case 'template':
      return html`<pl-campaign-template .campaign=${campaign}></pl-campaign-template>${attached}`;
  }
}

/** What did not become a recipient; nothing is lost silently. */
function renderImport({ counts, faults }: Campaign): TemplateResult | typeof nothing {
  if (counts.duplicate + counts.invalid + counts.optedOut === 0) return nothing;
  return html`<section>
    <header>
      <h2>Import</h2>
      <p>${counted(counts.read, 'row')} read: ${countWords(counts)}.</p>
    </header>
    ${
      faults.length === 0
        ? nothing
        : html`<details>
            <summary>${counted(counts.invalid, 'row')} could not be imported</summary>
            ${renderFaults(faults, 'Rows that could not be imported', counts.invalid)}
          </details>`
    }
  </section>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign': PlCampaign;
  }
}
