/** /profile: one's own name, photo, notifications, password and sign-ins. */
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { changePasswordInput, profileInput } from '../../core/api.ts';
import type { Problem } from '../../core/errors.ts';
import { account, changePassword, saveProfile, signOut } from '../data/account.ts';
import { textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice } from '../elements/form-parts.ts';
import type { PlPicture } from '../elements/picture-field.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../elements/confirm.ts';
import '../elements/page-header.ts';
import '../elements/picture-field.ts';
import './notifications.ts';

@customElement('pl-profile')
export class PlProfile extends LitElement {
  static override styles = [base, page, section, fields];

  private profile = new Form(this, {
    name: account.value?.me?.name ?? '',
    photo: account.value?.me?.photo ?? null,
  });
  private password = new Form(this, { current: '', password: '' });
  @state() private problem: Problem | null = null;

  private handleProfile = onSubmit(async () => {
    if (await this.profile.submit(profileInput, saveProfile)) await this.profile.markSaved();
  });

  private handlePassword = onSubmit(async () => {
    if (!(await this.password.submit(changePasswordInput, changePassword))) return;
    this.password.reset({ current: '', password: '' });
    await this.password.markSaved();
  });

  private handleEverywhere = async () => {
    const answer = await signOut(true);
    this.problem = 'problem' in answer ? answer.problem : null;
  };

  override render() {
    const { me } = account.value ?? {};
    if (!me) return nothing;
    const { profile, password } = this;
    return html`
      <pl-page-header heading="Profile" help=${`Extension ${me.extension} · ${me.email}`}></pl-page-header>
      <div class="stack narrow">
        <form novalidate @submit=${this.handleProfile}>
          <section>
            <header>
              <h2>You</h2>
              <p>Colleagues see this, and visitors where a channel shows who answers.</p>
            </header>
            ${problemNotice(profile.problem)}
            <pl-picture
              .name=${profile.values.name}
              .url=${profile.values.photo}
              @change=${(event: Event) => profile.set({ photo: (event.currentTarget as PlPicture).url })}
            ></pl-picture>
            ${textField({
              label: 'Name',
              value: profile.values.name,
              error: profile.error('name'),
              autocomplete: 'name',
              change: (name) => profile.set({ name }),
            })}
            <div class="row">
              <wa-button
                type="submit"
                variant="brand"
                appearance="accent"
                ?disabled=${!profile.dirty}
                ?loading=${profile.busy}
                >Save</wa-button
              >
              <span class="quiet" role="status">${profile.saved ? 'Saved' : ''}</span>
            </div>
          </section>
        </form>
        <pl-notification-settings></pl-notification-settings>
        <form novalidate @submit=${this.handlePassword}>
          <section>
            <header>
              <h2>Password</h2>
              <p>A new password signs you out on all other devices.</p>
            </header>
            ${problemNotice(password.problem)}
            ${textField({
              label: 'Current password',
              type: 'password',
              value: password.values.current,
              error: password.error('current'),
              autocomplete: 'current-password',
              change: (current) => password.set({ current }),
            })}
            ${textField({
              label: 'New password',
              type: 'password',
              value: password.values.password,
              error: password.error('password'),
              help: 'At least 10 characters.',
              autocomplete: 'new-password',
              change: (value) => password.set({ password: value }),
            })}
            <div class="row">
              <wa-button
                type="submit"
                variant="brand"
                appearance="accent"
                ?disabled=${!password.dirty}
                ?loading=${password.busy}
                >Change password</wa-button
              >
              <span class="quiet" role="status">${password.saved ? 'Password changed' : ''}</span>
            </div>
          </section>
        </form>
        <section>
          <header>
            <h2>Sign-ins</h2>
            <p>Lost a phone, or left a browser open somewhere? Sign out on every device, this one too.</p>
          </header>
          ${problemNotice(this.problem)}
          <pl-confirm
            label="Sign out everywhere"
            question="Sign out on all devices?"
            action="Sign out"
            @confirmed=${this.handleEverywhere}
          ></pl-confirm>
        </section>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-profile': PlProfile;
  }
}
