/**
 * What is known of a session: channel, number, customer, where they wrote from, consent, what happened.
 *
 * @fires close - The panel was closed.
 * @fires contact - The customer is to be added to the contacts.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { nameOf } from '../../core/customer.ts';
import type { InboxSession } from '../../core/protocol.ts';
import type { ChannelKind } from '../../core/providers/provider.ts';
import { providerOf } from '../../core/providers/registry.ts';
import { channelType } from '../channels/registry.ts';
import { desk } from '../data/desk.ts';
import { Watch } from '../data/store.ts';
import { exactTime } from '../elements/times.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../contacts/contact-card.ts';
import './labels.ts';
import { systemText } from './timeline.ts';
import '../elements/avatar.ts';
import '../elements/copy-line.ts';
import '../elements/icon.ts';
import '../elements/status.ts';

@customElement('pl-details')
export class PlDetails extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--parley-surface);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 60px;
        padding: 0 var(--parley-space-3) 0 var(--parley-space-4);
        border-block-end: 1px solid var(--parley-border);
      }
      .scroller {
        flex: 1;
        overflow-y: auto;
        padding: var(--parley-space-4);
      }
      .person {
        display: grid;
        justify-items: center;
        gap: var(--parley-space-2);
        padding-block-end: var(--parley-space-4);
        text-align: center;
      }
      h3 {
        margin-block: var(--parley-space-6) var(--parley-space-2);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
        font-weight: var(--parley-weight-medium);
      }
      pl-copy-line {
        margin-block-end: var(--parley-space-4);
      }
      .out {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        margin-block-end: var(--parley-space-4);
        color: var(--parley-red);
      }
      dl {
        display: grid;
        gap: var(--parley-space-3);
      }
      dt {
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
      dd {
        unicode-bidi: plaintext;
        overflow-wrap: anywhere;
      }
      ol {
        display: grid;
        gap: var(--parley-space-3);
      }
      li time {
        display: block;
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  private desk = new Watch(this, desk.state);

  override render() {
    const { session } = this;
    const { profile, photo, address } = session.customer;
    const name = nameOf(session);
    const provider = session.channel.provider === null ? null : providerOf(session.channel.provider);
    const optedOutAt = this.optedOutAt();
    const attributes = Object.entries(profile.attributes ?? {});
    return html`
      <header>
        <h2>Details</h2>
        <button
          class="icon-button"
          aria-label="Close details"
          @click=${() => this.dispatchEvent(new Event('close'))}
        >
          <pl-icon name="x" size="20"></pl-icon>
        </button>
      </header>
      <div class="scroller" tabindex="0" role="region" aria-label="Session details">
        <div class="person">
          <pl-avatar size="64" .name=${name} .photo=${photo}></pl-avatar>
          <strong>${name}</strong>
          <pl-status tone=${session.status === 'open' ? 'good' : 'off'}
            >${session.status === 'open' ? 'Open' : 'Closed'}</pl-status
          >
        </div>
        ${
          provider
            ? html`<pl-copy-line label=${addressLabels[provider.kind]} text=${address}></pl-copy-line>`
            : nothing
        }
        <pl-contact-card
          .contact=${session.contact ?? null}
          @contact=${() => this.dispatchEvent(new Event('contact'))}
        ></pl-contact-card>
        <pl-labels .session=${session}></pl-labels>
        ${
          session.optedOut
            ? html`<p class="out">
                <pl-icon name="ban"></pl-icon>Opted out of
                messages${optedOutAt === null ? '' : ` since ${exactTime(optedOutAt)}`}
              </p>`
            : nothing
        }
        <dl>
          ${entry('E-mail', profile.email)} ${entry('Phone', profile.phone)}
          ${entry('User ID (signed by your website)', profile.userId)}
          ${entry('Channel', channelWords(session))} ${entry('Number', session.channel.number)}
          ${entry('Queue', session.route.queue?.name)} ${entry('Agent', session.route.agent?.name)}
          ${
            session.source
              ? html`<div>
                  <dt>Wrote from</dt>
                  <dd>
                    ${
                      /^https?:/i.test(session.source.url)
                        ? html`<a
                            href=${session.source.url}
                            target="_blank"
                            rel="noopener noreferrer nofollow"
                            >${session.source.title || session.source.url}</a
                          >`
                        : session.source.title
                    }
                  </dd>
                </div>`
              : nothing
          }
          ${entry('Privacy terms accepted', session.consentAt === null ? undefined : exactTime(session.consentAt))}
          ${entry('Campaign', session.campaign?.name)} ${entry('Opened', exactTime(session.openedAt))}
          ${entry('Session ID', session.id)}
        </dl>
        ${
          attributes.length > 0
            ? html`<h3>Said by the website, not verified</h3>
                <dl>${attributes.map(([key, value]) => entry(key, value))}</dl>`
            : nothing
        }
        ${this.renderEvents()}
      </div>
    `;
  }

  /** Opens the list of labels. */
  async showLabels(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector('pl-labels')?.show();
  }

  /** When the customer left, as far as the loaded log tells. */
  private optedOutAt(): number | null {
    const events = this.desk.value.logs.get(this.session.id)?.events ?? [];
    const last = events.findLast(({ body }) => body.kind === 'optOut' && body.scope === 'all');
    return last?.at ?? null;
  }

  private renderEvents(): TemplateResult | typeof nothing {
    const { logs, agent } = this.desk.value;
    const lines = (logs.get(this.session.id)?.events ?? []).flatMap((event) => {
      const text = systemText(event, agent);
      return text ? [{ at: event.at, seq: event.seq, text }] : [];
    });
    if (lines.length === 0) return nothing;
    return html`<h3>Timeline</h3>
      <ol>
        ${lines.map((line) => html`<li>${line.text}<time datetime=${new Date(line.at).toISOString()}>${exactTime(line.at)}</time></li>`)}
      </ol>`;
  }
}

const addressLabels: Record<ChannelKind, string> = {
  sms: "Customer's number",
  facebook: "Customer's Messenger ID",
  whatsapp: "Customer's WhatsApp number",
};

/** The channel's name and what it is, such as "Support · WhatsApp". */
function channelWords({ channel }: InboxSession): string {
  const kind = channelType(channel.type)?.label ?? '';
  const provider = channel.type === 'sms' && channel.provider !== null ? providerOf(channel.provider) : null;
  return [channel.name, kind, provider?.label]
    .filter((part, index, all) => part && all.indexOf(part) === index)
    .join(' · ');
}

function entry(label: string, value: string | undefined): TemplateResult | typeof nothing {
  return value
    ? html`<div>
        <dt>${label}</dt>
        <dd>${value}</dd>
      </div>`
    : nothing;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-details': PlDetails;
  }
}
