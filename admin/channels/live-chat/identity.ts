/** The secret with which a website signs who its visitors are. It is shown once, when it is made. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Problem } from '../../../core/errors.ts';
import { makeIdentitySecret, removeIdentitySecret } from '../../data/channels.ts';
import { problemNotice } from '../../elements/form-parts.ts';
import { base, section } from '../../styles/shared.ts';
import '../../elements/confirm.ts';
import '../../elements/copy-field.ts';
import '../../elements/status.ts';

@customElement('pl-identity')
export class PlIdentity extends LitElement {
  static override styles = [base, section];

  @property({ attribute: false }) channel = '';
  @property({ attribute: false }) set = false;
  @state() private secret = '';
  @state() private busy = false;
  @state() private problem: Problem | null = null;

  private handleMake = async () => {
    this.busy = true;
    const answer = await makeIdentitySecret(this.channel);
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    this.secret = answer.value.secret;
    this.set = true;
  };

  private handleRemove = async () => {
    const answer = await removeIdentitySecret(this.channel);
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    this.secret = '';
    this.set = false;
  };

  override render() {
    return html`<section>
      <header>
        <h2>Signed visitor identity</h2>
        <p>
          Your server signs who is logged in with this secret, and the widget's <code>identify()</code> passes
          it on: agents then see a name they can trust.
        </p>
      </header>
      ${problemNotice(this.problem)}
      <div>
        <pl-status tone=${this.set ? 'good' : 'off'}>${this.set ? 'Secret set' : 'No secret set'}</pl-status>
      </div>
      ${
        this.secret
          ? html`<pl-notice tone="warning">Copy the secret now: it is not shown again.</pl-notice>
              <pl-copy name="Identity secret" .text=${this.secret}></pl-copy>`
          : nothing
      }
      <div class="row">
        ${
          this.set
            ? html`<pl-confirm
                  label="Replace"
                  question="Tokens signed with the old secret stop working. Replace it?"
                  action="Replace"
                  ?busy=${this.busy}
                  @confirmed=${this.handleMake}
                ></pl-confirm>
                <pl-confirm
                  label="Remove"
                  question="identify() stops working on your website. Remove the secret?"
                  action="Remove"
                  @confirmed=${this.handleRemove}
                ></pl-confirm>`
            : html`<wa-button appearance="outlined" ?loading=${this.busy} @click=${this.handleMake}>
                <pl-icon slot="start" name="key"></pl-icon>Generate secret
              </wa-button>`
        }
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-identity': PlIdentity;
  }
}
