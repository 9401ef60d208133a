/** A call in the timeline: what became of it, and when. */
import { html, type TemplateResult } from 'lit';
import { exactTime } from '../elements/times.ts';
import { callWords, isMissed } from './call-words.ts';
import type { Item } from './timeline.ts';
import '../elements/icon.ts';

export function renderCall(
  { call, at }: Extract<Item, { kind: 'call' }>,
  self: string | null,
): TemplateResult {
  const missed = isMissed(call);
  return html`<p class="system call ${missed ? 'missed' : ''}" title=${exactTime(at)}>
    <pl-icon name=${missed ? 'phoneMissed' : 'phone'}></pl-icon>${callWords(call, self)}
  </p>`;
}
