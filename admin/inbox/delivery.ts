/** How far a message has got: a mark beside it, and what to do where it did not arrive. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Message } from '../../core/conversation.ts';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { codeOf, promptOf, type SendError } from '../../core/sendError.ts';
import type { IconName } from '../elements/icons.ts';
import '../elements/icon.ts';

export const deliveryStyles = css`
  .mark {
    flex: none;
    display: inline-flex;
    align-self: flex-end;
    padding-block-end: var(--parley-space-2);
    color: var(--parley-text-3);
  }
  .mark.read {
    color: var(--parley-accent-text);
  }
  .mark.failed {
    color: var(--parley-red);
  }
  .mark.unknown {
    color: var(--parley-amber);
  }
  .failure {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    align-items: center;
    gap: var(--parley-space-1) var(--parley-space-2);
    max-width: 440px;
    color: var(--parley-red);
    font-size: var(--parley-text-small);
  }
  .failure.unknown {
    color: var(--parley-amber);
  }
  .failure details {
    display: contents;
  }
  .failure summary {
    padding: 2px 4px;
    border-radius: 4px;
    color: var(--parley-accent-text);
    text-decoration: underline;
    text-underline-offset: 2px;
    cursor: pointer;
    list-style: none;
  }
  .failure summary::-webkit-details-marker {
    display: none;
  }
  /* What the details hold stands below the whole line; folded away it takes no gap of it. */
  .failure details::details-content {
    order: 1;
    width: 100%;
  }
  .failure details:not([open])::details-content {
    display: none;
  }
  .failure dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--parley-space-1) var(--parley-space-3);
    width: 100%;
    padding: var(--parley-space-3);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
    color: var(--parley-text-1);
  }
  .failure dt {
    color: var(--parley-text-3);
  }
  .failure dd {
    overflow-wrap: anywhere;
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
  @media (pointer: coarse) {
    .text-button,
    .failure summary {
      padding-block: var(--parley-space-3);
    }
  }
`;

const marks: Record<DeliveryStatus, { icon: IconName; label: string }> = {
  queued: { icon: 'clock', label: 'Queued' },
  sent: { icon: 'check', label: 'Sent' },
  delivered: { icon: 'checkCheck', label: 'Delivered' },
  read: { icon: 'checkCheck', label: 'Read' },
  failed: { icon: 'circleAlert', label: 'Failed' },
  unknown: { icon: 'question', label: 'Outcome unknown' },
};

/** What a provider reported of our message; nothing for others' messages and live chat, whose marks are in the foot. */
export function renderMark({ author, delivery }: Message, { channel }: InboxSession): TemplateResult | null {
  if (channel.provider === null || author.kind === 'customer' || author.kind === 'external') return null;
  const status = delivery?.status ?? 'queued';
  const { icon, label } = marks[status];
  // Not read aloud as it moves on: only what failed is news.
  return html`<span class="mark ${status}" title=${label} aria-live="off">
    <pl-icon name=${icon}></pl-icon><span class="unseen">${label}</span>
  </span>`;
}

/** Why a message did not arrive, the provider's own words one press away, and how to send it again. */
export function renderFailure(
  { id, delivery }: Message,
  { again, problem }: { again: ((id: string) => void) | null; problem: string | null },
): TemplateResult | typeof nothing {
  if (delivery?.status !== 'failed' && delivery?.status !== 'unknown') return nothing;
  const { status, error } = delivery;
  const unknown = status === 'unknown';
  return html`<div class="failure ${status}">
    <span
      >${unknown ? 'Outcome unknown: it may have arrived or not.' : promptOf(error?.category ?? 'unknown')}</span
    >
    ${error ? renderDetails(error) : nothing}
    ${again ? html`<button class="text-button" @click=${() => again(id)}>Send again</button>` : nothing}
    ${problem ? html`<span role="alert">${problem}</span>` : nothing}
  </div>`;
}

function renderDetails({ category, code, text, hint }: SendError): TemplateResult {
  const lines: [string, string | null | undefined][] = [
    ['What to do', hint],
    ['Error code', codeOf(category)],
    ["Provider's code", code],
    ['Provider says', text],
  ];
  const said = lines.filter(([, value]) => Boolean(value));
  return html`<details>
    <summary>Details</summary>
    <dl>
      ${
        said.length > 0
          ? said.map(
              ([label, value]) =>
                html`<dt>${label}</dt>
                  <dd>${value}</dd>`,
            )
          : html`<dt>Provider says</dt>
              <dd>Nothing more.</dd>`
      }
    </dl>
  </details>`;
}
