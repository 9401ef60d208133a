/** Messages as bubbles: a group of one sender, and messages that are still on their way. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Content, Media } from '../../core/content.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import type { OutboxEntry } from '../data/desk-state.ts';
import { clockTime, exactTime } from '../elements/times.ts';
import { textParts, type Item, type MessageEvent } from './timeline.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';

export const bubbleStyles = css`
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
  .foot {
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .author {
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
  .bubble {
    padding: var(--parley-space-2) var(--parley-space-3);
    border-radius: var(--parley-radius-bubble);
    background: var(--parley-surface-3);
  }
  /* Only the words keep their line breaks: the template's own white space must not show. */
  .words {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
  .end .bubble {
    background: var(--parley-accent-tint-2);
  }
  .bubble a {
    color: inherit;
  }
  .auto .bubble {
    background: none;
    box-shadow: inset 0 0 0 1px var(--parley-border);
    color: var(--parley-text-2);
  }
  .bubble.waiting {
    opacity: 0.75;
  }
  .bubble.failed {
    background: var(--parley-red-tint);
    box-shadow: inset 0 0 0 1px var(--parley-red-border);
  }
  .picture {
    display: block;
    max-width: min(320px, 100%);
    padding: 0;
    border: 0;
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface-3);
    overflow: hidden;
    cursor: zoom-in;
  }
  .picture img {
    display: block;
    max-width: 100%;
    max-height: 320px;
    height: auto;
    object-fit: contain;
  }
  .gone {
    display: inline-flex;
    align-items: center;
    gap: var(--parley-space-2);
    color: var(--parley-text-3);
  }
  .failure {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    align-items: center;
    gap: var(--parley-space-1) var(--parley-space-2);
    color: var(--parley-red);
    font-size: var(--parley-text-small);
  }
  progress {
    width: 160px;
    height: 4px;
    accent-color: var(--parley-accent);
  }
  .text-button {
    padding: 2px 4px;
    border: 0;
    border-radius: 4px;
    background: none;
    color: var(--parley-accent-text);
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  @media (max-width: 767px) {
    .bubble {
      font-size: var(--parley-text-phone);
    }
  }
`;

export interface BubbleContext {
  session: InboxSession;
  /** The reading agent's id. */
  self: string | null;
  /** Epoch ms by the edge's clock. */
  now: number;
  showImage: (media: Media) => void;
  /** A picture has got its height. */
  loaded: () => void;
}

export function renderGroup(group: Extract<Item, { kind: 'group' }>, context: BubbleContext): TemplateResult {
  const { author, messages } = group;
  const customer = author.kind === 'customer';
  const name = customer
    ? context.session.customer.name
    : author.kind === 'auto'
      ? 'Automatic message'
      : author.agent.id === context.self
        ? 'You'
        : author.agent.name;
  return html`<div class="group ${customer ? '' : 'end'} ${author.kind === 'auto' ? 'auto' : ''}">
    <span class="author ${author.kind === 'agent' && author.agent.id === context.self ? 'unseen' : ''}"
      >${name}</span
    >
    ${customer ? html`<pl-avatar size="28" .name=${name}></pl-avatar>` : nothing}
    ${repeat(
      messages,
      (message) => message.seq,
      (message) => renderContent(message.body.content, context),
    )}
    ${renderFoot(group.at, customer ? null : (messages.at(-1) ?? null), context)}
  </div>`;
}

function renderFoot(at: number, sent: MessageEvent | null, { session }: BubbleContext): TemplateResult {
  return html`<span class="foot">
    <time datetime=${new Date(at).toISOString()} title=${exactTime(at)}>${clockTime(at)}</time>
    ${sent ? renderMark(sent.seq, session) : nothing}
  </span>`;
}

/** One tick is stored, two are delivered, two in the accent are read. */
function renderMark(seq: number, { marks }: InboxSession): TemplateResult {
  const { delivered, read } = marks.customer;
  if (seq <= read)
    return html`<pl-icon class="read" name="checkCheck"></pl-icon><span class="unseen">Read</span>`;
  if (seq <= delivered)
    return html`<pl-icon name="checkCheck"></pl-icon><span class="unseen">Delivered</span>`;
  return html`<pl-icon name="check"></pl-icon><span class="unseen">Sent</span>`;
}

function renderContent(content: Content, context: BubbleContext): TemplateResult {
  if (content.kind === 'text') {
    const parts = textParts(content.text, content.links).map(({ text, href }) =>
      href ? html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>` : text,
    );
    return html`<div class="bubble"><span class="words">${parts}</span></div>`;
  }
  const { media } = content;
  if (media.expiresAt <= context.now) {
    return html`<div class="bubble">
      <span class="gone"><pl-icon name="imageOff"></pl-icon>File expired</span>
    </div>`;
  }
  return html`<button
    class="picture"
    aria-label=${`Open ${media.name}`}
    @click=${() => context.showImage(media)}
  >
    <img
      src=${media.url}
      alt=${media.name}
      width=${media.width}
      height=${media.height}
      loading="lazy"
      @load=${context.loaded}
    />
  </button>`;
}

const previews = new WeakMap<Blob, string>();

/** A message that the edge has not stored yet. */
export function renderOutgoing(entry: OutboxEntry): TemplateResult {
  const { content, state, problem, progress } = entry;
  const body =
    content.kind === 'text'
      ? html`<div class="bubble ${state === 'failed' ? 'failed' : 'waiting'}">
          <span class="words">${content.text}</span>
        </div>`
      : html`<span class="picture"><img src=${previewOf(content.file)} alt=${content.name} /></span>`;
  const uploading = content.kind === 'image' && content.ticket === null && state !== 'failed';
  return html`${body}
  ${
    state === 'failed'
      ? html`<div class="failure" role="alert">
          <span>${problem?.message ?? 'Not sent.'}</span>
          <button class="text-button" @click=${() => desk.resend(entry.id)}>Send again</button>
          <button class="text-button" @click=${() => desk.discard(entry.id)}>Delete</button>
        </div>`
      : html`<span class="foot">
          ${
            uploading
              ? html`<progress max="1" .value=${progress} aria-label=${`Sending ${content.name}`}></progress>
                  <button class="text-button" @click=${() => desk.discard(entry.id)}>Cancel</button>`
              : html`<pl-icon name=${state === 'stored' ? 'check' : 'clock'}></pl-icon>
                  <span class=${state === 'stored' ? 'unseen' : ''}
                    >${state === 'stored' ? 'Sent' : 'Sending'}</span
                  >`
          }
        </span>`
  }`;
}

/** One address per file, for as long as the file lives in the page. */
export function previewOf(file: Blob): string {
  const known = previews.get(file);
  if (known) return known;
  const url = URL.createObjectURL(file);
  previews.set(file, url);
  return url;
}
