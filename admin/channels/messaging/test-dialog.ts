/**
 * "Send test message": one message by the channel as it is saved, whose fate the event log tells (CH-16).
 *
 * @fires closed - The dialog was closed.
 * @fires look - The person wants to see what became of the message.
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { testMessageInput, type TestMessageInput } from '../../../core/channelApi.ts';
import type { MessagingChannel } from '../../../core/messagingChannel.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { sendTestMessage } from '../../data/channels.ts';
import { areaField, selectField, textField } from '../../elements/fields.ts';
import { Form } from '../../elements/form.ts';
import { onSubmit, problemNotice } from '../../elements/form-parts.ts';
import { base, fields } from '../../styles/shared.ts';
import '../../elements/notice.ts';
import '../../elements/webawesome.ts';

const empty: TestMessageInput = { from: '', to: '', text: 'Test message from Parley' };

@customElement('pl-test-dialog')
export class PlTestDialog extends LitElement {
  static override styles = [
    base,
    fields,
    css`
      form {
        display: grid;
        gap: var(--parley-space-4);
      }
    `,
  ];

  @property({ attribute: false }) channel: MessagingChannel | null = null;
  @property({ attribute: false }) provider: Provider | null = null;
  @property({ type: Boolean }) open = false;
  @state() private sentTo = '';
  private form = new Form<TestMessageInput>(this, empty);

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('open') || !this.open) return;
    this.sentTo = '';
    this.form.reset({ ...this.form.values, from: this.channel?.numbers[0]?.number ?? '' });
  }

  private handleSubmit = onSubmit(async () => {
    const id = this.channel?.id ?? '';
    this.sentTo = '';
    const sent = await this.form.submit(testMessageInput, (input) => sendTestMessage(id, input));
    if (sent) this.sentTo = this.form.values.to;
  });

  private handleHide = (event: Event) => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.dispatchEvent(new Event('closed'));
  };

  private handleLook = () => {
    this.dispatchEvent(new Event('look'));
    this.open = false;
  };

  override render() {
    return html`<wa-dialog label="Send test message" ?open=${this.open} @wa-after-hide=${this.handleHide}>
      ${this.channel && this.provider ? this.renderForm(this.channel, this.provider) : ''}
    </wa-dialog>`;
  }

  private renderForm(channel: MessagingChannel, provider: Provider): TemplateResult {
    const { form } = this;
    return html`<form novalidate @submit=${this.handleSubmit}>
      ${problemNotice(form.problem)}
      ${
        provider.windows
          ? html`<pl-notice
              >${provider.label} delivers this only to somebody who wrote to you in the last 24
              hours.</pl-notice
            >`
          : ''
      }
      ${selectField({
        label: 'From',
        value: form.values.from,
        choices: channel.numbers.map(({ number }) => ({ value: number, label: number })),
        error: form.error('from'),
        change: (from) => form.set({ from }),
      })}
      ${textField({
        label: 'To',
        value: form.values.to,
        error: form.error('to'),
        help:
          provider.kind === 'facebook'
            ? 'The ID of a person who wrote to the page; their session in the inbox shows it.'
            : 'In E.164 format, such as +14155550102.',
        autocomplete: 'off',
        change: (to) => form.set({ to }),
      })}
      ${areaField({
        label: 'Text',
        value: form.values.text,
        error: form.error('text'),
        change: (text) => form.set({ text }),
      })}
      <div role="status">
        ${
          this.sentTo
            ? html`<pl-notice tone="good"
                >Handed over for ${this.sentTo}. The event log says what the provider answers.
                <wa-button slot="action" size="s" appearance="outlined" @click=${this.handleLook}
                  >Open the event log</wa-button
                >
              </pl-notice>`
            : ''
        }
      </div>
      <div class="row">
        <wa-button
          variant="brand"
          appearance="accent"
          ?loading=${form.busy}
          @click=${(event: Event) => (event.currentTarget as HTMLElement).closest('form')?.requestSubmit()}
          >Send</wa-button
        >
      </div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-test-dialog': PlTestDialog;
  }
}
