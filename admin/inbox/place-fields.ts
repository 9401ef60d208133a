/**
 * A place to be sent: the address of Google Maps is pasted and fills in the name and the coordinates; the postal
 * address is typed.
 *
 * @fires change - `value` has changed.
 */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { placeOfMapsUrl } from '../../core/mapsUrl.ts';
import { textField } from '../elements/fields.ts';
import { base, fields } from '../styles/shared.ts';
import { noPlace, type PlaceDraft } from './place-draft.ts';

@customElement('pl-place-fields')
export class PlPlaceFields extends LitElement {
  static override styles = [
    base,
    fields,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-3);
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--parley-space-3);
        align-items: start;
      }
    `,
  ];

  @property({ attribute: false }) value: PlaceDraft = noPlace;
  /** What is wrong, by the names of the fields. */
  @property({ attribute: false }) problems: Readonly<Record<string, string>> = {};
  @state() private url = '';
  @state() private urlProblem = '';

  private change(patch: Partial<PlaceDraft>): void {
    this.value = { ...this.value, ...patch };
    this.dispatchEvent(new Event('change'));
  }

  private handleUrl = (url: string) => {
    this.url = url;
    this.urlProblem = '';
    if (url.trim() === '') return;
    const found = placeOfMapsUrl(url);
    if ('reason' in found) {
      this.urlProblem =
        found.reason === 'short'
          ? 'This is a short link. Open it in your browser, and paste the long address from there.'
          : 'This address shows no place. Open the place on Google Maps and copy the address of that page.';
      return;
    }
    const { latitude, longitude, name } = found.place;
    this.change({
      latitude: String(latitude),
      longitude: String(longitude),
      ...(name === '' ? {} : { name }),
    });
  };

  override render() {
    const { value, problems } = this;
    return html`
      ${textField({
        label: 'Google Maps address',
        value: this.url,
        type: 'url',
        error: this.urlProblem || undefined,
        help: 'Paste the address of the place on Google Maps. It fills in the name and the coordinates.',
        autocomplete: 'off',
        change: this.handleUrl,
      })}
      ${textField({
        label: 'Name',
        value: value.name,
        error: problems.name,
        maxlength: 200,
        autocomplete: 'off',
        change: (name) => this.change({ name }),
      })}
      ${textField({
        label: 'Address',
        value: value.address,
        error: problems.address,
        help: 'Street, number and town, as the customer reads it.',
        maxlength: 500,
        autocomplete: 'off',
        change: (address) => this.change({ address }),
      })}
      <div class="pair">
        ${textField({
          label: 'Latitude',
          value: value.latitude,
          error: problems.latitude,
          inputmode: 'text',
          autocomplete: 'off',
          change: (latitude) => this.change({ latitude }),
        })}
        ${textField({
          label: 'Longitude',
          value: value.longitude,
          error: problems.longitude,
          inputmode: 'text',
          autocomplete: 'off',
          change: (longitude) => this.change({ longitude }),
        })}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-place-fields': PlPlaceFields;
  }
}
