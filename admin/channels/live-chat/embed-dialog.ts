/**
 * The embed code of a channel: copy it, or mail it with instructions to whoever runs the website.
 *
 * @fires closed - The dialog was closed.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { embedEmailInput, type EmbedCode } from '../../../core/api.ts';
import type { Problem } from '../../../core/errors.ts';
import { mailEmbedCode, readEmbedCode } from '../../data/channels.ts';
import { checkboxField, textField } from '../../elements/fields.ts';
import { Form } from '../../elements/form.ts';
import { problemNotice } from '../../elements/form-parts.ts';
import { base, fields } from '../../styles/shared.ts';
import '../../elements/copy-field.ts';
import '../../elements/notice.ts';
import '../../elements/webawesome.ts';

@customElement('pl-embed-dialog')
export class PlEmbedDialog extends LitElement {
  static override styles = [
    base,
    fields,
    css`
      .content {
        display: grid;
        gap: var(--parley-space-4);
      }
      .mail {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-end;
        gap: var(--parley-space-3);
      }
      .mail wa-input {
        flex: 1 1 240px;
      }
      h3 {
        margin-block-end: var(--parley-space-1);
      }
    `,
  ];

  @property({ attribute: false }) channel = '';
  @property({ attribute: false }) name = '';
  @property({ type: Boolean }) open = false;
  @state() private code: EmbedCode | null = null;
  @state() private problem: Problem | null = null;
  @state() private byMail = false;
  @state() private sentTo = '';
  private mail = new Form(this, { to: '' });

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('open') && this.open) void this.load();
  }

  private async load(): Promise<void> {
    this.code = null;
    this.problem = null;
    this.byMail = false;
    this.sentTo = '';
    const answer = await readEmbedCode(this.channel);
    if ('problem' in answer) this.problem = answer.problem;
    else this.code = answer.value;
  }

  private handleMail = async () => {
    this.sentTo = '';
    const { to } = this.mail.values;
    if (await this.mail.submit(embedEmailInput, (input) => mailEmbedCode(this.channel, input.to)))
      this.sentTo = to;
  };

  private handleHide = (event: Event) => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.dispatchEvent(new Event('closed'));
  };

  override render() {
    return html`<wa-dialog
      label=${`Embed code (${this.name})`}
      ?open=${this.open}
      @wa-after-hide=${this.handleHide}
    >
      <div class="content">
        ${problemNotice(this.problem)}
        ${this.code ? this.renderCode(this.code) : this.problem ? nothing : html`<pl-placeholder></pl-placeholder>`}
      </div>
    </wa-dialog>`;
  }

  private renderCode(code: EmbedCode): TemplateResult {
    return html`
      <div>
        <h3>Website domain</h3>
        <p>${code.domains.join(', ')}</p>
      </div>
      <div>
        <h3>Add the code to your website</h3>
        <p class="quiet">
          Paste it before <code>&lt;/body&gt;</code> on every page that should have the widget.
        </p>
      </div>
      <pl-copy name="Embed code" .text=${code.code}></pl-copy>
      ${code.warnings.map((warning) => html`<pl-notice tone="warning">${warning}</pl-notice>`)}
      ${checkboxField({
        label: 'Send installation instruction to website admin via email',
        checked: this.byMail,
        change: (on) => (this.byMail = on),
      })}
      ${this.byMail ? this.renderMail(code.mail) : nothing}
    `;
  }

  private renderMail(configured: boolean): TemplateResult {
    if (!configured) {
      return html`<pl-notice
        >Mail is not set up in this deployment. Copy the code and send it yourself.</pl-notice
      >`;
    }
    const { mail } = this;
    return html`${problemNotice(mail.problem)}
      <div class="mail">
        ${textField({
          label: 'E-mail address',
          type: 'email',
          value: mail.values.to,
          error: mail.error('to'),
          change: (to) => mail.set({ to }),
        })}
        <wa-button variant="brand" appearance="accent" ?loading=${mail.busy} @click=${this.handleMail}
          >Send</wa-button
        >
      </div>
      <span class="quiet" role="status">${this.sentTo ? `Sent to ${this.sentTo}.` : ''}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-embed-dialog': PlEmbedDialog;
  }
}
