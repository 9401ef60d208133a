/** /labels: the labels that agents put on sessions. Agents make them as they go; here they are put in order. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Problem } from '../../core/errors.ts';
import { labelColours, type Label } from '../../core/label.ts';
import { changeLabel, createLabel, deleteLabel, labels, readLabels } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import type { Column } from '../elements/data-table.ts';
import { selectField, textField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { chipStyles, renderChip } from '../inbox/labels.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';

const colourNames: Record<Label['colour'], string> = {
  neutral: 'Grey',
  blue: 'Blue',
  green: 'Green',
  amber: 'Amber',
  red: 'Red',
  violet: 'Accent',
};

const fresh: Label = { id: '', name: '', colour: 'blue' };

@customElement('pl-label-list')
export class PlLabelList extends LitElement {
  static override styles = [
    base,
    page,
    chipStyles,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 1fr) auto;
        align-items: start;
        gap: var(--parley-space-3);
        max-width: 640px;
        margin-block-end: var(--parley-space-6);
      }
      .row {
        align-self: end;
      }
      @media (max-width: 599px) {
        form {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  /** What is being made (without an id) or changed. */
  @state() private draft: Label = fresh;
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  private labels = new Watch(this, labels);

  override connectedCallback(): void {
    super.connectedCallback();
    void readLabels();
  }

  private handleSave = async (event: Event) => {
    event.preventDefault();
    const { id, ...input } = this.draft;
    this.busy = true;
    const answer = id === '' ? await createLabel(input) : await changeLabel(this.draft);
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if (!this.problem) this.draft = fresh;
  };

  private async drop(id: string): Promise<void> {
    const answer = await deleteLabel(id);
    this.problem = 'problem' in answer ? answer.problem : null;
    if (this.draft.id === id) this.draft = fresh;
  }

  private get columns(): Column<Label>[] {
    return [
      { label: 'Label', cell: renderChip },
      { label: 'Colour', cell: ({ colour }) => colourNames[colour] },
      {
        label: 'Operations',
        cell: (label) =>
          html`<div class="row">
            <wa-button size="s" appearance="outlined" @click=${() => (this.draft = label)}>Edit</wa-button>
            <pl-confirm
              size="s"
              label="Delete"
              question="Delete this label? It disappears from all sessions."
              @confirmed=${() => void this.drop(label.id)}
            ></pl-confirm>
          </div>`,
      },
    ];
  }

  override render() {
    const rows = [...this.labels.value.values()];
    return html`
      <pl-page-header
        heading="Labels"
        help="Words that agents put on sessions to find them again. Agents can make new ones in the inbox, too."
      ></pl-page-header>
      ${this.problem && !this.problem.field ? problemNotice(this.problem) : nothing} ${this.renderForm()}
      ${
        rows.length > 0
          ? html`<pl-table caption="Labels" .columns=${this.columns} .rows=${rows}></pl-table>`
          : html`<pl-empty icon="tag" heading="No labels yet"
              >Add the first one above, such as “Urgent”.</pl-empty
            >`
      }
    `;
  }

  private renderForm(): TemplateResult {
    const { draft, problem } = this;
    return html`<form novalidate @submit=${this.handleSave}>
      ${textField({
        label: draft.id === '' ? 'New label' : 'Name',
        value: draft.name,
        maxlength: 40,
        change: (name) => (this.draft = { ...this.draft, name }),
        ...(problem?.field ? { error: problem.message } : {}),
      })}
      ${selectField({
        label: 'Colour',
        value: draft.colour,
        choices: labelColours.map((colour) => ({ value: colour, label: colourNames[colour] })),
        change: (colour) => (this.draft = { ...this.draft, colour }),
      })}
      <div class="row">
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${this.busy}
          >${draft.id === '' ? 'Add' : 'Save'}</wa-button
        >
        ${
          draft.id === ''
            ? nothing
            : html`<wa-button appearance="outlined" @click=${() => (this.draft = fresh)}>Cancel</wa-button>`
        }
      </div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-label-list': PlLabelList;
  }
}
