/** A time zone, found by typing part of its name: a text field with the browser's own list of suggestions. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { base } from '../styles/shared.ts';

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function timeZoneField(field: {
  value: string;
  error: string | undefined;
  help: string;
  change: (value: string) => void;
}): TemplateResult {
  return html`<pl-time-zone
    .value=${field.value}
    .error=${field.error ?? ''}
    .help=${field.help}
    ?data-invalid=${field.error !== undefined}
    @change=${(event: Event) => field.change((event.currentTarget as PlTimeZone).value)}
  ></pl-time-zone>`;
}

@customElement('pl-time-zone')
export class PlTimeZone extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-1);
      }
      label {
        font-size: var(--wa-font-size-m);
        font-weight: var(--parley-weight-medium);
      }
      input {
        width: 100%;
        height: var(--wa-form-control-height);
        padding: 0 12px;
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface);
        color: var(--parley-text-1);
        font: inherit;
        font-size: var(--wa-font-size-m);
      }
      input:focus-visible {
        outline: 2px solid var(--parley-focus);
        outline-offset: -1px;
      }
      [aria-invalid='true'] {
        border-color: var(--parley-red-dot);
      }
      p {
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
      p.error {
        color: var(--parley-red);
      }
    `,
  ];

  @property() value = '';
  @property() error = '';
  @property() help = '';

  private handleInput = (event: Event) => {
    this.value = (event.target as HTMLInputElement).value.trim().replaceAll(' ', '_');
    this.dispatchEvent(new Event('change'));
  };

  override render() {
    return html`
      <label for="zone">Time zone</label>
      <input
        id="zone"
        list="zones"
        autocomplete="off"
        spellcheck="false"
        .value=${live(this.value)}
        aria-describedby="help"
        aria-invalid=${this.error ? 'true' : 'false'}
        @change=${this.handleInput}
      />
      <datalist id="zones">
        ${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}
        <option value="UTC"></option>
      </datalist>
      <p id="help" class=${this.error ? 'error' : ''}>${this.error || this.help}</p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-time-zone': PlTimeZone;
  }
}
