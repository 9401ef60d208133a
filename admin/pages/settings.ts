/** /settings: the workspace's name and addresses, who stands in for an agent, and mail. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { emailAddress } from '../../core/agent.ts';
import { settingsInput, type Settings, type SettingsInput } from '../../core/api.ts';
import { renameWorkspace } from '../data/account.ts';
import { readSettings, saveSettings, sendTestMail } from '../data/workspace.ts';
import { areaField, textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import type { PlPicture } from '../elements/picture-field.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import * as z from 'zod';
import '../elements/page-header.ts';
import '../elements/picture-field.ts';
import '../elements/text-list.ts';
import type { PlTextList } from '../elements/text-list.ts';

const mailTest = z.object({ to: emailAddress });

@customElement('pl-settings')
export class PlSettings extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    css`
      code {
        padding: 1px 4px;
        border-radius: 4px;
        background: var(--parley-surface-3);
        font: var(--parley-text-small) var(--parley-font-code);
      }
      .test {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-end;
        gap: var(--parley-space-3);
      }
      .test wa-input {
        flex: 1 1 220px;
      }
    `,
  ];

  private form = new Form<SettingsInput>(this, {
    workspaceName: '',
    publicUrls: [],
    defaultAgent: { name: '', photo: null },
    embedEmail: { subject: '', body: '' },
  });
  private test = new Form(this, { to: '' });
  @state() private sentTo = '';
  private loaded = new Loading(this, readSettings, (settings) => this.form.reset(editable(settings)));

  private handleSubmit = onSubmit(async () => {
    const saved = await this.form.submit(settingsInput, saveSettings);
    if (!saved) return;
    await this.form.markSaved(editable(saved));
    renameWorkspace(saved.workspaceName);
  });

  private handleTest = async () => {
    this.sentTo = '';
    if (await this.test.submit(mailTest, ({ to }) => sendTestMail(to))) this.sentTo = this.test.values.to;
  };

  override render() {
    const { form } = this;
    const { values } = form;
    return html`
      <pl-page-header heading="Settings"></pl-page-header>
      ${this.loaded.render(
        (settings) =>
          html`<form class="narrow" novalidate @submit=${this.handleSubmit}>
            ${problemNotice(form.problem)}
            <section>
              <header><h2>Workspace</h2></header>
              ${textField({
                label: 'Workspace name',
                value: values.workspaceName,
                error: form.error('workspaceName'),
                change: (workspaceName) => form.set({ workspaceName }),
              })}
              <pl-text-list
                label="Public addresses"
                help="Where this deployment is reached, such as https://chat.example.com. The first one is used in links and embed codes."
                item="Address"
                placeholder="https://chat.example.com"
                .values=${values.publicUrls}
                .error=${form.errorWithin('publicUrls') ?? ''}
                ?data-invalid=${form.errorWithin('publicUrls') !== undefined}
                @change=${(event: Event) => form.set({ publicUrls: (event.currentTarget as PlTextList).values })}
              ></pl-text-list>
              ${addressWarnings(values.publicUrls).map(
                (warning) => html`<pl-notice tone="warning">${warning}</pl-notice>`,
              )}
            </section>
            <section>
              <header>
                <h2>Default agent</h2>
                <p>Visitors see this name and photo where a channel does not show who answers.</p>
              </header>
              <pl-picture
                .name=${values.defaultAgent.name}
                .url=${values.defaultAgent.photo}
                @change=${(event: Event) =>
                  form.set({
                    defaultAgent: {
                      ...form.values.defaultAgent,
                      photo: (event.currentTarget as PlPicture).url,
                    },
                  })}
              ></pl-picture>
              ${textField({
                label: 'Name',
                value: values.defaultAgent.name,
                error: form.error('defaultAgent.name'),
                change: (name) => form.set({ defaultAgent: { ...form.values.defaultAgent, name } }),
              })}
            </section>
            ${this.renderMail(settings)} ${saveBar(form)}
          </form>`,
      )}
    `;
  }

  private renderMail(settings: Settings): TemplateResult {
    const { form } = this;
    const { embedEmail } = form.values;
    return html`<section>
        <header>
          <h2>Mail</h2>
          <p>
            ${
              settings.mail === 'none'
                ? html`Not set up. Whoever runs this deployment sets <code>PARLEY_SMTP_URL</code> and
                    <code>PARLEY_MAIL_FROM</code>.`
                : html`Sends
                  ${settings.mail === 'smtp' ? 'by SMTP' : 'by Cloudflare'}${
                    settings.mailFrom ? html` as ${settings.mailFrom}` : nothing
                  }.`
            }
          </p>
        </header>
        ${settings.mail === 'none' ? nothing : this.renderTest()}
      </section>
      <section>
        <header>
          <h2>Mail with installation instructions</h2>
          <p>
            Sent to a website's admin from a channel's embed code. <code>{{company}}</code>,
            <code>{{domain}}</code> and <code>{{code}}</code> are filled in.
          </p>
        </header>
        ${textField({
          label: 'Subject',
          value: embedEmail.subject,
          error: form.error('embedEmail.subject'),
          change: (subject) => form.set({ embedEmail: { ...form.values.embedEmail, subject } }),
        })}
        ${areaField({
          label: 'Text',
          rows: 8,
          value: embedEmail.body,
          error: form.error('embedEmail.body'),
          change: (body) => form.set({ embedEmail: { ...form.values.embedEmail, body } }),
        })}
      </section>`;
  }

  private renderTest(): TemplateResult {
    const { test } = this;
    return html`${problemNotice(test.problem)}
      <div class="test">
        ${textField({
          label: 'Send a test mail to',
          type: 'email',
          value: test.values.to,
          error: test.error('to'),
          change: (to) => test.set({ to }),
        })}
        <wa-button appearance="outlined" ?loading=${test.busy} @click=${this.handleTest}>Send test</wa-button>
      </div>
      <span class="quiet" role="status"
        >${this.sentTo ? `Sent to ${this.sentTo}. Look into that inbox.` : ''}</span
      >`;
  }
}

function editable({ workspaceName, publicUrls, defaultAgent, embedEmail }: Settings): SettingsInput {
  return { workspaceName, publicUrls, defaultAgent, embedEmail };
}

/** What providers and browsers refuse about an address (CH-03, LC-03). */
export function addressWarnings(urls: readonly string[]): string[] {
  return urls
    .filter((url) => URL.canParse(url))
    .flatMap((text) => {
      const url = new URL(text);
      const warnings: string[] = [];
      if (url.protocol !== 'https:' && !['localhost', '127.0.0.1'].includes(url.hostname)) {
        warnings.push(
          `${url.host} is not HTTPS: widgets on HTTPS pages cannot load from it. Put TLS in front of it.`,
        );
      }
      if (url.hostname.includes('_')) {
        warnings.push(
          `${url.host} has an underscore, which messaging providers refuse. Use a name without one.`,
        );
      }
      return warnings;
    });
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-settings': PlSettings;
  }
}
