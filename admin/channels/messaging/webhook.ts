/**
 * What the admin pastes at the provider: the webhook URL by each address of the deployment, and what we made for
 * the channel.
 *
 * @fires base - Another address was chosen; `base` has it.
 * @fires renewed - The channel has a new webhook URL.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ChannelDraft } from '../../../core/channelApi.ts';
import type { Problem } from '../../../core/errors.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { renewWebhook } from '../../data/channels.ts';
import { selectField } from '../../elements/fields.ts';
import { problemNotice } from '../../elements/form-parts.ts';
import { base, fields, section } from '../../styles/shared.ts';
import '../../elements/confirm.ts';
import '../../elements/copy-line.ts';
import '../../elements/icon.ts';
import '../../elements/notice.ts';

@customElement('pl-webhook')
export class PlWebhook extends LitElement {
  static override styles = [base, section, fields];

  @property({ attribute: false }) provider: Provider | null = null;
  @property({ attribute: false }) draft: ChannelDraft | null = null;
  /** The chosen address of the deployment. */
  @property({ attribute: false }) base = '';
  /** The saved channel's id; empty for a new one. */
  @property({ attribute: false }) channel = '';
  @state() private busy = false;
  @state() private problem: Problem | null = null;
  @state() private renewed = false;

  private handleRenew = async () => {
    this.busy = true;
    const answer = await renewWebhook(this.channel);
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    this.draft = answer.value;
    this.renewed = true;
    this.dispatchEvent(new Event('renewed'));
  };

  override render() {
    const { provider, draft } = this;
    if (!provider || !draft) return nothing;
    const guide = `/guides/${provider.id}.html`;
    return html`<section>
      <header>
        <h2>At the provider</h2>
        <p>
          What to enter there.
          <a href=${guide} target="_blank" rel="noopener"
            >Set-up guide<span class="unseen"> for ${provider.label}, opens a new tab</span></a
          >
        </p>
      </header>
      ${problemNotice(this.problem)} ${this.renderUrl(draft)}
      ${
        this.renewed
          ? html`<pl-notice tone="warning"
              >Paste the new values at the provider now: until then its messages are refused.</pl-notice
            >`
          : nothing
      }
      ${provider.ours.map(
        ({ key, label, help }) =>
          html`<pl-copy-line
            label=${label}
            help=${help}
            .text=${draft.ours[key]}
            ?secret=${key === 'password'}
          ></pl-copy-line>`,
      )}
      ${
        this.channel
          ? html`<div>
              <pl-confirm
                size="s"
                label="New webhook address"
                question="What stands above stops working at once. Until you paste the new values at the provider, its messages are refused. What waits here still goes out, but reports of delivery that come to the old address are lost. Make a new address?"
                action="Make a new one"
                ?busy=${this.busy}
                @confirmed=${this.handleRenew}
              ></pl-confirm>
            </div>`
          : nothing
      }
    </section>`;
  }

  private renderUrl(draft: ChannelDraft): TemplateResult {
    const chosen = draft.webhooks.find((webhook) => webhook.base === this.base);
    const webhook = chosen ?? draft.webhooks[0];
    return html`
      ${
        draft.webhooks.length > 1 || !chosen
          ? selectField({
              label: 'Address of Parley',
              value: chosen?.base ?? '',
              choices: draft.webhooks.map(({ base: value }) => ({ value, label: value })),
              help: 'Where the provider reaches this deployment. Change the list in Settings.',
              placeholder: 'Choose an address',
              error: chosen ? undefined : `${this.base} is no longer an address of this deployment.`,
              change: (value) => {
                this.base = value;
                this.dispatchEvent(new Event('base'));
              },
            })
          : nothing
      }
      ${
        webhook
          ? html`<pl-copy-line label="Webhook URL" .text=${webhook.url}></pl-copy-line>
              ${webhook.warnings.map((warning) => html`<pl-notice tone="warning">${warning}</pl-notice>`)}`
          : nothing
      }
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-webhook': PlWebhook;
  }
}
