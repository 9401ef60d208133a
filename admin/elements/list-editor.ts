/**
 * A short list of things with a name that is kept on one page: the form above it adds one or changes one, and each row
 * has its operations.
 */
import { css, html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import { textField } from './fields.ts';
import { onSubmit, problemNotice } from './form-parts.ts';
import './confirm.ts';
import './webawesome.ts';

/** One of the list; its id is empty while it is being made. */
interface Entry {
  id: string;
  name: string;
}

interface ListKind<T extends Entry> {
  /** Such as label. */
  noun: string;
  /** Most characters of a name. */
  maxlength: number;
  /** What a new one begins with. */
  fresh: T;
  create(entry: T): Promise<Answer<unknown>>;
  change(entry: T): Promise<Answer<unknown>>;
  remove(id: string): Promise<Answer<unknown>>;
  /** The word on the button that opens one in the form. */
  edit: string;
  /** What becomes of other things when one is deleted. */
  deletion: string;
  /** Something was stored or deleted. */
  changed?: () => Promise<unknown>;
}

export class ListEditor<T extends Entry> {
  #draft: T;
  #problem: Problem | null = null;
  #busy = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly kind: ListKind<T>,
  ) {
    this.#draft = kind.fresh;
  }

  /** What is being made (without an id) or changed. */
  get draft(): T {
    return this.#draft;
  }

  edit(draft: T): void {
    this.#draft = draft;
    this.host.requestUpdate();
  }

  #save = onSubmit(async () => {
    const { create, change, fresh } = this.kind;
    this.#busy = true;
    this.host.requestUpdate();
    const answer = await (this.#draft.id === '' ? create(this.#draft) : change(this.#draft));
    this.#busy = false;
    this.#problem = 'problem' in answer ? answer.problem : null;
    this.edit(this.#problem ? this.#draft : fresh);
    if (!this.#problem) await this.kind.changed?.();
  });

  async #remove(id: string): Promise<void> {
    const answer = await this.kind.remove(id);
    this.#problem = 'problem' in answer ? answer.problem : null;
    this.edit(this.#draft.id === id ? this.kind.fresh : this.#draft);
    await this.kind.changed?.();
  }

  /** The form; `more` are its fields beside the name. */
  renderForm(more: TemplateResult | typeof nothing = nothing): TemplateResult {
    const problem = this.#problem;
    const isNew = this.#draft.id === '';
    return html`${problem && !problem.field ? problemNotice(problem) : nothing}
      <form class="entry" novalidate @submit=${this.#save}>
        ${textField({
          label: isNew ? `New ${this.kind.noun}` : 'Name',
          value: this.#draft.name,
          maxlength: this.kind.maxlength,
          change: (name) => this.edit({ ...this.#draft, name }),
          ...(problem?.field ? { error: problem.message } : {}),
        })}
        ${more}
        <div class="row beside">
          <wa-button type="submit" variant="brand" appearance="accent" ?loading=${this.#busy}
            >${isNew ? 'Add' : 'Save'}</wa-button
          >
          ${
            isNew
              ? nothing
              : html`<wa-button appearance="outlined" @click=${() => this.edit(this.kind.fresh)}
                  >Cancel</wa-button
                >`
          }
        </div>
      </form>`;
  }

  /** The operations of a row. */
  renderOperations(entry: T): TemplateResult {
    return html`<div class="row">
      <wa-button size="s" appearance="outlined" @click=${() => this.edit(entry)}>${this.kind.edit}</wa-button>
      <pl-confirm
        size="s"
        label="Delete"
        question="Delete this ${this.kind.noun}? ${this.kind.deletion}"
        @confirmed=${() => void this.#remove(entry.id)}
      ></pl-confirm>
    </div>`;
  }
}

export const listEditorStyles = css`
  form.entry {
    display: flex;
    align-items: start;
    gap: var(--parley-space-3);
    max-width: 640px;
    margin-block-end: var(--parley-space-6);
  }
  .entry wa-input {
    flex: 2 1 0;
  }
  .entry wa-select {
    flex: 1 1 0;
  }
  @media (max-width: 599px) {
    form.entry {
      flex-direction: column;
      align-items: stretch;
    }
    .entry .beside {
      margin: 0;
    }
  }
`;
