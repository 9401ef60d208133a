/** /calls: the servers by which the two ends of a call find each other, STUN and TURN. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  callSettingsInput,
  defaultCallSettings,
  type CallSettings,
  type CallSettingsInput,
  type Turn,
} from '../../core/callSettings.ts';
import { readCallSettings, saveCallSettings, testServers } from '../data/call-settings.ts';
import { radioField, switchField, textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../elements/notice.ts';
import '../elements/page-header.ts';
import { callPages } from '../elements/page-tabs.ts';
import '../elements/text-list.ts';
import type { PlTextList } from '../elements/text-list.ts';

const kinds = [
  { value: 'none', label: 'None', help: 'Calls work between most home and mobile networks.' },
  { value: 'static', label: 'TURN server with a user name', help: 'One user name and password for all.' },
  {
    value: 'coturn',
    label: 'coturn with a shared secret',
    help: 'use-auth-secret: every call gets credentials of its own, which end by themselves.',
  },
  {
    value: 'cloudflare',
    label: 'Cloudflare Realtime TURN',
    help: 'A TURN key of your Cloudflare account, and its API token.',
  },
] as const;

/** What each kind begins with. */
const empty: { [K in Turn['kind']]: Extract<Turn, { kind: K }> } = {
  none: { kind: 'none' },
  static: { kind: 'static', urls: [], username: '', secret: '' },
  coturn: { kind: 'coturn', urls: [], secret: '' },
  cloudflare: { kind: 'cloudflare', keyId: '', secret: '' },
};

@customElement('pl-call-settings')
export class PlCallSettings extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    css`
      .test {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-3);
      }
    `,
  ];

  private form = new Form<CallSettingsInput>(this, defaultCallSettings);
  /** The kind of server whose secret is stored; null when none is. */
  @state() private stored: Turn['kind'] | null = null;
  @state() private testing = false;
  @state() private result: { text: string; tone: 'good' | 'warning' | 'error' } | null = null;
  private loaded = new Loading(this, readCallSettings, (settings) => this.take(settings));

  private take({ stun, turn, relayOnly, secretSet }: CallSettings): void {
    this.stored = secretSet ? turn.kind : null;
    this.form.reset({ stun, turn, relayOnly });
  }

  private handleSubmit = onSubmit(async () => {
    const saved = await this.form.submit(callSettingsInput, saveCallSettings);
    if (!saved) return;
    this.take(saved);
    this.result = null;
    await this.form.markSaved();
  });

  private handleTest = async () => {
    this.testing = true;
    this.result = null;
    const answer = await testServers();
    this.testing = false;
    this.result =
      'problem' in answer
        ? { text: answer.problem.message, tone: 'error' }
        : resultOf(answer.value, this.form);
  };

  override render() {
    const { form } = this;
    return html`
      <pl-page-header
        heading="Calls"
        help="Visitors and agents talk with each other directly, from browser to browser. These servers help them to find a way."
      ></pl-page-header>
      <pl-page-tabs label="Calls" .pages=${callPages} current="/calls"></pl-page-tabs>
      ${this.loaded.render(
        () =>
          html`<form class="narrow" novalidate @submit=${this.handleSubmit}>
            ${problemNotice(form.problem)}
            <section>
              <header>
                <h2>STUN</h2>
                <p>Tells a browser its public address. Without one, calls work only within one network.</p>
              </header>
              <pl-text-list
                label="STUN servers"
                item="Server"
                placeholder="stun:stun.cloudflare.com:3478"
                .values=${form.values.stun}
                .error=${form.errorWithin('stun') ?? ''}
                ?data-invalid=${form.errorWithin('stun') !== undefined}
                @change=${(event: Event) => form.set({ stun: (event.currentTarget as PlTextList).values })}
              ></pl-text-list>
            </section>
            <section>
              <header>
                <h2>TURN</h2>
                <p>Relays the sound where a firewall lets nothing through directly, such as in offices.</p>
              </header>
              ${radioField({
                label: 'Relay',
                value: form.values.turn.kind,
                choices: kinds,
                change: (kind) => this.setTurn(empty[kind]),
              })}
              ${this.renderTurn(form.values.turn)}
              ${switchField({
                label: 'Always use the relay',
                checked: form.values.relayOnly,
                error: form.error('relayOnly'),
                help: 'Needs a TURN server. Hides the network addresses (IP) of agents and visitors from each other; all sound then goes through that server, and no call comes about without it.',
                change: (relayOnly) => form.set({ relayOnly }),
              })}
            </section>
            <section>
              <header>
                <h2>Test</h2>
                <p>Asks the saved servers from this browser, as a call would do it.</p>
              </header>
              <div class="test">
                <wa-button
                  appearance="outlined"
                  ?loading=${this.testing}
                  ?disabled=${form.dirty}
                  @click=${this.handleTest}
                  >Test the servers</wa-button
                >
                ${form.dirty ? html`<span class="quiet">Save first.</span>` : nothing}
              </div>
              ${
                this.result
                  ? html`<pl-notice tone=${this.result.tone}>${this.result.text}</pl-notice>`
                  : nothing
              }
            </section>
            ${saveBar(form)}
          </form>`,
      )}
    `;
  }

  private setTurn(turn: Turn): void {
    this.form.set({ turn });
  }

  private renderTurn(turn: Turn): TemplateResult | typeof nothing {
    const { form } = this;
    if (turn.kind === 'none') return nothing;
    return html`${
      turn.kind === 'cloudflare'
        ? textField({
            label: 'TURN key ID',
            value: turn.keyId,
            error: form.error('turn.keyId'),
            change: (keyId) => this.setTurn({ ...turn, keyId }),
          })
        : html`<pl-text-list
            label="TURN servers"
            item="Server"
            placeholder="turn:turn.example.com:3478"
            .values=${turn.urls}
            .error=${form.errorWithin('turn.urls') ?? ''}
            ?data-invalid=${form.errorWithin('turn.urls') !== undefined}
            @change=${(event: Event) =>
              this.setTurn({ ...turn, urls: (event.currentTarget as PlTextList).values })}
          ></pl-text-list>`
    }
    ${
      turn.kind === 'static'
        ? textField({
            label: 'User name',
            value: turn.username,
            error: form.error('turn.username'),
            autocomplete: 'off',
            change: (username) => this.setTurn({ ...turn, username }),
          })
        : nothing
    }
    ${textField({
      label: { static: 'Password', coturn: 'Shared secret', cloudflare: 'API token' }[turn.kind],
      type: 'password',
      value: turn.secret,
      error: form.error('turn.secret'),
      autocomplete: 'new-password',
      ...(this.stored === turn.kind ? { help: 'One is stored. Leave this empty to keep it.' } : {}),
      change: (secret) => this.setTurn({ ...turn, secret }),
    })}`;
  }
}

function resultOf(
  { stun, turn }: { stun: boolean; turn: boolean },
  { values }: Form<CallSettingsInput>,
): { text: string; tone: 'good' | 'warning' } {
  if (values.turn.kind !== 'none') {
    return turn
      ? { tone: 'good', text: 'The TURN server works from here: calls get through firewalls.' }
      : {
          tone: 'warning',
          text: `The TURN server did not let this browser in. Check its address, that the port is open, and the secret.${
            values.relayOnly ? ' No call comes about until it does, as all have to use it.' : ''
          }`,
        };
  }
  if (values.stun.length === 0)
    return { tone: 'warning', text: 'There is no server to test. Calls work within one network only.' };
  return stun
    ? { tone: 'good', text: 'A STUN server answered: calls work between most networks.' }
    : { tone: 'warning', text: 'No STUN server answered. Check the addresses, and that UDP may leave.' };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-call-settings': PlCallSettings;
  }
}
