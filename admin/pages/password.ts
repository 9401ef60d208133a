/** /password/:token: the one-time link with which somebody chooses a password, and is signed in. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { newPasswordInput } from '../../core/api.ts';
import { choosePassword, passwordLinkOwner } from '../data/account.ts';
import { textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { go } from '../router.ts';
import { base, fields } from '../styles/shared.ts';
import '../elements/entrance.ts';

@customElement('pl-password')
export class PlPassword extends LitElement {
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

  @property({ attribute: false }) token = '';
  private form = new Form(this, { password: '' });
  private owner = new Loading(this, () => passwordLinkOwner(this.token));

  private handleSubmit = onSubmit(async () => {
    const me = await this.form.submit(newPasswordInput, ({ password }) =>
      choosePassword(this.token, password),
    );
    if (me) await go(me.role === 'admin' ? '/' : '/inbox', { replace: true });
  });

  override render() {
    const { form, owner } = this;
    if (owner.problem) {
      return html`<pl-entrance heading="This link does not work any more" help=${owner.problem.message}>
        <wa-button href="/sign-in" appearance="outlined">Go to sign in</wa-button>
      </pl-entrance>`;
    }
    return html`<pl-entrance
      heading=${owner.value ? `Welcome, ${owner.value.name}` : 'Welcome'}
      help="Choose a password. You are signed in with it at once, and everywhere else you are signed out."
    >
      <form novalidate @submit=${this.handleSubmit}>
        ${problemNotice(form.problem)}
        ${textField({
          label: 'New password',
          type: 'password',
          value: form.values.password,
          error: form.error('password'),
          help: 'At least 10 characters.',
          autocomplete: 'new-password',
          autofocus: true,
          change: (password) => form.set({ password }),
        })}
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${form.busy}
          >Save and sign in</wa-button
        >
      </form>
    </pl-entrance>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-password': PlPassword;
  }
}
