/** A note in the conversation, drawn so that nobody takes it for a message. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { clockTime, exactTime } from '../elements/times.ts';
import { renderText } from './content.ts';
import { messageName } from './jump.ts';
import type { Item } from './timeline.ts';
import '../elements/icon.ts';

export const noteStyles = css`
  .note {
    align-self: stretch;
    display: grid;
    gap: 2px;
    padding: var(--parley-space-2) var(--parley-space-3);
    border: 1px solid var(--parley-amber-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-amber-tint);
    color: var(--parley-text-1);
  }
  .note.found {
    outline: 2px solid var(--parley-focus);
  }
  .note .by {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    color: var(--parley-amber);
    font-size: var(--parley-text-small);
  }
  .note .words {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
`;

/** `self` is the reading agent's id. */
export function renderNote(
  { note, at }: Extract<Item, { kind: 'note' }>,
  self: string | null,
): TemplateResult {
  const title = note.agent.id === self ? 'Your note' : `Note by ${note.agent.name}`;
  const forSelf = self !== null && note.mentions.includes(self);
  return html`<div class="note" id=${messageName(note.id)} tabindex="-1">
    <span class="by"
      ><pl-icon name="note"></pl-icon>${title}${forSelf ? html`, for you` : nothing}
      <time datetime=${new Date(at).toISOString()} title=${exactTime(at)}>${clockTime(at)}</time></span
    >
    <span class="words" dir="auto">${renderText(note.text, note.links)}</span>
  </div>`;
}
