/**
 * Starts a session with a customer by SMS or WhatsApp (AG-02): session type, sender, recipient.
 *
 * @fires started - A session is there, and the dialog is out of its way (its id in `detail`).
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { AsYouType, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { numberTypeNames, type Contact } from '../../core/contact.ts';
import { phoneNumber } from '../../core/phone.ts';
import { problem } from '../../core/errors.ts';
import type { Sender } from '../../core/protocol.ts';
import { pickListStyles } from '../contacts/pick-list.ts';
import { listContacts } from '../data/contacts.ts';
import { desk } from '../data/desk.ts';
import { listSenders } from '../data/inbox.ts';
import { selectField, textField } from '../elements/fields.ts';
import { base } from '../styles/shared.ts';
import { countries, likelyCountry } from './countries.ts';
import '../elements/empty-state.ts';
import '../elements/loading.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

const mostPeople = 6;

const typeNames: Record<Sender['type'], string> = { sms: 'SMS', whatsapp: 'WhatsApp' };

@customElement('pl-start-dialog')
export class PlStartDialog extends LitElement {
  static override styles = [
    base,
    pickListStyles,
    css`
      :host {
        display: contents;
      }
      form {
        display: grid;
        gap: var(--parley-space-4);
      }
      .recipient {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        align-items: start;
        gap: var(--parley-space-3);
      }
      .pick-list {
        max-height: 200px;
      }
      .end {
        justify-content: flex-end;
      }
      @media (max-width: 479px) {
        .recipient {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @state() private open = false;
  @state() private senders: Sender[] | null = null;
  @state() private type: Sender['type'] = 'sms';
  @state() private sender = '';
  @state() private country: CountryCode = 'US';
  @state() private number = '';
  @state() private wrong = '';
  @state() private failed = '';
  @state() private busy = false;
  /** Contacts of the name that is typed in place of a number. */
  @state() private people: readonly Contact[] = [];
  #started = '';
  #turn = 0;

  /** `to` fills in the recipient, such as a contact's number. */
  show(to = ''): void {
    this.open = true;
    this.wrong = '';
    this.failed = '';
    this.country = likelyCountry(navigator.languages);
    this.number = '';
    this.take(to);
    void this.load();
  }

  private async load(): Promise<void> {
    const answer = await listSenders();
    if ('problem' in answer) {
      this.failed = answer.problem.message;
      return;
    }
    this.senders = answer.value.senders;
    if (!this.types.includes(this.type)) this.type = this.types[0] ?? 'sms';
    this.chooseFirst();
  }

  private get types(): Sender['type'][] {
    return [...new Set((this.senders ?? []).map(({ type }) => type))];
  }

  private get choices(): Sender[] {
    return (this.senders ?? []).filter(({ type }) => type === this.type);
  }

  private chooseFirst(): void {
    if (!this.choices.some((one) => keyOf(one) === this.sender))
      this.sender = this.choices[0] ? keyOf(this.choices[0]) : '';
  }

  /** A number with its + says which country it is of. */
  private take(text: string): void {
    this.wrong = '';
    const whole = text.trim().startsWith('+') ? parsePhoneNumberFromString(text) : undefined;
    if (whole?.country) this.country = whole.country;
    this.number = whole ? whole.formatNational() : text;
    void this.look(/\p{L}/u.test(text) ? text : '');
  }

  private async look(name: string): Promise<void> {
    const turn = ++this.#turn;
    const answer = name === '' ? null : await listContacts({ search: name, limit: mostPeople });
    if (turn !== this.#turn) return;
    this.people = answer && 'value' in answer ? answer.value.rows : [];
  }

  private handleSubmit = async (event: Event) => {
    event.preventDefault();
    const sender = this.choices.find((one) => keyOf(one) === this.sender);
    const to = phoneNumber(this.number, this.country);
    this.failed = '';
    this.wrong = to === null ? problem('number_invalid').message : '';
    if (to === null || !sender || this.busy) return;
    this.busy = true;
    const answer = await desk.start(sender.channel, sender.number, to);
    this.busy = false;
    if ('session' in answer) {
      this.#started = answer.session;
      this.open = false;
      return;
    }
    const { message, details = [] } = answer.problem;
    this.failed = details.length > 0 ? `${message} It is with ${details.join(', ')}.` : message;
  };

  private handleHide = (event: Event) => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    if (this.#started === '') return;
    this.dispatchEvent(new CustomEvent('started', { detail: this.#started, bubbles: true, composed: true }));
    this.#started = '';
  };

  override render() {
    return html`<wa-dialog label="New session" ?open=${this.open} @wa-after-hide=${this.handleHide}>
      ${this.open ? this.renderContent() : nothing}
    </wa-dialog>`;
  }

  private renderContent(): TemplateResult {
    if (this.senders === null) {
      return this.failed
        ? html`<pl-notice tone="error">${this.failed}</pl-notice>`
        : html`<pl-placeholder></pl-placeholder>`;
    }
    if (this.senders.length === 0) {
      return html`<pl-empty icon="phone" heading="No number to start from">
        Sessions start from numbers of SMS and WhatsApp channels that permit you. Ask an admin to add you to
        one of them.
      </pl-empty>`;
    }
    return html`<form novalidate @submit=${this.handleSubmit}>
      ${this.failed ? html`<pl-notice tone="error">${this.failed}</pl-notice>` : nothing}
      ${selectField({
        label: 'Session type',
        value: this.type,
        choices: this.types.map((type) => ({ value: type, label: typeNames[type] })),
        change: (type) => {
          this.type = type;
          this.chooseFirst();
        },
      })}
      ${selectField({
        label: 'Sender',
        value: this.sender,
        choices: this.choices.map((one) => ({ value: keyOf(one), label: `${one.number} · ${one.name}` })),
        change: (key) => (this.sender = key),
      })}
      <div class="recipient">
        ${selectField({
          label: 'Country or region',
          value: this.country,
          choices: countries(navigator.language).map(({ code, name, callingCode }) => ({
            value: code,
            label: `${name} +${callingCode}`,
          })),
          change: (code) => (this.country = code),
        })}
        ${textField({
          label: 'Recipient',
          value: this.number,
          inputmode: 'text',
          autocomplete: 'off',
          placeholder: new AsYouType(this.country).input('2025550101'),
          help: 'A number, or the name of a contact',
          change: (text) => this.take(text),
          ...(this.wrong ? { error: this.wrong } : {}),
        })}
      </div>
      ${this.people.length > 0 ? this.renderPeople() : nothing}
      <div class="row end">
        <wa-button appearance="outlined" @click=${() => (this.open = false)}>Cancel</wa-button>
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${this.busy}>Create</wa-button>
      </div>
    </form>`;
  }

  private renderPeople(): TemplateResult {
    return html`<ul class="pick-list" aria-label="Contacts">
      ${this.people.flatMap(({ name, numbers }) =>
        numbers.map(
          ({ type, number }) =>
            html`<li>
              <button type="button" @click=${() => this.take(number)}>
                <span>${name}</span>
                <span class="small quiet">${number} · ${numberTypeNames[type]}</span>
              </button>
            </li>`,
        ),
      )}
    </ul>`;
  }
}

function keyOf({ channel, number }: Sender): string {
  return `${channel} ${number}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-start-dialog': PlStartDialog;
  }
}
