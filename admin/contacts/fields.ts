/** The fields of a contact, for its page and for the inbox's dialog. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import {
  numberTypeNames,
  numberTypes,
  type ContactInput,
  type ContactNumber,
  type Phonebook,
} from '../../core/contact.ts';
import { phoneNumber } from '../../core/phone.ts';
import { areaField, checkboxField, selectField, textField } from '../elements/fields.ts';
import type { Form } from '../elements/form.ts';
import { likelyCountry } from '../inbox/countries.ts';
import '../elements/icon.ts';

export const contactFieldStyles = css`
  .numbers,
  .linked {
    display: grid;
    gap: var(--parley-space-3);
    justify-items: start;
  }
  .number-row {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) auto;
    gap: var(--parley-space-2);
    align-items: start;
    width: 100%;
  }
  @media (max-width: 479px) {
    .number-row {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .number-row wa-select {
      grid-column: 1 / -1;
    }
  }
  .linked li {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    overflow-wrap: anywhere;
  }
  .books {
    display: flex;
    flex-wrap: wrap;
    gap: var(--parley-space-2) var(--parley-space-6);
    max-height: 180px;
    overflow-y: auto;
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-block-end: var(--parley-space-2);
    padding: 0;
    font-weight: var(--parley-weight-medium);
  }
`;

export function contactFields(form: Form<ContactInput>, phonebooks: readonly Phonebook[]): TemplateResult {
  const { values } = form;
  return html`
    <div class="pair">
      ${textField({
        label: 'Name',
        value: values.name,
        error: form.error('name'),
        autocomplete: 'off',
        change: (name) => form.set({ name }),
      })}
      ${textField({
        label: 'Company',
        value: values.company,
        error: form.error('company'),
        autocomplete: 'off',
        change: (company) => form.set({ company }),
      })}
    </div>
    <fieldset>
      <legend>Numbers</legend>
      <div class="numbers">
        ${values.numbers.map((_number, index) => numberRow(form, index))}
        ${form.error('numbers') ? html`<p class="field-error" data-invalid>${form.error('numbers')}</p>` : nothing}
        <wa-button
          size="s"
          appearance="outlined"
          ?disabled=${values.numbers.length >= 20}
          @click=${() => form.set({ numbers: [...values.numbers, { type: nextType(values.numbers), number: '' }] })}
          ><pl-icon slot="start" name="plus"></pl-icon>Add number</wa-button
        >
      </div>
    </fieldset>
    ${textField({
      label: 'E-mail',
      type: 'email',
      value: values.email,
      error: form.error('email'),
      autocomplete: 'off',
      change: (email) => form.set({ email }),
    })}
    ${phonebooks.length > 0 ? bookChoices(form, phonebooks) : nothing}
    ${areaField({
      label: 'Note',
      value: values.note,
      error: form.error('note'),
      maxlength: 2_000,
      change: (note) => form.set({ note }),
    })}
    ${values.accounts.length > 0 ? linkedCustomers(form) : nothing}
  `;
}

function numberRow(form: Form<ContactInput>, index: number): TemplateResult {
  const { numbers } = form.values;
  const one = numbers[index];
  if (!one) return html``;
  const change = (patch: Partial<ContactNumber>) =>
    form.set({ numbers: numbers.map((other, at) => (at === index ? { ...other, ...patch } : other)) });
  const error = form.errorWithin(`numbers.${index}`);
  return html`<div class="number-row">
    ${selectField({
      label: 'Type',
      value: one.type,
      choices: numberTypes.map((type) => ({ value: type, label: numberTypeNames[type] })),
      change: (type) => change({ type }),
    })}
    <wa-input
      data-field
      class=${error === undefined ? '' : 'invalid'}
      label="Number"
      type="tel"
      autocomplete="off"
      placeholder="+14155550101"
      hint=${error ?? ''}
      .value=${live(one.number)}
      @input=${(event: Event) => change({ number: (event.target as HTMLInputElement).value })}
      @change=${() => change({ number: inFull(one.number) })}
    ></wa-input>
    <button
      type="button"
      class="icon-button beside"
      aria-label=${`Remove number ${one.number}`}
      title="Remove"
      @click=${() => form.set({ numbers: numbers.filter((_other, at) => at !== index) })}
    >
      <pl-icon name="trash"></pl-icon>
    </button>
  </div>`;
}

function bookChoices(form: Form<ContactInput>, phonebooks: readonly Phonebook[]): TemplateResult {
  const chosen = form.values.phonebooks;
  return html`<fieldset>
    <legend>Phonebooks</legend>
    <div class="books">
      ${phonebooks.map(({ id, name }) =>
        checkboxField({
          label: name,
          checked: chosen.includes(id),
          change: (on) =>
            form.set({ phonebooks: on ? [...chosen, id] : chosen.filter((other) => other !== id) }),
        }),
      )}
    </div>
    ${form.error('phonebooks') ? html`<p class="field-error" data-invalid>${form.error('phonebooks')}</p>` : nothing}
  </fieldset>`;
}

/** Customers without a number: added from a session, they can only be taken off here. */
function linkedCustomers(form: Form<ContactInput>): TemplateResult {
  const { accounts } = form.values;
  return html`<fieldset>
    <legend>Linked customers</legend>
    <ul class="linked">
      ${accounts.map(
        ({ channel, address }) =>
          html`<li>
            <pl-icon name="link"></pl-icon><span>${address}</span>
            <button
              type="button"
              class="icon-button"
              aria-label=${`Unlink ${address}`}
              title="Unlink"
              @click=${() =>
                form.set({
                  accounts: accounts.filter(
                    (other) => other.channel !== channel || other.address !== address,
                  ),
                })}
            >
              <pl-icon name="x"></pl-icon>
            </button>
          </li>`,
      )}
    </ul>
  </fieldset>`;
}

/** Most people have one number of each kind. */
function nextType(numbers: readonly ContactNumber[]): ContactNumber['type'] {
  const order = ['mobile', 'business', 'home'] as const;
  return order.find((type) => !numbers.some((one) => one.type === type)) ?? 'other';
}

/** A number as dialled at home gets its country code, so that it can be looked at before it is saved. */
function inFull(text: string): string {
  return phoneNumber(text, likelyCountry(navigator.languages)) ?? text.trim();
}
