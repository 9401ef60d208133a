/** Whether a saved channel works: its status with the cause and the time, and "Check now" (CH-12). */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HealthAnswer } from '../../../core/channelApi.ts';
import type { Problem } from '../../../core/errors.ts';
import type { Answer } from '../../data/api.ts';
import { checkChannel, listChannels } from '../../data/channels.ts';
import { problemNotice } from '../../elements/form-parts.ts';
import { clockTime, exactTime, isSameDay, shortTime } from '../../elements/times.ts';
import { base, section } from '../../styles/shared.ts';
import '../../elements/icon.ts';
import '../../elements/webawesome.ts';
import '../status.ts';

type Health = Omit<HealthAnswer, 'checkedAt'> & { checkedAt: number | null };

@customElement('pl-health')
export class PlHealth extends LitElement {
  static override styles = [
    base,
    section,
    css`
      p {
        overflow-wrap: anywhere;
      }
      .state {
        display: grid;
        gap: var(--parley-space-1);
      }
      pl-channel-status {
        font-weight: var(--parley-weight-medium);
        color: var(--parley-text-1);
      }
    `,
  ];

  @property({ attribute: false }) channel = '';
  /** A channel that is switched off is not asked about. */
  @property({ attribute: false }) enabled = true;
  @state() private health: Health | null = null;
  @state() private busy = false;
  @state() private problem: Problem | null = null;
  /** Only the newest question's answer counts. */
  #turn = 0;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('channel') && this.channel && !this.busy) void this.ask(() => known(this.channel));
  }

  /** Asks the provider now. */
  check(): Promise<void> {
    return this.ask(() => checkChannel(this.channel));
  }

  private async ask(question: () => Promise<Answer<Health>>): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    const answer = await question();
    if (turn !== this.#turn) return;
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('value' in answer) this.health = answer.value;
  }

  override render() {
    return html`<section>
      <header><h2>Status</h2></header>
      ${problemNotice(this.problem)}
      <div class="state" role="status">${this.renderHealth()}</div>
      ${
        this.enabled
          ? html`<div>
              <wa-button
                size="s"
                appearance="outlined"
                ?loading=${this.busy}
                @click=${() => void this.check()}
              >
                <pl-icon slot="start" name="refresh"></pl-icon>Check now
              </wa-button>
            </div>`
          : nothing
      }
    </section>`;
  }

  private renderHealth(): TemplateResult | typeof nothing {
    const { health } = this;
    if (!this.enabled) return html`<pl-channel-status .status=${'disabled'}></pl-channel-status>`;
    if (!health) return nothing;
    const { status, cause, checkedAt } = health;
    return html`<pl-channel-status .status=${status}></pl-channel-status>
      ${cause ? html`<p>${cause}</p>` : nothing}
      ${
        checkedAt === null || status === 'unchecked'
          ? nothing
          : html`<p class="quiet small">
              Checked
              <time datetime=${new Date(checkedAt).toISOString()} title=${exactTime(checkedAt)}
                >${checkedWords(checkedAt)}</time
              >
            </p>`
      }`;
  }
}

function checkedWords(at: number): string {
  const now = Date.now();
  return isSameDay(at, now) ? `at ${clockTime(at)}` : shortTime(at, now);
}

/** What the last check said, without asking the provider again. */
async function known(channel: string): Promise<Answer<Health>> {
  const answer = await listChannels();
  if ('problem' in answer) return answer;
  const row = answer.value.channels.find(({ id }) => id === channel);
  return { value: row ?? { status: 'unchecked', cause: '', checkedAt: null } };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-health': PlHealth;
  }
}
