/** /channels/new/sms: which provider the numbers are with, each with what one needs from it. */
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { isShown } from '../../../core/messagingChannel.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { providerIds, providers } from '../../../core/providers/registry.ts';
import { base } from '../../styles/shared.ts';
import '../../elements/icon.ts';
import '../../elements/page-header.ts';

@customElement('pl-sms-providers')
export class PlSmsProviders extends LitElement {
  static override styles = [
    base,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
        gap: var(--parley-space-4);
      }
      a {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--parley-space-1) var(--parley-space-3);
        align-content: start;
        height: 100%;
        padding: var(--parley-space-4);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface);
        color: inherit;
        text-decoration: none;
        transition: background var(--parley-fast);
      }
      a:hover {
        border-color: var(--parley-border-strong);
        background: var(--parley-surface-2);
      }
      pl-icon {
        align-self: center;
        color: var(--parley-text-3);
      }
      :host(:dir(rtl)) pl-icon {
        transform: scaleX(-1);
      }
      p {
        grid-column: 1 / -1;
        color: var(--parley-text-3);
      }
    `,
  ];

  override render() {
    const found = providerIds.filter((id) => providers[id].kind === 'sms');
    return html`
      <pl-page-header
        heading="New SMS channel"
        help="Choose the provider that your numbers are with. A channel can hold many numbers of one provider."
        back="/channels"
        back-label="Channels"
      ></pl-page-header>
      <ul>
        ${found.map(
          (id) =>
            html`<li>
              <a href=${`/channels/new/sms/${id}`}>
                <h2>${providers[id].label}</h2>
                <pl-icon name="chevronRight"></pl-icon>
                <p>${needs(providers[id])}</p>
              </a>
            </li>`,
        )}
      </ul>
    `;
  }
}

/** What the form will ask for, so that one has it at hand. */
function needs(provider: Provider): string {
  const initial = Object.fromEntries(provider.form.map(({ name, initial: value = '' }) => [name, value]));
  const asked = provider.form.filter((field) => field.required && !field.initial && isShown(field, initial));
  const list = new Intl.ListFormat('en').format(asked.map(({ label }) => label));
  return `You need: ${list}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-sms-providers': PlSmsProviders;
  }
}
