/** /: what to do first, ticked off as it gets done; afterwards a calm place to start from. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { together, type Answer } from '../data/api.ts';
import { account } from '../data/account.ts';
import { listChannels } from '../data/channels.ts';
import { listAgents } from '../data/people.ts';
import { listQueues } from '../data/queues.ts';
import { Loading } from '../elements/loading.ts';
import type { IconName } from '../elements/icons.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/page-header.ts';
import '../elements/webawesome.ts';

interface Progress {
  agents: number;
  queues: number;
  channels: { id: string; received: number }[];
}

interface Step {
  done: boolean;
  icon: IconName;
  title: string;
  text: string;
  href: string;
  action: string;
}

@customElement('pl-start')
export class PlStart extends LitElement {
  static override styles = [
    base,
    page,
    css`
      ol {
        max-width: 720px;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        overflow: hidden;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: var(--parley-space-4);
        padding: var(--parley-space-4) var(--parley-space-6);
      }
      li + li {
        border-block-start: 1px solid var(--parley-border);
      }
      .mark {
        display: grid;
        place-items: center;
        width: 32px;
        height: 32px;
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius-full);
        color: var(--parley-text-3);
      }
      .done .mark {
        border-color: var(--parley-green-border);
        background: var(--parley-green-tint);
        color: var(--parley-green);
      }
      .done h2 {
        color: var(--parley-text-3);
        font-weight: var(--parley-weight-medium);
      }
      @media (max-width: 767px) {
        li {
          grid-template-columns: auto minmax(0, 1fr);
          padding: var(--parley-space-4);
        }
        wa-button {
          grid-column: 2;
          justify-self: start;
        }
      }
    `,
  ];

  private progress = new Loading(this, readProgress);

  override render() {
    return html`
      <pl-page-header
        heading=${account.value?.workspaceName ?? ''}
        help="Four steps, and visitors of your website can talk with you."
      ></pl-page-header>
      ${this.progress.render((progress) => {
        const steps = stepsFor(progress);
        const next = steps.find((step) => !step.done);
        return html`<ol>
          ${steps.map((step) => renderStep(step, step === next))}
        </ol>`;
      })}
    `;
  }
}

function renderStep(step: Step, isNext: boolean): TemplateResult {
  return html`<li class=${step.done ? 'done' : ''}>
    <span class="mark"><pl-icon name=${step.done ? 'check' : step.icon}></pl-icon></span>
    <div>
      <h2>${step.title}${step.done ? html`<span class="unseen"> (done)</span>` : nothing}</h2>
      <p class="quiet">${step.text}</p>
    </div>
    <wa-button
      href=${step.href}
      variant=${isNext ? 'brand' : 'neutral'}
      appearance=${isNext ? 'accent' : 'outlined'}
      >${step.action}</wa-button
    >
  </li>`;
}

function stepsFor({ agents, queues, channels }: Progress): Step[] {
  const channel = channels[0];
  return [
    {
      done: agents > 1,
      icon: 'users',
      title: 'Add an agent',
      text: 'Each agent has an extension, and gets a link to choose a password.',
      href: agents > 1 ? '/agents' : '/agents/new',
      action: agents > 1 ? 'Agents' : 'Add agent',
    },
    {
      done: queues > 0,
      icon: 'layers',
      title: 'Create a queue',
      text: 'A queue shares the work: its agents see new sessions and pick them up.',
      href: queues > 0 ? '/queues' : '/queues/new',
      action: queues > 0 ? 'Queues' : 'Create queue',
    },
    {
      done: channels.length > 0,
      icon: 'message',
      title: 'Add a live chat channel',
      text: 'Choose your website, the look of the widget and the texts it sends.',
      href: channel ? '/channels' : '/channels/new/liveChat',
      action: channel ? 'Channels' : 'Add channel',
    },
    {
      done: channels.some((one) => one.received > 0),
      icon: 'code',
      title: 'Paste the code into your website',
      text: 'One line before </body>. This is done when the first message arrives.',
      href: channel ? `/channels/${encodeURIComponent(channel.id)}` : '/channels',
      action: 'Get the code',
    },
  ];
}

async function readProgress(): Promise<Answer<Progress>> {
  const answer = await together(listAgents(), listQueues(), listChannels());
  if ('problem' in answer) return answer;
  const [{ agents }, { queues }, { channels }] = answer.value;
  return {
    value: {
      agents: agents.length,
      queues: queues.length,
      channels: channels.map(({ id, statistics }) => ({ id, received: statistics.received })),
    },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-start': PlStart;
  }
}
