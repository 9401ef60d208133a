/** One row of the list: who, where, the last line, when, and what is unread. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { nameOf } from '../../core/customer.ts';
import type { Label } from '../../core/label.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { channelType } from '../channels/registry.ts';
import { exactTime, shortTime } from '../elements/times.ts';
import { newIn } from '../data/sessions.ts';
import { renderChip } from './labels.ts';
import { timeLeft, writingOf } from './rules.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';

export const rowStyles = css`
  .session {
    position: relative;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 2px var(--parley-space-3);
    align-content: center;
    align-items: center;
    /* With badges or without: the list counts on rows of one height. */
    height: 4.875rem;
    padding-inline: var(--parley-space-3);
    border-radius: var(--parley-radius);
    color: var(--parley-text-1);
    text-decoration: none;
    transition: background var(--parley-fast);
    /* A finger that holds opens the menu, and selects nothing. */
    -webkit-touch-callout: none;
  }
  @media (pointer: coarse) {
    .session {
      user-select: none;
      -webkit-user-select: none;
    }
  }
  .session:hover {
    background: var(--parley-surface-3);
  }
  .session.current {
    background: var(--parley-accent-tint);
  }
  .session:focus-visible {
    outline-offset: -2px;
  }
  .face {
    position: relative;
    grid-row: span 3;
  }
  .channel {
    position: absolute;
    inset-block-end: -3px;
    inset-inline-end: -3px;
    display: grid;
    place-items: center;
    width: 20px;
    height: 20px;
    border: 2px solid var(--parley-surface);
    border-radius: var(--parley-radius-full);
    background: var(--parley-accent);
    color: var(--parley-on-accent);
  }
  .channel pl-icon {
    width: 11px;
    height: 11px;
  }
  .who,
  .line {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .who {
    font-weight: var(--parley-weight-medium);
  }
  .unread .who {
    font-weight: var(--parley-weight-bold);
  }
  .when {
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
    font-variant-numeric: tabular-nums;
  }
  .line {
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .unread .line {
    color: var(--parley-text-1);
  }
  .line pl-icon {
    width: 14px;
    height: 14px;
    margin-inline-end: 4px;
    vertical-align: -2px;
  }
  .line .failed {
    color: var(--parley-red);
  }
  .line .doubtful {
    color: var(--parley-amber);
  }
  .line.typing {
    color: var(--parley-accent-text);
  }
  .count {
    justify-self: end;
    min-width: 20px;
    padding: 1px 6px;
    border-radius: var(--parley-radius-full);
    background: var(--parley-accent);
    color: var(--parley-on-accent);
    font-size: 0.75rem;
    font-weight: var(--parley-weight-bold);
    font-variant-numeric: tabular-nums;
    text-align: center;
  }
  .badges {
    grid-column: 2 / -1;
    display: flex;
    gap: var(--parley-space-1);
    overflow: hidden;
  }
  .badge {
    overflow: hidden;
    padding: 0 6px;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-full);
    color: var(--parley-text-3);
    font-size: 0.75rem;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .badge.waiting {
    border-color: var(--parley-amber-border);
    background: var(--parley-amber-tint);
    color: var(--parley-amber);
  }
`;

export interface Row {
  session: InboxSession;
  /** Epoch ms by the edge's clock. */
  now: number;
  self: string | null;
  current: boolean;
  active: boolean;
  /** The customer types. */
  typing: boolean;
  labels: readonly Label[];
  menu: (event: MouseEvent) => void;
}

export function renderRow({
  session,
  now,
  self,
  current,
  active,
  typing,
  labels,
  menu,
}: Row): TemplateResult {
  const { customer, lastMessage, route } = session;
  const name = nameOf(session);
  const unread = newIn(session);
  const at = lastMessage?.at ?? session.openedAt;
  const waiting = session.status === 'open' && route.agent === null;
  const others = route.agent !== null && route.agent.id !== self;
  return html`<a
    class="session ${current ? 'current' : ''} ${unread > 0 ? 'unread' : ''}"
    href=${`/inbox/${encodeURIComponent(session.id)}`}
    tabindex=${active ? 0 : -1}
    data-session=${session.id}
    draggable="false"
    aria-current=${current ? 'true' : nothing}
    @contextmenu=${menu}
  >
    <span class="face">
      <pl-avatar .name=${name} .photo=${customer.photo}></pl-avatar>
      ${renderChannel(session)}
    </span>
    <span class="who">${name}</span>
    <time class="when" datetime=${new Date(at).toISOString()} title=${exactTime(at)}
      >${shortTime(at, now)}</time
    >
    <span class="line ${typing ? 'typing' : ''}">${typing ? 'Writing…' : renderLast(session, self)}</span>
    ${
      unread > 0
        ? html`<span class="count">${unread > 99 ? '99+' : unread}<span class="unseen"> unread</span></span>`
        : html`<span></span>`
    }
    <span class="badges">
      ${waiting && route.queue ? html`<span class="badge waiting">${route.queue.name}</span>` : nothing}
      ${others ? html`<span class="badge">${route.agent?.name}</span>` : nothing}
      ${session.call ? html`<span class="badge waiting">${session.call.phase === 'ringing' ? 'Ringing' : 'In a call'}</span>` : nothing}
      ${session.mentions ? html`<span class="badge waiting">Mentions you</span>` : nothing}
      ${session.role === 'reads' && !session.mentions ? html`<span class="badge">Reading along</span>` : nothing}
      ${session.campaign ? html`<span class="badge">${session.campaign.name}</span>` : nothing}
      ${renderWindow(session, now)} ${labels.map(renderChip)}
      ${session.status === 'closed' ? html`<span class="badge">Closed</span>` : nothing}
    </span>
  </a>`;
}

function renderChannel({ channel }: InboxSession): TemplateResult {
  const type = channelType(channel.type);
  const label = type?.label ?? channel.name;
  return html`<span class="channel" title=${label}
    ><pl-icon name=${type?.icon ?? 'message'}></pl-icon><span class="unseen">${label}</span></span
  >`;
}

/** The last line, with a mark where it did not arrive. */
function renderLast(session: InboxSession, self: string | null): TemplateResult {
  const status = session.lastMessage?.status;
  const failed = status === 'failed';
  return html`${
    failed || status === 'unknown'
      ? html`<pl-icon
            class=${failed ? 'failed' : 'doubtful'}
            name=${failed ? 'circleAlert' : 'question'}
          ></pl-icon
          ><span class="unseen">${failed ? 'Failed' : 'Outcome unknown'}: </span>`
      : nothing
  }${lastLine(session, self)}`;
}

/** The time to answer runs out within the hour. */
function renderWindow(session: InboxSession, now: number): TemplateResult | typeof nothing {
  const writing = writingOf(session, now);
  return writing.kind === 'window' && writing.soon
    ? html`<span class="badge waiting">${timeLeft(writing.leftMs)} left</span>`
    : nothing;
}

function lastLine({ lastMessage, channel, route }: InboxSession, self: string | null): string {
  if (!lastMessage) return channel.name;
  if (lastMessage.from !== 'agent') return lastMessage.preview;
  return `${route.agent?.id === self ? 'You' : 'Agent'}: ${lastMessage.preview}`;
}
