/** What stands in the way of deleting channels (CH-15): says so, and offers to end the open sessions. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../core/errors.ts';
import { problemNotice } from '../elements/form-parts.ts';
import '../elements/confirm.ts';
import '../elements/notice.ts';

export function deletionNotice(
  problem: Problem | null,
  busy: boolean,
  endSessions: () => void,
): TemplateResult | typeof nothing {
  if (problem?.code !== 'in_use') return problemNotice(problem);
  return html`<pl-notice tone="error">
    <div class="row">
      <span
        >${problem.message}
        ${problem.details ? html`<strong>${problem.details.join(', ')}</strong>` : nothing}</span
      >
      <pl-confirm
        size="s"
        label="Delete and end the sessions"
        question="Open sessions are closed, and their customers told. Delete?"
        ?busy=${busy}
        @confirmed=${endSessions}
      ></pl-confirm>
    </div>
  </pl-notice>`;
}
