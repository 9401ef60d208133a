/** Section "Authentication": the fields that the provider's own form asks for. */
import { html, nothing, type TemplateResult } from 'lit';
import { isShown, type MessagingInput } from '../../../core/messagingChannel.ts';
import type { FormField, Provider } from '../../../core/providers/provider.ts';
import { selectField, textField } from '../../elements/fields.ts';
import type { Form } from '../../elements/form.ts';
import '../../elements/status.ts';

export interface Credentials {
  form: Form<MessagingInput>;
  provider: Provider;
  /** Names of the secrets that are stored. */
  secretsSet: readonly string[];
  advancedOpen: boolean;
  openAdvanced: (open: boolean) => void;
  /** Focuses what the selector finds, once it is drawn. */
  focusOn: (selector: string) => void;
}

export function credentialsSection(shown: Credentials): TemplateResult {
  const { form, provider } = shown;
  const fields = provider.form.filter((field) => isShown(field, form.values.fields));
  const plain = fields.filter((field) => !field.advanced);
  const advanced = fields.filter((field) => field.advanced);
  return html`<section>
    <header>
      <h2>Authentication</h2>
      <p>What the provider gave you. Secrets are sealed, and never shown again.</p>
    </header>
    ${plain.map((field) => renderField(shown, field))}
    ${
      advanced.length > 0
        ? html`<details
            ?open=${shown.advancedOpen}
            @toggle=${(event: Event) => shown.openAdvanced((event.currentTarget as HTMLDetailsElement).open)}
          >
            <summary>Advanced</summary>
            <div class="folded">${advanced.map((field) => renderField(shown, field))}</div>
          </details>`
        : nothing
    }
  </section>`;
}

/** Whether any of the paths is of a field that is folded away. */
export function isAdvanced(provider: Provider, paths: readonly string[]): boolean {
  return provider.form.some((field) => field.advanced && paths.includes(`fields.${field.name}`));
}

function renderField(shown: Credentials, field: FormField): TemplateResult {
  const { form, provider, secretsSet } = shown;
  const value = form.values.fields[field.name];
  const error = form.error(`fields.${field.name}`) ?? numberError(form, provider, field.name);
  const change = (text: string) => setField(form, provider, field.name, text);
  const label = field.required || field.options ? field.label : `${field.label} (optional)`;
  if (field.options) {
    return selectField({
      label,
      value: value ?? '',
      choices: field.options,
      error,
      help: field.help,
      change,
    });
  }
  const isSet = secretsSet.includes(field.name);
  if (isSet && value === undefined) {
    return renderKept(field, () => {
      change('');
      shown.focusOn(`[data-secret="${field.name}"] wa-input`);
    });
  }
  const text = textField({
    label,
    type: field.kind === 'secret' ? 'password' : field.kind === 'url' ? 'url' : 'text',
    autocomplete: field.kind === 'secret' ? 'new-password' : 'off',
    value: value ?? '',
    error,
    help: isSet && !field.required ? `${field.help} Left empty, it is removed.` : field.help,
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    change,
  });
  if (!isSet) return text;
  return html`<div class="replaced" data-secret=${field.name}>
    ${text}
    <wa-button
      class="beside"
      appearance="plain"
      @click=${() => {
        keepSecret(form, field.name);
        shown.focusOn(`[data-secret="${field.name}"] wa-button`);
      }}
      >Keep<span class="unseen"> the stored ${field.label}</span></wa-button
    >
  </div>`;
}

function renderKept(field: FormField, replace: () => void): TemplateResult {
  return html`<div class="kept" role="group" aria-label=${field.label} data-secret=${field.name}>
    <span class="field-label">${field.label}</span>
    <div class="row">
      <pl-status tone="good">Set</pl-status>
      <wa-button size="s" appearance="outlined" @click=${replace}
        >Replace<span class="unseen"> ${field.label}</span></wa-button
      >
    </div>
    <span class="quiet small">${field.help}</span>
  </div>`;
}

/** A channel with one number has it as a field of its form. */
function setField(form: Form<MessagingInput>, provider: Provider, name: string, text: string): void {
  const { fields, numbers } = form.values;
  const changed = { fields: { ...fields, [name]: text } };
  const isNumber = provider.numbers.kind === 'one' && provider.numbers.field === name;
  form.set(
    isNumber ? { ...changed, numbers: numbers.map((one) => ({ ...one, number: text.trim() })) } : changed,
  );
}

function numberError(form: Form<MessagingInput>, provider: Provider, name: string): string | undefined {
  const isNumber = provider.numbers.kind === 'one' && provider.numbers.field === name;
  return isNumber ? form.error('numbers.0.number') : undefined;
}

function keepSecret(form: Form<MessagingInput>, name: string): void {
  const fields = Object.fromEntries(Object.entries(form.values.fields).filter(([key]) => key !== name));
  form.set({ fields });
}
