/** /campaigns/new and /campaigns/:id/edit: whom a campaign goes to, what it says, when and how it is sent. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import * as z from 'zod';
import { campaignInput, isPossible } from '../../core/campaign.ts';
import type { Campaign, ImportCounts, RecipientFault } from '../../core/campaignApi.ts';
import { ownColumns, phonebookColumns, type RecipientValues } from '../../core/campaignText.ts';
import type { Colleagues } from '../../core/api.ts';
import type { ChannelRow } from '../../core/channelApi.ts';
import type { Phonebook } from '../../core/contact.ts';
import type { MessagingChannel } from '../../core/messagingChannel.ts';
import { segmentsOf } from '../../core/segments.ts';
import type { PlCampaignContent } from '../campaigns/content.ts';
import {
  draftOf,
  emptyDraft,
  inputOf,
  instantOrNull,
  problemsOf,
  type CampaignDraft,
} from '../campaigns/draft.ts';
import { generalSection } from '../campaigns/general.ts';
import type { PlCampaignRecipients } from '../campaigns/recipients.ts';
import { sendingSection } from '../campaigns/sending.ts';
import { StoredDraft } from '../campaigns/stored-draft.ts';
import { people, planWords } from '../campaigns/words.ts';
import { together, type Answer } from '../data/api.ts';
import { countPhonebooks, fileUrl, readCampaign } from '../data/campaigns.ts';
import { listChannels, readChannel } from '../data/channels.ts';
import { listPhonebooks } from '../data/contacts.ts';
import { listColleagues } from '../data/people.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { ownTimeZone } from '../elements/time-zone.ts';
import { go } from '../router.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../campaigns/content.ts';
import '../campaigns/recipients.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';

interface Loaded {
  /** Null for a new one. */
  campaign: Campaign | null;
  channels: ChannelRow[];
  /** The one that is chosen, or the first; null where it is not there any more. */
  channel: MessagingChannel | null;
  people: Colleagues;
  phonebooks: Phonebook[];
}

const channelGone = 'This channel is not there any more. Choose another one.';
const noCounts: ImportCounts = { read: 0, imported: 0, duplicate: 0, invalid: 0, optedOut: 0 };
const draftSchema = z.custom<CampaignDraft>().transform(inputOf).pipe(campaignInput);
const saveWords = { now: 'Send now', at: 'Schedule', draft: 'Save draft' } as const;

@customElement('pl-campaign-form')
export class PlCampaignForm extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    css`
      :host {
        max-width: 860px;
      }
      .plan p {
        font-size: var(--parley-text-large);
        text-wrap: pretty;
      }
    `,
  ];

  /** An id, or `new`. */
  @property({ attribute: false }) campaign = 'new';
  @state() private channel: MessagingChannel | null = null;
  @state() private counts = noCounts;
  @state() private columns: readonly string[] = ownColumns;
  @state() private faults: readonly RecipientFault[] = [];
  @state() private sample: RecipientValues | null = null;
  @state() private phonebookCounts: ImportCounts | null = null;
  @state() private asking = false;
  /** Its name as it is stored. */
  @state() private heading = '';
  @query('pl-campaign-content') private content?: PlCampaignContent;
  private form = new Form<CampaignDraft>(this, emptyDraft(ownTimeZone()));
  private draft = new StoredDraft(this, this.form);
  private loaded = new Loading(
    this,
    () => read(this.campaign),
    (loaded) => this.begin(loaded),
  );
  #countTurn = 0;

  private begin({ campaign, channel, people: { queues, agents } }: Loaded): void {
    const empty = emptyDraft(ownTimeZone());
    const [queue] = queues;
    empty.mode.destination = queue
      ? { kind: 'queue', id: queue.id }
      : { kind: 'agent', id: agents[0]?.id ?? '' };
    if (campaign && !isPossible('edit', campaign.status)) {
      void go(`/campaigns/${encodeURIComponent(campaign.id)}`, { replace: true });
      return;
    }
    if (campaign) {
      this.draft.take(campaign);
      this.counts = campaign.counts;
      this.columns = campaign.columns;
      this.faults = campaign.faults;
    }
    const draft = campaign ? draftOf(campaign, fileUrl(campaign.id), empty) : empty;
    this.heading = campaign?.name ?? '';
    this.channel = channel;
    this.form.reset(campaign || !channel ? draft : { ...draft, ...fitting(channel, draft) });
    if (campaign && !channel) this.form.fail('channel', channelGone);
    void this.count();
  }

  /** Reads the channel that was chosen, and makes the rest fit it. */
  private async takeChannel(id: string): Promise<void> {
    this.form.set({ channel: id });
    const answer = await readChannel(id);
    if (this.form.values.channel !== id) return;
    if ('problem' in answer || answer.value.type === 'liveChat') {
      this.form.fail('channel', 'problem' in answer ? answer.problem.message : channelGone);
      return;
    }
    this.channel = answer.value;
    this.form.set(fitting(this.channel, this.form.values));
    void this.count();
  }

  private async count(): Promise<void> {
    const turn = ++this.#countTurn;
    const { channel, number, recipients } = this.form.values;
    const { phonebooks, numberType, kind } = recipients;
    this.phonebookCounts = null;
    if (kind === 'list' || phonebooks.length === 0 || channel === '' || number === '') return;
    const answer = await countPhonebooks({ channel, number, phonebooks, numberType });
    if (turn !== this.#countTurn) return;
    if ('value' in answer) this.phonebookCounts = answer.value;
    else this.form.fail('recipients.phonebooks', answer.problem.message);
  }

  private handleSubmit = onSubmit(async () => {
    const { form } = this;
    const input = form.check(draftSchema);
    const problems = problemsOf(form.values, {
      template: this.content?.template ?? null,
      columns: this.columnsOfSource,
      recipients: this.recipients,
      now: Date.now(),
    });
    for (const { field, message } of problems) form.fail(field, message);
    if (!input || problems.length > 0) return;
    if (input.send.kind === 'now') this.asking = true;
    else await this.save();
  });

  private async save(): Promise<void> {
    const saved = await this.form.submit(draftSchema, this.draft.save);
    this.asking = false;
    if (!saved) return;
    this.heading = saved.name;
    await this.form.markSaved();
    const at = `/campaigns/${encodeURIComponent(saved.id)}`;
    await go(saved.status === 'draft' ? `${at}/edit` : at, { replace: true });
  }

  /** Those who would get the message right now; null while it is not known. */
  private get recipients(): number | null {
    if (this.form.values.recipients.kind === 'list') return this.counts.imported;
    return this.phonebookCounts?.imported ?? null;
  }

  private get columnsOfSource(): readonly string[] {
    return this.form.values.recipients.kind === 'list' ? this.columns : [...ownColumns, ...phonebookColumns];
  }

  private get plan(): string {
    const { send, mode, content } = this.form.values;
    const at = send.kind === 'at' ? instantOrNull(send) : null;
    if (this.recipients === null || !this.channel) return 'Choose whom to send to.';
    if (send.kind === 'at' && at === null) return 'Choose the date and the time to send at.';
    const { queues = [], agents = [] } = this.loaded.value?.people ?? {};
    const target = [...queues, ...agents].find(({ id }) => id === mode.destination.id)?.name;
    return planWords({
      recipients: this.recipients,
      ratePerSecond: this.channel.rate,
      segments: content.kind === 'text' && this.channel.type === 'sms' ? segmentsOf(content.text).count : 0,
      send: send.kind === 'at' ? { kind: 'at', at: at ?? 0, timeZone: send.timeZone } : { kind: send.kind },
      destination: mode.kind === 'direct' ? null : (target ?? 'nobody yet'),
    });
  }

  override render() {
    return html`
      <pl-page-header
        heading=${this.heading || (this.campaign === 'new' ? 'New campaign' : 'Campaign')}
        back="/campaigns"
        back-label="Campaigns"
      ></pl-page-header>
      ${this.loaded.render((loaded) => (loaded.channels.length === 0 ? renderNoChannel() : this.renderForm(loaded)))}
    `;
  }

  private renderForm({ channels, people: colleagues, phonebooks }: Loaded): TemplateResult {
    const { form } = this;
    const { send } = form.values;
    return html`<form novalidate @submit=${this.handleSubmit}>
        ${problemNotice(form.problem)}
        ${generalSection({
          form,
          channels,
          channel: this.channel,
          chooseChannel: (id) => void this.takeChannel(id),
        })}
        <pl-campaign-recipients
          .source=${form.values.recipients}
          .draft=${this.draft.ensure}
          .campaign=${this.draft.id}
          .counts=${this.counts}
          .faults=${this.faults}
          .phonebooks=${phonebooks}
          .phonebookCounts=${this.phonebookCounts}
          .error=${form.errorWithin('recipients') ?? ''}
          ?data-invalid=${form.errorWithin('recipients') !== undefined}
          @change=${this.handleSource}
          @added=${this.handleAdded}
        ></pl-campaign-recipients>
        <pl-campaign-content
          .content=${form.values.content}
          .channel=${this.channel}
          .columns=${this.columnsOfSource}
          .sample=${this.sample}
          .error=${form.error('content') ?? ''}
          .problems=${form.errorsBelow('content')}
          .uploading=${this.draft.uploading}
          ?data-invalid=${form.errorWithin('content') !== undefined}
          @change=${(event: Event) => form.set({ content: (event.currentTarget as PlCampaignContent).content })}
        ></pl-campaign-content>
        ${sendingSection(form, colleagues)}
        <section class="plan">
          <header><h2>Summary</h2></header>
          <p>${this.plan}</p>
        </section>
        ${saveBar(form, { dirty: form.dirty || this.draft.isPending, fresh: this.campaign === 'new', label: saveWords[send.kind] })}
      </form>
      ${this.renderQuestion()}`;
  }

  private handleSource = (event: Event) => {
    this.form.set({ recipients: (event.currentTarget as PlCampaignRecipients).source });
    void this.count();
  };

  private handleAdded = (event: Event) => {
    const { added, sample } = event.currentTarget as PlCampaignRecipients;
    if (!added) return;
    this.counts = added.counts;
    this.columns = added.columns;
    this.sample = sample;
    // What was missed may be there now.
    this.form.set({ recipients: this.form.values.recipients });
    void this.readFaults();
  };

  private async readFaults(): Promise<void> {
    if (this.counts.invalid === 0) return;
    const answer = await readCampaign(this.draft.id);
    if ('value' in answer) this.faults = answer.value.faults;
  }

  /** What is sent cannot be taken back. */
  private renderQuestion(): TemplateResult | typeof nothing {
    if (!this.asking) return nothing;
    return html`<wa-dialog
      class="question"
      label="Send now?"
      open
      @wa-after-hide=${(event: Event) => {
        if (event.target === event.currentTarget) this.asking = false;
      }}
    >
      <p>${this.plan}</p>
      <wa-button slot="footer" appearance="outlined" data-dialog="close">Not yet</wa-button>
      <wa-button
        slot="footer"
        variant="brand"
        appearance="accent"
        ?loading=${this.form.busy}
        @click=${() => void this.save()}
        >Send to ${people(this.recipients ?? 0)}</wa-button
      >
    </wa-dialog>`;
  }
}

/** What of a draft a channel cannot send as it is: another's number, a text on WhatsApp, a template by SMS. */
function fitting(channel: MessagingChannel, { number, content }: CampaignDraft): Partial<CampaignDraft> {
  const isOwn = channel.numbers.some((one) => one.number === number);
  const isTemplate = channel.type === 'whatsapp';
  return {
    channel: channel.id,
    ...(isOwn ? {} : { number: channel.numbers[0]?.number ?? '' }),
    ...(isTemplate === (content.kind === 'template')
      ? {}
      : { content: { ...content, kind: isTemplate ? 'template' : 'text', template: null, file: null } }),
  };
}

function renderNoChannel(): TemplateResult {
  return html`<pl-empty icon="megaphone" heading="No channel to send from">
    Campaigns go out by SMS and WhatsApp. Add such a channel first.
    <wa-button slot="action" href="/channels" variant="brand" appearance="accent">Channels</wa-button>
  </pl-empty>`;
}

async function read(id: string): Promise<Answer<Loaded>> {
  const answer = await together(
    id === 'new' ? { value: null } : readCampaign(id),
    listChannels(),
    listColleagues(),
    listPhonebooks(),
  );
  if ('problem' in answer) return answer;
  const [campaign, { channels }, people, { phonebooks }] = answer.value;
  const sending = channels.filter(({ type }) => type === 'sms' || type === 'whatsapp');
  const chosen = campaign?.input.channel ?? sending[0]?.id;
  const channel = chosen === undefined ? null : await readChannel(chosen);
  return {
    value: {
      campaign,
      channels: sending,
      channel: channel && 'value' in channel && channel.value.type !== 'liveChat' ? channel.value : null,
      people,
      phonebooks,
    },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-form': PlCampaignForm;
  }
}
