/** Pieces that every form has: what went wrong as a whole, and submitting by Enter in the library's inputs. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../core/errors.ts';
import './notice.ts';

/** The form's problem with the names that it is about. */
export function problemNotice(problem: Problem | null): TemplateResult | typeof nothing {
  if (!problem) return nothing;
  const details = problem.details ?? [];
  return html`<pl-notice tone="error"
    >${problem.message}${details.length > 0 ? html` <strong>${details.join(', ')}</strong>` : nothing}</pl-notice
  >`;
}

/** Makes a form's submit ours: the browser neither validates nor navigates. */
export function onSubmit(handler: () => unknown): (event: SubmitEvent) => void {
  return (event) => {
    event.preventDefault();
    void handler();
  };
}
