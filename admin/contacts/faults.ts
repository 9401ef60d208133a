/** Rows of a file that could not be taken, each with its number and the reason. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { counted } from '../elements/counts.ts';

export interface Fault {
  /** 0 for what came from no file. */
  row: number;
  message: string;
  /** The column that is wrong; absent where the whole row is. */
  column?: string;
}

export const faultStyles = css`
  .faults {
    max-height: 180px;
    overflow-y: auto;
    overflow-wrap: anywhere;
    font-size: var(--parley-text-small);
  }
  .faults ul {
    display: grid;
    gap: var(--parley-space-1);
  }
`;

/** `total` counts also those that are not listed. */
export function renderFaults(
  faults: readonly Fault[],
  label: string,
  total = faults.length,
): TemplateResult | typeof nothing {
  if (total === 0) return nothing;
  return html`<div class="faults" tabindex="0" role="region" aria-label=${label}>
    <ul>
      ${faults.map((fault) => html`<li>${wordsOf(fault)}</li>`)}
      ${total > faults.length ? html`<li>and ${counted(total - faults.length, 'row')} more</li>` : nothing}
    </ul>
  </div>`;
}

function wordsOf({ row, column, message }: Fault): string {
  if (row === 0) return message;
  return `${column ? `Row ${row}, ${column}` : `Row ${row}`}: ${message}`;
}
