/** Sends a place to a customer on WhatsApp. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { base } from '../styles/shared.ts';
import { coordinate, noPlace, type PlaceDraft } from './place-draft.ts';
import type { PlPlaceFields } from './place-fields.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';
import './place-fields.ts';

@customElement('pl-place-dialog')
export class PlPlaceDialog extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      form {
        display: grid;
        gap: var(--parley-space-4);
      }
      .end {
        justify-content: flex-end;
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @state() private open = false;
  @state() private value: PlaceDraft = noPlace;
  @state() private problems: Record<string, string> = {};
  @state() private failed = false;

  show(): void {
    this.value = noPlace;
    this.problems = {};
    this.failed = false;
    this.open = true;
  }

  private handleSubmit = async (event: Event) => {
    event.preventDefault();
    const { name, address } = this.value;
    const latitude = coordinate(this.value.latitude, 90);
    const longitude = coordinate(this.value.longitude, 180);
    this.problems = {
      ...(latitude === null ? { latitude: 'Enter a number from -90 to 90.' } : {}),
      ...(longitude === null ? { longitude: 'Enter a number from -180 to 180.' } : {}),
    };
    if (latitude === null || longitude === null) return;
    const place = {
      latitude,
      longitude,
      ...(name.trim() ? { name: name.trim() } : {}),
      ...(address.trim() ? { address: address.trim() } : {}),
    };
    this.failed = !(await desk.delivery.send(this.session.id, { kind: 'place', place }));
    this.open = this.failed;
  };

  private handleHide = (event: Event) => {
    if (event.target === event.currentTarget) this.open = false;
  };

  override render() {
    return html`<wa-dialog label="Send a location" ?open=${this.open} @wa-after-hide=${this.handleHide}>
      ${
        this.open
          ? html`<form novalidate @submit=${this.handleSubmit}>
              ${this.failed ? html`<pl-notice tone="error">Not sent. Check your connection and try again.</pl-notice>` : ''}
              <pl-place-fields
                .value=${this.value}
                .problems=${this.problems}
                @change=${(event: Event) => (this.value = (event.currentTarget as PlPlaceFields).value)}
              ></pl-place-fields>
              <div class="row end">
                <wa-button type="submit" variant="brand" appearance="accent">Send location</wa-button>
              </div>
            </form>`
          : ''
      }
    </wa-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-place-dialog': PlPlaceDialog;
  }
}
