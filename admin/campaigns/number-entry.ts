/**
 * Numbers put in by hand: typed with the country's help, or several pasted at once.
 *
 * @fires numbers - Some are to be added (`chunk`); `clear` once they are stored.
 */
import { AsYouType, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { v7 as uuid } from 'uuid';
import type { RecipientChunk } from '../../core/campaignApi.ts';
import { problem } from '../../core/errors.ts';
import { phoneNumber } from '../../core/phone.ts';
import { selectField, textField } from '../elements/fields.ts';
import { focusControl } from '../elements/focus.ts';
import { markInvalid } from '../elements/form.ts';
import { countries, likelyCountry } from '../inbox/countries.ts';
import { base, fields } from '../styles/shared.ts';
import '../elements/webawesome.ts';

/** More than that come in a file. */
const mostAtOnce = 500;

@customElement('pl-number-entry')
export class PlNumberEntry extends LitElement {
  static override styles = [
    base,
    fields,
    css`
      .entry {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) auto;
        align-items: start;
        gap: var(--parley-space-3);
      }
      @media (max-width: 599px) {
        .entry {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .entry wa-select {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ type: Boolean }) busy = false;
  chunk!: RecipientChunk;
  @state() private country: CountryCode = likelyCountry(navigator.languages);
  @state() private text = '';
  @state() private wrong = '';
  @query('wa-input') private input?: HTMLElement;

  override updated(): void {
    void markInvalid(this.renderRoot);
  }

  /** Empties the field, ready for the next number. */
  clear(): void {
    this.text = '';
    this.wrong = '';
    void this.updateComplete.then(() => focusControl(this.input));
  }

  /** A number with its + says which country it is of. */
  private take(text: string): void {
    this.wrong = '';
    this.text = text;
    const whole = text.trim().startsWith('+') ? parsePhoneNumberFromString(text) : undefined;
    if (whole?.country) this.country = whole.country;
  }

  private handleAdd = () => {
    if (this.busy) return;
    // Several are parted as spreadsheets and mails part them; spaces and hyphens are inside of numbers.
    const written = this.text
      .split(/[\n\t,;]+/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const wrong = written.filter((one) => phoneNumber(one, this.country) === null);
    if (written.length === 0) this.wrong = 'Enter a number.';
    else if (written.length > mostAtOnce) this.wrong = `Add at most ${mostAtOnce} at once, or import a file.`;
    else if (wrong.length > 0) {
      this.wrong =
        written.length === 1
          ? problem('number_invalid').message
          : `These are no phone numbers: ${wrong.join(', ')}. Correct them or take them out.`;
    }
    if (this.wrong) {
      void focusControl(this.input);
      return;
    }
    const numbers = written.map((one) => phoneNumber(one, this.country) ?? '');
    const unique = [...new Set(numbers)];
    this.chunk = {
      list: uuid(),
      chunk: 0,
      columns: [],
      recipients: unique.map((number) => ({ number, values: {} })),
      duplicates: numbers.length - unique.length,
      faults: [],
    };
    this.dispatchEvent(new Event('numbers'));
  };

  private handleKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    // Enter adds the number; the form around is not sent by it.
    event.preventDefault();
    event.stopPropagation();
    this.handleAdd();
  };

  /** A field of one line would run pasted lines together. */
  private handlePaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData?.getData('text') ?? '';
    if (!/[\n\t]/.test(pasted.trim())) return;
    event.preventDefault();
    this.take(
      [this.text, ...pasted.split(/[\n\t]+/)]
        .map((one) => one.trim())
        .filter(Boolean)
        .join(', '),
    );
  };

  override render() {
    return html`<div class="entry">
      ${selectField({
        label: 'Country or region',
        value: this.country,
        choices: countries(navigator.language).map(({ code, name, callingCode }) => ({
          value: code,
          label: `${name} +${callingCode}`,
        })),
        change: (code) => (this.country = code),
      })}
      <div @keydown=${this.handleKey} @paste=${this.handlePaste}>
        ${textField({
          label: 'Number',
          value: this.text,
          autocomplete: 'off',
          placeholder: new AsYouType(this.country).input('2025550101'),
          help: 'Several with commas between, or pasted from a column.',
          error: this.wrong || undefined,
          change: (text) => this.take(text),
        })}
      </div>
      <wa-button class="beside" appearance="outlined" ?loading=${this.busy} @click=${this.handleAdd}
        >Add</wa-button
      >
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-number-entry': PlNumberEntry;
  }
}
