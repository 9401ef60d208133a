/** How many SMS a text makes, while it is typed (CH-13). */
import { html, type TemplateResult } from 'lit';
import { segmentsOf } from '../../core/segments.ts';

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
