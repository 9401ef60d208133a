/** Pieces that every form has: what went wrong as a whole, submitting by Enter in the library's inputs, and its foot. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../core/errors.ts';
import type { Form } from './form.ts';
import './confirm.ts';
import './notice.ts';
import './save-bar.ts';

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

interface Deletion {
  /** Of its button, such as `Delete queue`. */
  label: string;
  /** What is asked first. */
  question: string;
  busy?: boolean;
  confirmed: () => unknown;
}

interface SaveBarOptions {
  /** Whether there is something to save, where the form's values do not say it all. */
  dirty?: boolean;
  /** Something new may be saved as it stands. */
  fresh?: boolean;
  label?: string;
  /** Stands at the end side; null where there is nothing to delete, or not by them. */
  deletion?: Deletion | null;
}

/** The last part of a page's `<form>`: Save, what it came to, undoing changes, and Delete. */
export function saveBar(
  form: Pick<Form<object>, 'dirty' | 'busy' | 'saved' | 'revert'>,
  { dirty = form.dirty, fresh = false, label = 'Save', deletion = null }: SaveBarOptions = {},
): TemplateResult {
  return html`<pl-save-bar
    label=${label}
    ?dirty=${dirty}
    ?busy=${form.busy}
    ?saved=${form.saved}
    ?fresh=${fresh}
    @revert=${() => void form.revert()}
    >${
      deletion === null
        ? nothing
        : html`<pl-confirm
            label=${deletion.label}
            question=${deletion.question}
            ?busy=${deletion.busy ?? false}
            @confirmed=${deletion.confirmed}
          ></pl-confirm>`
    }</pl-save-bar
  >`;
}
