/**
 * A picture that is kept (a photo, a logo): shows it, takes a new one, removes it.
 *
 * @fires change - `url` has changed.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { storePicture } from '../data/files.ts';
import { base } from '../styles/shared.ts';
import './avatar.ts';
import './icon.ts';
import './webawesome.ts';

@customElement('pl-picture')
export class PlPicture extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-2);
      }
      .field {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-4);
      }
      .logo {
        display: grid;
        place-items: center;
        width: 64px;
        height: 64px;
        border: 1px dashed var(--parley-border-strong);
        border-radius: var(--parley-radius-card);
        color: var(--parley-text-3);
        overflow: hidden;
      }
      .logo img {
        max-width: 100%;
        max-height: 100%;
      }
      .label {
        font-weight: var(--parley-weight-medium);
      }
      .error {
        color: var(--parley-red);
      }
      input {
        display: none;
      }
    `,
  ];

  @property() label = 'Photo';
  /** A face in a circle, or a logo as it is. */
  @property() kind: 'face' | 'logo' = 'face';
  @property() name = '';
  @property({ attribute: false }) url: string | null = null;
  @state() private busy = false;
  @state() private error = '';
  @query('input') private input?: HTMLInputElement;

  private handleFile = async () => {
    const file = this.input?.files?.[0];
    if (!file) return;
    this.busy = true;
    this.error = '';
    const answer = await storePicture(file);
    this.busy = false;
    if (this.input) this.input.value = '';
    if ('problem' in answer) this.error = answer.problem.message;
    else this.change(answer.value.url);
  };

  private change(url: string | null): void {
    this.url = url;
    this.dispatchEvent(new Event('change'));
  }

  override render() {
    return html`
      <span class="label">${this.label}</span>
      <div class="field">
        ${
          this.kind === 'face'
            ? html`<pl-avatar size="64" .name=${this.name} .photo=${this.url}></pl-avatar>`
            : html`<span class="logo"
                >${this.url ? html`<img src=${this.url} alt="" />` : html`<pl-icon name="image" size="20"></pl-icon>`}</span
              >`
        }
        <wa-button appearance="outlined" ?loading=${this.busy} @click=${() => this.input?.click()}>
          <pl-icon slot="start" name="upload"></pl-icon>${this.url ? 'Replace' : 'Upload'}
        </wa-button>
        ${
          this.url
            ? html`<wa-button appearance="plain" @click=${() => this.change(null)}>Remove</wa-button>`
            : nothing
        }
        <input type="file" accept="image/png,image/jpeg" tabindex="-1" @change=${this.handleFile} />
      </div>
      <p class="small ${this.error ? 'error' : 'quiet'}" role="status">
        ${this.error || 'PNG or JPEG, at most 2 MB.'}
      </p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-picture': PlPicture;
  }
}
