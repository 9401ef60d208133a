/** Templates of form fields: label above, help under it, the error in the help's place. */
import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import './webawesome.ts';

export interface TextField {
  label: string;
  value: string;
  change: (value: string) => void;
  error?: string | undefined;
  help?: string;
  type?: 'text' | 'email' | 'password' | 'url' | 'number' | 'date' | 'time';
  autocomplete?: string;
  placeholder?: string;
  inputmode?: 'text' | 'numeric' | 'email' | 'url';
  maxlength?: number;
  disabled?: boolean;
  autofocus?: boolean;
}

export function textField(field: TextField): TemplateResult {
  return html`<wa-input
    data-field
    class=${classMap({ invalid: field.error !== undefined })}
    type=${field.type ?? 'text'}
    label=${field.label}
    hint=${field.error ?? field.help ?? ''}
    .value=${live(field.value)}
    autocomplete=${ifDefined(field.autocomplete)}
    placeholder=${ifDefined(field.placeholder)}
    inputmode=${ifDefined(field.inputmode)}
    maxlength=${ifDefined(field.maxlength)}
    ?password-toggle=${field.type === 'password'}
    ?disabled=${field.disabled ?? false}
    ?autofocus=${field.autofocus ?? false}
    @input=${(event: Event) => field.change(valueOf(event))}
  ></wa-input>`;
}

export interface AreaField extends Pick<
  TextField,
  'label' | 'value' | 'change' | 'error' | 'help' | 'maxlength'
> {
  rows?: number;
}

export function areaField(field: AreaField): TemplateResult {
  return html`<wa-textarea
    data-field
    class=${classMap({ invalid: field.error !== undefined })}
    label=${field.label}
    hint=${field.error ?? field.help ?? ''}
    rows=${field.rows ?? 2}
    resize="auto"
    maxlength=${ifDefined(field.maxlength)}
    .value=${live(field.value)}
    @input=${(event: Event) => field.change(valueOf(event))}
  ></wa-textarea>`;
}

export interface ChoiceField<V extends string> {
  label: string;
  value: V | '';
  choices: readonly { value: V; label: string; help?: string }[];
  change: (value: V) => void;
  error?: string | undefined;
  help?: string;
  placeholder?: string;
  disabled?: boolean;
}

/** A drop-down list. */
export function selectField<V extends string>(field: ChoiceField<V>): TemplateResult {
  return html`<wa-select
    data-field
    class=${classMap({ invalid: field.error !== undefined })}
    label=${field.label}
    hint=${field.error ?? field.help ?? ''}
    placeholder=${field.placeholder ?? ''}
    .value=${field.value}
    ?disabled=${field.disabled ?? false}
    @change=${(event: Event) => choose(field, valueOf(event))}
  >
    ${field.choices.map((choice) => html`<wa-option value=${choice.value}>${choice.label}</wa-option>`)}
  </wa-select>`;
}

/** A short list where all choices are seen at once. */
export function radioField<V extends string>(field: ChoiceField<V> & { inline?: boolean }): TemplateResult {
  return html`<wa-radio-group
    data-field
    class=${classMap({ invalid: field.error !== undefined })}
    label=${field.label}
    hint=${field.error ?? field.help ?? ''}
    orientation=${field.inline ? 'horizontal' : 'vertical'}
    .value=${field.value}
    @change=${(event: Event) => choose(field, valueOf(event))}
  >
    ${field.choices.map(
      (choice) =>
        html`<wa-radio value=${choice.value}>
          ${choice.label} ${choice.help ? html`<small>${choice.help}</small>` : nothing}
        </wa-radio>`,
    )}
  </wa-radio-group>`;
}

export interface SwitchField {
  label: string;
  checked: boolean;
  change: (checked: boolean) => void;
  error?: string | undefined;
  help?: string;
  disabled?: boolean;
}

export function switchField(field: SwitchField): TemplateResult {
  return html`<wa-switch
    class=${classMap({ invalid: field.error !== undefined })}
    hint=${field.error ?? field.help ?? ''}
    .checked=${live(field.checked)}
    ?disabled=${field.disabled ?? false}
    @change=${(event: Event) => field.change(checkedOf(event))}
    >${field.label}</wa-switch
  >`;
}

export function checkboxField(field: SwitchField): TemplateResult {
  return html`<wa-checkbox
    hint=${field.help ?? ''}
    .checked=${live(field.checked)}
    ?disabled=${field.disabled ?? false}
    @change=${(event: Event) => field.change(checkedOf(event))}
    >${field.label}</wa-checkbox
  >`;
}

function choose<V extends string>(field: ChoiceField<V>, value: string): void {
  const choice = field.choices.find((one) => one.value === value);
  if (choice) field.change(choice.value);
}

function valueOf(event: Event): string {
  const { value } = event.currentTarget as { value?: unknown };
  return typeof value === 'string' ? value : '';
}

function checkedOf(event: Event): boolean {
  return Boolean((event.currentTarget as { checked?: unknown }).checked);
}
