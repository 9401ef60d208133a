/** /sign-in: e-mail or extension, and password. */
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { signInInput } from '../../core/api.ts';
import { account, signIn } from '../data/account.ts';
import { Watch } from '../data/store.ts';
import { textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice } from '../elements/form-parts.ts';
import { base, fields } from '../styles/shared.ts';
import '../elements/entrance.ts';

@customElement('pl-sign-in')
export class PlSignIn extends LitElement {
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

  private account = new Watch(this, account);
  private form = new Form(this, { login: '', password: '' });

  // The shell sees who is signed in and leads on to the page that was asked for.
  private handleSubmit = onSubmit(() => this.form.submit(signInInput, signIn));

  override render() {
    const { form } = this;
    return html`<pl-entrance heading=${`Sign in to ${this.account.value?.workspaceName || 'Parley'}`}>
      <form novalidate @submit=${this.handleSubmit}>
        ${problemNotice(form.problem)}
        ${textField({
          label: 'E-mail or extension',
          value: form.values.login,
          error: form.error('login'),
          autocomplete: 'username',
          autofocus: true,
          change: (login) => form.set({ login }),
        })}
        ${textField({
          label: 'Password',
          type: 'password',
          value: form.values.password,
          error: form.error('password'),
          autocomplete: 'current-password',
          change: (password) => form.set({ password }),
        })}
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${form.busy}>Sign in</wa-button>
        <p class="quiet small">Forgot your password? Ask an admin for a link to choose a new one.</p>
      </form>
    </pl-entrance>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-sign-in': PlSignIn;
  }
}
