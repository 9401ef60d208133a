/** How many SMS a text makes, while it is typed (CH-13). */
import { css, html, type TemplateResult } from 'lit';
import { segmentsOf } from '../../core/segments.ts';

export const segmentStyles = css`
  .segments {
    position: relative;
    padding: 2px 4px;
    border-radius: 4px;
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
    font-variant-numeric: tabular-nums;
    cursor: help;
  }
  .segments .tip {
    position: absolute;
    z-index: 2;
    inset-block-end: calc(100% + 8px);
    inset-inline-end: 0;
    display: none;
    width: 240px;
    padding: var(--parley-space-2) var(--parley-space-3);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius);
    background: var(--parley-surface-raised);
    color: var(--parley-text-1);
    box-shadow: var(--parley-floating);
  }
  .segments:hover .tip,
  .segments:focus .tip {
    display: block;
  }
`;

/** Characters left in the last segment, and segments; what they mean on hover and focus. */
export function renderSegments(text: string): TemplateResult {
  const { encoding, count, left } = segmentsOf(text);
  const words = `${count} SMS ${count === 1 ? 'segment' : 'segments'}, ${left} characters left in the last one. `;
  const why =
    encoding === 'GSM-7'
      ? 'Plain letters: 160 characters in one segment, 153 in each of several (GSM-7).'
      : 'With emoji or other scripts: 70 characters in one segment, 67 in each of several (UCS-2).';
  return html`<span class="segments" tabindex="0" role="note" aria-label=${words + why}
    >${left}/${count}<span class="tip" aria-hidden="true">${words}${why}</span></span
  >`;
}
