/** Tab "Event log": the channel's last webhooks, sends and checks, so that one sees why nothing arrives (CH-16). */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ChannelEvent, ReplayAnswer } from '../../../core/channelApi.ts';
import type { Problem } from '../../../core/errors.ts';
import { readEvents, replayEvent } from '../../data/channels.ts';
import { DayLog } from '../../elements/day-log.ts';
import type { IconName } from '../../elements/icons.ts';
import { problemNotice } from '../../elements/form-parts.ts';
import { clockTime, exactTime } from '../../elements/times.ts';
import { base } from '../../styles/shared.ts';
import { eventStyles } from './events-styles.ts';
import '../../elements/empty-state.ts';
import '../../elements/icon.ts';
import '../../elements/notice.ts';
import '../../elements/webawesome.ts';

const kindWords: Record<ChannelEvent['kind'], string> = {
  webhook: 'Webhook',
  send: 'Send',
  status: 'Delivery report',
  check: 'Check',
  media: 'Media',
  templates: 'Templates',
};

const resultWords: Record<ChannelEvent['result'], { label: string; icon: IconName; tone: string }> = {
  ok: { label: 'OK', icon: 'circleCheck', tone: 'good' },
  ignored: { label: 'Ignored', icon: 'info', tone: 'off' },
  refused: { label: 'Refused', icon: 'ban', tone: 'bad' },
  failed: { label: 'Failed', icon: 'circleAlert', tone: 'bad' },
  unknown: { label: 'Outcome unknown', icon: 'question', tone: 'warning' },
};

const count = new Intl.NumberFormat('en');

interface Replay {
  busy: boolean;
  answer: ReplayAnswer | null;
  problem: Problem | null;
}

@customElement('pl-channel-events')
export class PlChannelEvents extends LitElement {
  static override styles = [base, eventStyles];

  @property({ attribute: false }) channel = '';
  @state() private replays: ReadonlyMap<number, Replay> = new Map();
  private log = new DayLog<ChannelEvent>(this, (before) => readEvents(this.channel, before));

  override connectedCallback(): void {
    super.connectedCallback();
    void this.log.reload();
  }

  private async replay(id: number): Promise<void> {
    const set = (replay: Replay) => (this.replays = new Map(this.replays).set(id, replay));
    set({ busy: true, answer: null, problem: null });
    const answer = await replayEvent(this.channel, id);
    set(
      'problem' in answer
        ? { busy: false, answer: null, problem: answer.problem }
        : { busy: false, answer: answer.value, problem: null },
    );
    await this.log.reload();
  }

  override render() {
    return html`
      <div class="head">
        <p class="quiet">What came and went, newest first. Times are yours.</p>
        <wa-button
          size="s"
          appearance="outlined"
          ?loading=${this.log.busy}
          @click=${() => void this.log.reload()}
        >
          <pl-icon slot="start" name="refresh"></pl-icon>Refresh
        </wa-button>
      </div>
      ${this.log.render(
        (entry) => this.renderEntry(entry),
        html`<pl-empty icon="log" heading="Nothing has happened yet">
          Paste the webhook URL at the provider, then write to one of the channel's numbers: the message
          appears here, with the reason if it is refused.
        </pl-empty>`,
      )}
    `;
  }

  private renderEntry(entry: ChannelEvent): TemplateResult {
    const result = resultWords[entry.result];
    const replay = this.replays.get(entry.id);
    return html`<li>
      <details>
        <summary>
          <pl-icon class="fold" name="chevronRight"></pl-icon>
          <time datetime=${new Date(entry.at).toISOString()}>${clockTime(entry.at)}</time>
          <span class="kind">${kindWords[entry.kind]}</span>
          <span class="result"
            ><pl-icon class=${result.tone} name=${result.icon}></pl-icon><span>${result.label}</span></span
          >
          <span class="summary">${entry.summary}</span>
          <span class="latency"
            >${entry.latencyMs === null ? '' : `${count.format(entry.latencyMs)} ms`}</span
          >
        </summary>
        <div class="detail">
          <p class="quiet small">${exactTime(entry.at)}</p>
          ${
            entry.detail
              ? html`<pre tabindex="0" role="region" aria-label="Details">${entry.detail}</pre>`
              : html`<p class="quiet">There is nothing more to tell.</p>`
          }
          ${entry.replayable ? this.renderReplay(entry, replay) : nothing}
        </div>
      </details>
    </li>`;
  }

  private renderReplay(entry: ChannelEvent, replay: Replay | undefined): TemplateResult {
    const answer = replay?.answer;
    const words = answer && resultWords[answer.result];
    return html`<div class="row">
        <wa-button
          size="s"
          appearance="outlined"
          ?loading=${replay?.busy ?? false}
          @click=${() => void this.replay(entry.id)}
        >
          <pl-icon slot="start" name="refresh"></pl-icon>Replay
        </wa-button>
        <span role="status">
          ${
            answer && words
              ? html`<span class="result"
                  ><pl-icon class=${words.tone} name=${words.icon}></pl-icon
                  ><span>${words.label}: ${answer.summary}</span></span
                >`
              : html`<span class="quiet small">${replayWords(entry)}</span>`
          }
        </span>
      </div>
      ${problemNotice(replay?.problem ?? null)}`;
  }
}

function replayWords({ kind }: ChannelEvent): string {
  return kind === 'webhook'
    ? 'Takes it in once more. What is known already stays as it is.'
    : 'Sends it once more.';
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-channel-events': PlChannelEvents;
  }
}
