/**
 * What a template of WhatsApp has to be filled in with, beside its preview (WA-05).
 *
 * @fires change - `values` has changed.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import {
  headerFiles,
  previewOf,
  variablesOf,
  type Template,
  type TemplateField,
} from '../../core/template.ts';
import { textField, type TextField } from '../elements/fields.ts';
import { markInvalid } from '../elements/form.ts';
import { base, fields } from '../styles/shared.ts';
import { contentStyles, previewHeader, renderPlace, renderTemplate } from './content.ts';
import { isShown, localUrlOf } from './outgoing.ts';
import { coordinate } from './place-draft.ts';
import type { PlPlaceFields } from './place-fields.ts';
import { sizeWords } from './rules.ts';
import { inputOf, noValues, type TemplateValues } from './template-values.ts';
import { variableField, variableStyles } from './variable-menu.ts';
import './place-fields.ts';

@customElement('pl-template-form')
export class PlTemplateForm extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    fields,
    contentStyles,
    variableStyles,
    css`
      .sides {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: var(--parley-space-6);
        align-items: start;
      }
      .fields {
        display: grid;
        gap: var(--parley-space-4);
      }
      .file-field {
        display: grid;
        gap: var(--parley-space-1);
        min-width: 0;
      }
      .file-field input {
        max-width: 100%;
        font: inherit;
      }
      .preview {
        padding: var(--parley-space-4);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-2);
      }
      .header-image {
        width: 100%;
        border-radius: var(--parley-radius);
      }
      .preview .card .card {
        width: auto;
      }
      @media (max-width: 767px) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
        .preview {
          order: -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) template!: Template;
  @property({ attribute: false }) values: TemplateValues = noValues;
  /** What is wrong, by the fields of `variablesOf`. */
  @property({ attribute: false }) problems: Readonly<Record<string, string>> = {};
  /** Names that values may use as `{{name}}`; none for a message to one customer. */
  @property({ attribute: false }) variables: readonly string[] = [];

  override updated(): void {
    void markInvalid(this.renderRoot);
  }

  /** Goes to what is wrong first. */
  override focus(options?: FocusOptions): void {
    const wrong = this.renderRoot.querySelector<HTMLElement>('.invalid');
    if (wrong) wrong.focus(options);
    else super.focus(options);
  }

  private fillIn(patch: Partial<TemplateValues>): void {
    this.values = { ...this.values, ...patch };
    this.dispatchEvent(new Event('change'));
  }

  /** Enter sends the form around it, which the shadow root keeps the browser from doing. */
  private handleKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    const [at] = event.composedPath();
    if (at instanceof HTMLInputElement && at.type !== 'file') this.closest('form')?.requestSubmit();
  };

  override render() {
    const { template } = this;
    const { header, ...rest } = previewOf(template, inputOf(template, this.values));
    const wanted = variablesOf(template);
    return html`<div class="sides">
      <div class="fields" @keydown=${this.handleKey}>
        ${wanted.map((field) => this.renderField(field))}
        ${wanted.length === 0 ? html`<p class="quiet">Nothing to fill in.</p>` : nothing}
      </div>
      <div class="preview" role="region" aria-label="Preview">
        ${renderTemplate(rest, this.shownHeader() ?? previewHeader(header))}
      </div>
    </div>`;
  }

  /** The header as far as it is filled in: the place, or the picture. */
  private shownHeader(): TemplateResult | null {
    const { file, place } = this.values;
    if (file && isShown(file)) {
      const url = file instanceof File ? localUrlOf(file) : file.url;
      return html`<img class="header-image" src=${url} alt=${file.name} />`;
    }
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
        return this.renderText({
          label: /^\d+$/.test(name) ? `${part === 'header' ? 'Header' : 'Text'}, variable ${name}` : name,
          value: this.values[part][name] ?? '',
          error,
          ...(example ? { help: `Such as ${example}` } : {}),
          change: (text) => this.fillIn({ [part]: { ...this.values[part], [name]: text } }),
        });
      }
      case 'button': {
        const index = String(field.index);
        return this.renderText({
          label: `Button "${field.label}"`,
          value: this.values.buttons[index] ?? '',
          error,
          ...(field.example ? { help: `Such as ${field.example}` } : {}),
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

  private renderText(field: TextField): TemplateResult {
    const plain = { ...field, autocomplete: 'off' };
    return this.variables.length === 0 ? textField(plain) : variableField(plain, this.variables);
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
    return Object.fromEntries(
      Object.entries(this.problems).flatMap(([field, message]) =>
        field.startsWith('header.') ? [[field.slice('header.'.length), message]] : [],
      ),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-template-form': PlTemplateForm;
  }
}
