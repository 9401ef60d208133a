/** /setup: makes the first admin, once. */
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { setupInput } from '../../core/api.ts';
import { setUp } from '../data/account.ts';
import { textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice } from '../elements/form-parts.ts';
import { ownTimeZone, timeZoneField } from '../elements/time-zone.ts';
import { go } from '../router.ts';
import { base, fields } from '../styles/shared.ts';
import '../elements/entrance.ts';

@customElement('pl-setup')
export class PlSetup extends LitElement {
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

  private form = new Form(this, {
    workspaceName: '',
    name: '',
    email: '',
    extension: '1000',
    password: '',
    timeZone: ownTimeZone(),
  });

  private handleSubmit = onSubmit(async () => {
    const me = await this.form.submit(setupInput, setUp);
    if (me) await go('/', { replace: true });
  });

  override render() {
    const { form } = this;
    const { values } = form;
    return html`<pl-entrance
      heading="Set up Parley"
      help="This page appears once. It makes your workspace and its first admin: you."
    >
      <form novalidate @submit=${this.handleSubmit}>
        ${problemNotice(form.problem)}
        ${textField({
          label: 'Workspace name',
          value: values.workspaceName,
          error: form.error('workspaceName'),
          help: 'Your company or team.',
          autocomplete: 'organization',
          autofocus: true,
          change: (workspaceName) => form.set({ workspaceName }),
        })}
        ${textField({
          label: 'Your name',
          value: values.name,
          error: form.error('name'),
          autocomplete: 'name',
          change: (name) => form.set({ name }),
        })}
        ${textField({
          label: 'E-mail',
          type: 'email',
          value: values.email,
          error: form.error('email'),
          autocomplete: 'email',
          change: (email) => form.set({ email }),
        })}
        ${textField({
          label: 'Extension',
          value: values.extension,
          error: form.error('extension'),
          help: 'A short number; you can sign in with it too.',
          inputmode: 'numeric',
          change: (extension) => form.set({ extension }),
        })}
        ${textField({
          label: 'Password',
          type: 'password',
          value: values.password,
          error: form.error('password'),
          help: 'At least 10 characters.',
          autocomplete: 'new-password',
          change: (password) => form.set({ password }),
        })}
        ${timeZoneField({
          value: values.timeZone,
          error: form.error('timeZone'),
          help: 'Business hours are counted in it.',
          change: (timeZone) => form.set({ timeZone }),
        })}
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${form.busy}
          >Create workspace</wa-button
        >
      </form>
    </pl-entrance>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-setup': PlSetup;
  }
}
