/**
 * What a campaign sends (CMP-03): a text or a file by SMS, a template on WhatsApp.
 *
 * @fires change - `content` has changed.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { maxCampaignFile, maxCampaignText } from '../../core/campaign.ts';
import type { TemplatesAnswer } from '../../core/channelApi.ts';
import { columnsIn, filledText, type RecipientValues } from '../../core/campaignText.ts';
import type { MessagingChannel } from '../../core/messagingChannel.ts';
import type { Template } from '../../core/template.ts';
import type { Answer } from '../data/api.ts';
import { readTemplates } from '../data/channels.ts';
import { areaField, radioField } from '../elements/fields.ts';
import { markInvalid } from '../elements/form.ts';
import type { PlFileDrop } from '../elements/file-drop.ts';
import type { PlEmoji } from '../inbox/emoji.ts';
import { isShown, localUrlOf } from '../inbox/outgoing.ts';
import { fileRefusal, rulesOf, sizeWords, type ChannelRules } from '../inbox/rules.ts';
import { renderSegments, segmentStyles } from '../inbox/segments.ts';
import type { PlTemplateForm } from '../inbox/template-form.ts';
import type { PlTemplateList } from '../inbox/template-list.ts';
import { inputOf, noValues } from '../inbox/template-values.ts';
import { insertAtCaret, type PlVariableMenu, type TextControl } from '../inbox/variable-menu.ts';
import { base, fields, iconButton, section } from '../styles/shared.ts';
import type { CampaignDraft } from './draft.ts';
import '../elements/file-drop.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../inbox/emoji.ts';
import '../inbox/template-form.ts';
import '../inbox/template-list.ts';

type Content = CampaignDraft['content'];

@customElement('pl-campaign-content')
export class PlCampaignContent extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    section,
    fields,
    iconButton,
    segmentStyles,
    css`
      .tools {
        display: flex;
        align-items: center;
        gap: var(--parley-space-1);
        margin-block-start: var(--parley-space-1);
      }
      .tools .quiet {
        margin-inline-end: var(--parley-space-2);
      }
      .tools .push {
        flex: 1;
      }
      .sample {
        padding: var(--parley-space-3) var(--parley-space-4);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
      .file {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-3);
        overflow-wrap: anywhere;
      }
      .file img {
        max-width: 160px;
        max-height: 120px;
        border-radius: var(--parley-radius);
      }
      .chosen {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-2) var(--parley-space-4);
      }
      .list {
        max-height: 420px;
        overflow-y: auto;
        padding: var(--parley-space-3);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
      }
      progress {
        width: 100%;
        accent-color: var(--parley-accent);
      }
    `,
  ];

  @property({ attribute: false }) content!: Content;
  /** Null while none is chosen. */
  @property({ attribute: false }) channel: MessagingChannel | null = null;
  /** Names that the message may use as `{{name}}`. */
  @property({ attribute: false }) columns: readonly string[] = [];
  /** A recipient to show the text for. */
  @property({ attribute: false }) sample: RecipientValues | null = null;
  /** What is wrong with all of it. */
  @property() error = '';
  /** What is wrong, by the fields below `content`. */
  @property({ attribute: false }) problems: Readonly<Record<string, string>> = {};
  /** Of the file on its way, 0 to 1; null when none is. */
  @property({ attribute: false }) uploading: number | null = null;
  @state() private templates: Answer<TemplatesAnswer> | null = null;
  @state() private choosing = false;
  @state() private refusal = '';
  @query('wa-textarea') private area?: TextControl;
  #read = '';

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const { channel } = this;
    if (changed.has('channel') && channel?.type === 'whatsapp' && this.#read !== channel.id) void this.load();
  }

  /** The template that is chosen, as the channel has it; null where it is not (yet) known. */
  get template(): Template | null {
    const id = this.content.template?.id;
    if (!this.templates || 'problem' in this.templates) return null;
    return this.templates.value.templates.find((one) => one.id === id) ?? null;
  }

  /** Whether the channel's templates are still being read. */
  get isReading(): boolean {
    return this.channel?.type === 'whatsapp' && this.templates === null;
  }

  private async load(): Promise<void> {
    const id = this.channel?.id ?? '';
    this.#read = id;
    this.templates = null;
    const answer = await readTemplates(id);
    if (this.#read === id) this.templates = answer;
  }

  override updated(): void {
    void markInvalid(this.renderRoot);
  }

  /** Goes to what is wrong first. */
  override focus(options?: FocusOptions): void {
    const wrong = this.renderRoot.querySelector<HTMLElement>('.invalid, [data-invalid]');
    if (wrong) wrong.focus(options);
    else super.focus(options);
  }

  private change(patch: Partial<Content>): void {
    this.content = { ...this.content, ...patch };
    this.dispatchEvent(new Event('change'));
  }

  private get rules(): ChannelRules {
    const rules = rulesOf({ channel: this.channel ?? { provider: null, type: 'sms' } });
    return { ...rules, fileBytes: Math.min(rules.fileBytes, maxCampaignFile), files: 1 };
  }

  private insert(words: string): void {
    if (this.area) this.change({ text: insertAtCaret(this.area, words) });
  }

  private handleFile = (event: Event) => {
    const { file } = event.currentTarget as PlFileDrop;
    if (!file) return;
    this.refusal = fileRefusal(file, 0, this.rules) ?? '';
    if (this.refusal === '') this.change({ file });
  };

  private handleChoose = (event: Event) => {
    const { chosen } = event.currentTarget as PlTemplateList;
    if (!chosen) return;
    this.choosing = false;
    this.change({ template: inputOf(chosen, { ...noValues, file: null }), values: noValues, file: null });
  };

  private handleValues = (event: Event) => {
    const { template } = this;
    const { file, ...values } = (event.currentTarget as PlTemplateForm).values;
    if (template) this.change({ values, file, template: inputOf(template, { ...values, file }) });
  };

  override render() {
    return html`<section>
      <header><h2>Message</h2></header>
      ${
        this.channel === null
          ? html`<p class="quiet">Choose a channel first.</p>`
          : this.channel.type === 'whatsapp'
            ? this.renderTemplate()
            : this.renderSms()
      }
      ${this.error ? html`<p class="field-error" role="alert">${this.error}</p>` : nothing}
    </section>`;
  }

  // ── SMS ───────────────────────────────────────────────────────────────────────────────────────────────

  private renderSms(): TemplateResult {
    const { content } = this;
    return html`${radioField({
      label: 'What to send',
      value: content.kind === 'file' ? 'file' : 'text',
      inline: true,
      choices: [
        { value: 'text', label: 'Text' },
        { value: 'file', label: 'File (MMS)' },
      ],
      change: (kind) => this.change({ kind }),
    })}
    ${content.kind === 'file' ? this.renderFile() : nothing} ${this.renderText()}`;
  }

  private renderText(): TemplateResult {
    const { text, kind } = this.content;
    const most = Math.min(maxCampaignText, this.rules.textLength);
    const used = columnsIn({ kind: 'text', text }).length > 0;
    return html`<div>
        ${areaField({
          label: kind === 'file' ? 'Text beside the file (optional)' : 'Text',
          value: text,
          rows: 4,
          error: text.length > most ? `Use at most ${most.toLocaleString()} characters.` : this.problems.text,
          change: (next) => this.change({ text: next }),
        })}
        <div class="tools">
          <pl-emoji
            @emoji=${(event: Event) => this.insert((event.currentTarget as PlEmoji).chosen)}
          ></pl-emoji>
          <pl-variable-menu
            field="the text"
            .variables=${this.columns}
            @insert=${(event: Event) => this.insert(`{{${(event.currentTarget as PlVariableMenu).chosen}}}`)}
          ></pl-variable-menu>
          <span class="push"></span>
          <span class="quiet small number">${text.length.toLocaleString()} of ${most.toLocaleString()}</span>
          ${this.rules.segments && text.trim() !== '' ? renderSegments(text.trim()) : nothing}
        </div>
      </div>
      ${used ? this.renderSample(text) : nothing}`;
  }

  private renderSample(text: string): TemplateResult {
    const { sample } = this;
    if (!sample) {
      return html`<p class="quiet small">
        Each recipient's own words stand in place of the variables; where a row says nothing, nothing.
      </p>`;
    }
    return html`<div>
      <p class="quiet small" id="sample">For ${sample.number} it reads:</p>
      <p class="sample" role="region" aria-labelledby="sample">${filledText(text, sample)}</p>
    </div>`;
  }

  private renderFile(): TemplateResult {
    const { file } = this.content;
    const error = this.refusal || this.problems.file;
    return html`<div class="choices">
      ${
        file
          ? html`<div class="file">
              ${isShown(file) ? html`<img src=${file instanceof File ? localUrlOf(file) : file.url} alt="" />` : nothing}
              <span><strong>${file.name}</strong> <span class="quiet">${sizeWords(file.size)}</span></span>
              <wa-button size="s" appearance="outlined" @click=${() => this.change({ file: null })}
                >Remove</wa-button
              >
            </div>`
          : html`<pl-file-drop
              ?data-invalid=${error !== undefined && error !== ''}
              @file=${this.handleFile}
            ></pl-file-drop>`
      }
      ${this.renderUploading()}
      <p class=${error ? 'field-error' : 'quiet small'} role=${error ? 'alert' : nothing}>
        ${error || `Up to ${sizeWords(this.rules.fileBytes)}. Which kinds arrive, the provider and the phones decide.`}
      </p>
    </div>`;
  }

  private renderUploading(): TemplateResult | typeof nothing {
    if (this.uploading === null) return nothing;
    return html`<progress max="1" .value=${this.uploading} aria-label="Uploading the file"></progress>`;
  }

  // ── WhatsApp ──────────────────────────────────────────────────────────────────────────────────────────

  private renderTemplate(): TemplateResult {
    const { templates, template, content } = this;
    if (!templates) return html`<pl-placeholder></pl-placeholder>`;
    if ('problem' in templates) {
      return html`<pl-notice tone="error"
        >${templates.problem.message}
        <wa-button slot="action" size="s" appearance="outlined" @click=${() => void this.load()}
          >Try again</wa-button
        ></pl-notice
      >`;
    }
    const error = this.problems['template.id'];
    const problems = this.templateProblems();
    if (this.choosing || !content.template) {
      return html`<div
          class="list"
          role="group"
          aria-label="Templates"
          ?data-invalid=${error !== undefined}
          tabindex="-1"
        >
          <pl-template-list
            .templates=${templates.value.templates}
            @choose=${this.handleChoose}
          ></pl-template-list>
        </div>
        ${error ? html`<p class="field-error" role="alert">${error}</p>` : nothing}`;
    }
    return html`<div class="chosen">
        <span
          ><strong>${template?.name ?? 'Template'}</strong>
          <span class="quiet">${template?.language}</span></span
        >
        <wa-button size="s" appearance="outlined" @click=${() => (this.choosing = true)}
          >Choose another</wa-button
        >
      </div>
      ${error ? html`<p class="field-error" role="alert">${error}</p>` : nothing}
      ${
        template
          ? html`<pl-template-form
              .template=${template}
              .values=${{ ...content.values, file: content.file }}
              .problems=${problems}
              ?data-invalid=${Object.keys(problems).length > 0}
              .variables=${this.columns}
              @change=${this.handleValues}
            ></pl-template-form>`
          : html`<pl-notice tone="warning"
              >The channel does not have this template any more. Choose another one.</pl-notice
            >`
      }
      ${this.renderUploading()}`;
  }

  private templateProblems(): Record<string, string> {
    const under = 'template.';
    const { file } = this.problems;
    const own = Object.entries(this.problems).flatMap(([field, message]): [string, string][] =>
      field.startsWith(under) ? [[field.slice(under.length), message]] : [],
    );
    return { ...(file === undefined ? {} : { header: file }), ...Object.fromEntries(own) };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-content': PlCampaignContent;
  }
}
