/** Chooses a template of WhatsApp, has it filled in beside its preview, and sends it (WA-04, WA-05). */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { templatesAnswer } from '../../core/channelApi.ts';
import type { InboxSession } from '../../core/protocol.ts';
import {
  headerFiles,
  previewOf,
  variablesOf,
  type Template,
  type TemplateField,
} from '../../core/template.ts';
import { call } from '../data/api.ts';
import { desk } from '../data/desk.ts';
import { textField } from '../elements/fields.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { base, fields, iconButton } from '../styles/shared.ts';
import { contentStyles, previewHeader, renderPlace, renderTemplate } from './content.ts';
import { isShown, localUrlOf } from './outgoing.ts';
import { coordinate, type PlPlaceFields } from './place-fields.ts';
import { sizeWords } from './rules.ts';
import { templateDialogStyles } from './template-dialog-styles.ts';
import { draftOf, inputOf, noValues, type TemplateValues } from './template-values.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/search.ts';
import '../elements/webawesome.ts';
import './place-fields.ts';

@customElement('pl-template-dialog')
export class PlTemplateDialog extends LitElement {
  static override styles = [base, fields, iconButton, contentStyles, templateDialogStyles];

  @property({ attribute: false }) session!: InboxSession;
  @state() private open = false;
  /** Null while they are being read. */
  @state() private templates: readonly Template[] | null = null;
  @state() private problem = '';
  @state() private search = '';
  @state() private chosen: Template | null = null;
  @state() private values: TemplateValues = noValues;
  @state() private problems: Record<string, string> = {};

  show(): void {
    this.open = true;
    this.chosen = null;
    this.search = '';
    void this.load();
  }

  private async load(): Promise<void> {
    const { id } = this.session;
    this.templates = null;
    this.problem = '';
    const answer = await call('GET', `/api/sessions/${encodeURIComponent(id)}/templates`, templatesAnswer);
    if (this.session.id !== id) return;
    if ('problem' in answer) this.problem = answer.problem.message;
    else this.templates = answer.value.templates;
  }

  private choose(template: Template | null): void {
    this.chosen = template;
    this.values = noValues;
    this.problems = {};
    this.problem = '';
  }

  private handleSubmit = async (event: Event) => {
    event.preventDefault();
    if (!this.chosen) return;
    const made = draftOf(this.chosen, this.values);
    this.problems = 'problems' in made ? made.problems : {};
    if ('problems' in made) return;
    if (await desk.send(this.session.id, made.draft)) this.open = false;
    else this.problem = 'Not sent. Check your connection and try again.';
  };

  private handleHide = (event: Event) => {
    if (event.target === event.currentTarget) this.open = false;
  };

  override render() {
    const { chosen } = this;
    return html`<wa-dialog
      label=${chosen ? chosen.name : 'Choose a template'}
      ?open=${this.open}
      @wa-after-hide=${this.handleHide}
    >
      ${this.open ? (chosen ? this.renderForm(chosen) : this.renderChoice()) : nothing}
    </wa-dialog>`;
  }

  private renderChoice(): TemplateResult {
    if (this.problem) {
      return html`<pl-notice tone="error"
        >${this.problem}
        <wa-button slot="action" size="s" appearance="outlined" @click=${() => void this.load()}
          >Try again</wa-button
        ></pl-notice
      >`;
    }
    if (!this.templates) return html`<pl-placeholder></pl-placeholder>`;
    if (this.templates.length === 0) {
      return html`<p class="quiet">
        This channel has no templates. An admin can create them in WhatsApp Manager and read them in the
        channel's settings.
      </p>`;
    }
    const shown = this.templates.filter(({ name, language, body }) =>
      matches(this.search, [name, language, body.text]),
    );
    return html`
      <pl-search
        label="Search templates"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      ${shown.length === 0 ? html`<p class="quiet">No template matches the search.</p>` : nothing}
      <ul class="choices">
        ${repeat(
          shown,
          ({ id }) => id,
          (template) =>
            html`<li>
              <button
                class="choice"
                ?disabled=${template.unsendable !== null}
                @click=${() => this.choose(template)}
              >
                <span class="name">${template.name}</span>
                <span class="quiet small">${template.language}</span>
                <span class="text">${template.unsendable ?? previewOf(template).body}</span>
              </button>
            </li>`,
        )}
      </ul>
    `;
  }

  private renderForm(template: Template): TemplateResult {
    const { header, ...rest } = previewOf(template, inputOf(template, this.values));
    return html`<form novalidate @submit=${this.handleSubmit}>
      <button type="button" class="text-button back" @click=${() => this.choose(null)}>
        <pl-icon name="arrowLeft"></pl-icon>All templates
      </button>
      ${this.problem ? html`<pl-notice tone="error">${this.problem}</pl-notice>` : nothing}
      <div class="sides">
        <div class="fields">
          ${variablesOf(template).map((field) => this.renderField(field))}
          ${variablesOf(template).length === 0 ? html`<p class="quiet">Nothing to fill in.</p>` : nothing}
        </div>
        <div class="preview" role="region" aria-label="Preview">
          ${renderTemplate(rest, this.shownHeader() ?? previewHeader(header))}
        </div>
      </div>
      <div class="row last">
        <wa-button type="submit" variant="brand" appearance="accent">Send template</wa-button>
      </div>
    </form>`;
  }

  /** The header as far as it is filled in: the place, or the picture. */
  private shownHeader(): TemplateResult | null {
    const { file, place } = this.values;
    if (file && isShown(file))
      return html`<img class="header-image" src=${localUrlOf(file)} alt=${file.name} />`;
    const latitude = coordinate(place.latitude, 90);
    const longitude = coordinate(place.longitude, 180);
    if (latitude === null || longitude === null) return null;
    return renderPlace({ latitude, longitude, name: place.name, address: place.address });
  }

  private renderField(field: TemplateField): TemplateResult {
    const error = this.problems[field.field];
    switch (field.kind) {
      case 'text': {
        const { part, name, example } = field;
        return textField({
          label: /^\d+$/.test(name) ? `${part === 'header' ? 'Header' : 'Text'}, variable ${name}` : name,
          value: this.values[part][name] ?? '',
          error,
          ...(example ? { help: `Such as ${example}` } : {}),
          autocomplete: 'off',
          change: (text) => this.fillIn({ [part]: { ...this.values[part], [name]: text } }),
        });
      }
      case 'button': {
        const index = String(field.index);
        return textField({
          label: `Button "${field.label}"`,
          value: this.values.buttons[index] ?? '',
          error,
          ...(field.example ? { help: `Such as ${field.example}` } : {}),
          autocomplete: 'off',
          change: (text) => this.fillIn({ buttons: { ...this.values.buttons, [index]: text } }),
        });
      }
      case 'location':
        return html`<pl-place-fields
          .value=${this.values.place}
          .problems=${this.placeProblems()}
          @change=${(event: Event) => this.fillIn({ place: (event.currentTarget as PlPlaceFields).value })}
        ></pl-place-fields>`;
      case 'image':
      case 'video':
      case 'document':
        return this.renderFile(field.kind, error);
    }
  }

  private renderFile(kind: 'image' | 'video' | 'document', error: string | undefined): TemplateResult {
    const { types, words } = headerFiles[kind];
    const { file } = this.values;
    return html`<div class="file-field">
      <label class="field-label" for="header-file">Header: ${kind}</label>
      <input
        id="header-file"
        type="file"
        accept=${types?.join(',') ?? '*/*'}
        aria-describedby="header-file-help"
        @change=${(event: Event) =>
          this.fillIn({ file: (event.currentTarget as HTMLInputElement).files?.[0] ?? null })}
      />
      <span
        id="header-file-help"
        class=${error ? 'field-error' : 'quiet small'}
        role=${error ? 'alert' : nothing}
        >${error ?? (file ? `${file.name}, ${sizeWords(file.size)}` : `Choose ${words}.`)}</span
      >
    </div>`;
  }

  private placeProblems(): Record<string, string> {
    const { problems } = this;
    return Object.fromEntries(
      Object.entries(problems).flatMap(([field, message]) =>
        field.startsWith('header.') ? [[field.slice('header.'.length), message]] : [],
      ),
    );
  }

  private fillIn(patch: Partial<TemplateValues>): void {
    this.values = { ...this.values, ...patch };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-template-dialog': PlTemplateDialog;
  }
}
