/** Messages as bubbles: a group of one sender, each with what was said about it since. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { nameOf } from '../../core/customer.ts';
import { textOf, type Message } from '../../core/conversation.ts';
import type { Author } from '../../core/log.ts';
import { preview } from '../../core/message.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { clockTime, exactTime } from '../elements/times.ts';
import { contentStyles, renderContent, type ContentContext } from './content.ts';
import { deliveryStyles, renderFailure, renderMark } from './delivery.ts';
import { messageName } from './jump.ts';
import { outgoingStyles } from './outgoing.ts';
import { rulesOf } from './rules.ts';
import type { Item } from './timeline.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';

export const bubbleStyles = [
  contentStyles,
  deliveryStyles,
  outgoingStyles,
  css`
    .group {
      display: grid;
      grid-template-columns: 28px minmax(0, auto);
      gap: 3px var(--parley-space-2);
      justify-content: start;
      justify-items: start;
      max-width: 85%;
    }
    .group.end {
      grid-template-columns: minmax(0, auto);
      align-self: flex-end;
      justify-items: end;
    }
    .group > pl-avatar {
      grid-column: 1;
      grid-row: 2;
    }
    .group:not(.end) > :not(pl-avatar) {
      grid-column: 2;
    }
    .author,
    .foot,
    .remark {
      color: var(--parley-text-3);
      font-size: var(--parley-text-small);
    }
    .author,
    .remark {
      padding-inline: var(--parley-space-3);
    }
    .foot {
      display: flex;
      align-items: center;
      gap: 4px;
      padding-inline: var(--parley-space-3);
      font-variant-numeric: tabular-nums;
    }
    .foot .read {
      color: var(--parley-accent-text);
    }
    .message,
    .body {
      display: grid;
      grid-template-columns: minmax(0, auto);
      gap: 3px;
      justify-items: start;
      min-width: 0;
      max-width: 100%;
    }
    .end .message,
    .end .body {
      justify-items: end;
    }
    .line {
      display: flex;
      align-items: center;
      gap: var(--parley-space-1);
      min-width: 0;
      max-width: 100%;
    }
    .message.found .body > * {
      outline: 2px solid var(--parley-focus);
      outline-offset: 2px;
    }
    .end .bubble {
      background: var(--parley-accent-tint-2);
    }
    .auto .bubble {
      background: none;
      box-shadow: inset 0 0 0 1px var(--parley-border);
      color: var(--parley-text-2);
    }
    .revoked .words {
      text-decoration: line-through;
    }
    .quote {
      display: grid;
      max-width: 100%;
      padding: var(--parley-space-1) var(--parley-space-3);
      border: 0;
      border-inline-start: 3px solid var(--parley-border-strong);
      border-radius: var(--parley-radius);
      background: var(--parley-surface-2);
      color: var(--parley-text-2);
      font-size: var(--parley-text-small);
      text-align: start;
      overflow: hidden;
    }
    .quote > * {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
      unicode-bidi: plaintext;
    }
    .act {
      width: 28px;
      height: 28px;
      opacity: 0;
    }
    .message:hover .act,
    .act:focus-visible {
      opacity: 1;
    }
    .reaction {
      margin-block-start: -8px;
      margin-inline: var(--parley-space-3);
      padding: 1px 6px;
      border: 1px solid var(--parley-border);
      border-radius: var(--parley-radius-full);
      background: var(--parley-surface-raised);
      z-index: 1;
    }
    .remark summary {
      cursor: pointer;
    }
    .remark p {
      padding-block: var(--parley-space-1);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    @media (hover: none) {
      .act {
        opacity: 0.8;
      }
    }
    @media (max-width: 767px) {
      .bubble {
        font-size: var(--parley-text-phone);
      }
      .group {
        max-width: 94%;
      }
    }
  `,
];

export interface BubbleContext extends ContentContext {
  session: InboxSession;
  /** The reading agent's id. */
  self: string | null;
  /** A message of this session by its id, while it is loaded. */
  find: (id: string) => Message | undefined;
  /** Shows another message. */
  jump: (id: string) => void;
  /** Starts an answer to a message; null where none can be written. */
  reply: ((message: Message) => void) | null;
  /** Sends a message once more; null where nothing can be sent. */
  again: ((id: string) => void) | null;
  /** Why that was refused. */
  refused: { id: string; problem: string } | null;
}

export function renderGroup(group: Extract<Item, { kind: 'group' }>, context: BubbleContext): TemplateResult {
  const { author, messages } = group;
  const customer = author.kind === 'customer';
  const name = nameOf(context.session);
  const { photo } = context.session.customer;
  const isSelf = author.kind === 'agent' && author.agent.id === context.self;
  return html`<div class="group ${customer ? '' : 'end'} ${author.kind}">
    <span class="author ${isSelf ? 'unseen' : ''}">${authorName(author, context)}</span>
    ${customer ? html`<pl-avatar size="28" .name=${name} .photo=${photo}></pl-avatar>` : nothing}
    ${repeat(
      messages,
      (message) => message.seq,
      (message) => renderMessage(message, context),
    )}
    ${renderFoot(group.at, customer ? null : (messages.at(-1) ?? null), context)}
  </div>`;
}

/** Whose message it is, as the reading agent says it. */
export function authorName(
  author: Author,
  { session, self }: Pick<BubbleContext, 'session' | 'self'>,
): string {
  switch (author.kind) {
    case 'customer':
      return nameOf(session);
    case 'agent':
      return author.agent.id === self ? 'You' : author.agent.name;
    case 'auto':
      return 'Automatic message';
    case 'external':
      return 'Sent outside Parley';
    case 'campaign':
      return `Campaign ${author.campaign.name}`;
  }
}

function renderMessage(message: Message, context: BubbleContext): TemplateResult {
  const { id, content, revoked, reaction, author } = message;
  const { session, again, refused } = context;
  return html`<div class="message ${revoked ? 'revoked' : ''}" id=${messageName(id)} tabindex="-1">
    ${renderOrigin(message)} ${renderQuote(message, context)}
    <div class="line">
      ${author.kind === 'customer' ? nothing : renderReply(message, context)}
      ${renderMark(message, session) ?? nothing}
      <div class="body">${renderContent(content, context)}</div>
      ${author.kind === 'customer' ? renderReply(message, context) : nothing}
    </div>
    ${
      reaction
        ? html`<span class="reaction" title=${`Reaction of ${nameOf(session)}`}
            ><span class="unseen">Reaction of ${nameOf(session)}: </span>${reaction}</span
          >`
        : nothing
    }
    ${renderChanges(message)}
    ${renderFailure(message, { again, problem: refused?.id === id ? refused.problem : null })}
  </div>`;
}

function renderReply(message: Message, { reply, session }: BubbleContext): TemplateResult | typeof nothing {
  if (!reply || !rulesOf(session).replies) return nothing;
  const label = `Reply to: ${preview(message.content)}`;
  return html`<button
    class="icon-button act"
    aria-label=${label}
    title="Reply"
    @click=${() => reply(message)}
  >
    <pl-icon name="reply"></pl-icon>
  </button>`;
}

/** Where the customer came from, and that they only passed it on. */
function renderOrigin({ context: { referral, forwarded } }: Message): TemplateResult {
  const what = referral?.title ?? referral?.url ?? '';
  const from = /^ads?$/i.test(referral?.source ?? '') ? 'From an ad' : 'Came from';
  return html`${
    referral
      ? html`<span class="remark"
          ><pl-icon name="megaphone"></pl-icon> ${from}:
          ${
            referral.url && /^https?:\/\//i.test(referral.url)
              ? html`<a href=${referral.url} target="_blank" rel="noopener noreferrer nofollow">${what}</a>`
              : what || referral.source
          }</span
        >`
      : nothing
  }
  ${forwarded ? html`<span class="remark">Forwarded</span>` : nothing}`;
}

function renderQuote(
  { context: { replyTo } }: Message,
  context: BubbleContext,
): TemplateResult | typeof nothing {
  if (replyTo === undefined) return nothing;
  const found = context.find(replyTo);
  if (!found) return html`<span class="quote"><span>An earlier message</span></span>`;
  return html`<button class="quote" @click=${() => context.jump(replyTo)}>
    <strong>${authorName(found.author, context)}</strong>
    <span>${preview(found.content)}</span>
  </button>`;
}

function renderChanges({ revoked, earlier, content }: Message): TemplateResult {
  const texts = earlier.filter((text) => text !== textOf(content));
  return html`${revoked ? html`<span class="remark">Deleted by the customer</span>` : nothing}
  ${
    texts.length > 0
      ? html`<details class="remark">
          <summary>Edited</summary>
          ${texts.map((text) => html`<p>${text}</p>`)}
        </details>`
      : nothing
  }`;
}

function renderFoot(at: number, sent: Message | null, { session }: BubbleContext): TemplateResult {
  return html`<span class="foot">
    <time datetime=${new Date(at).toISOString()} title=${exactTime(at)}>${clockTime(at)}</time>
    ${sent && session.channel.provider === null ? renderChatMark(sent.seq, session) : nothing}
  </span>`;
}

/** In live chat, one tick is stored, two are delivered, two in the accent are read. */
function renderChatMark(seq: number, { marks }: InboxSession): TemplateResult {
  const { delivered, read } = marks.customer;
  if (seq <= read)
    return html`<pl-icon class="read" name="checkCheck"></pl-icon><span class="unseen">Read</span>`;
  if (seq <= delivered)
    return html`<pl-icon name="checkCheck"></pl-icon><span class="unseen">Delivered</span>`;
  return html`<pl-icon name="check"></pl-icon><span class="unseen">Sent</span>`;
}
