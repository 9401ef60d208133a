/** /labels: the labels that agents put on sessions. Agents make them as they go; here they are put in order. */
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { labelColours, type Label } from '../../core/label.ts';
import { changeLabel, createLabel, deleteLabel, labels, readLabels } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import type { Column } from '../elements/data-table.ts';
import { selectField } from '../elements/fields.ts';
import { ListEditor, listEditorStyles } from '../elements/list-editor.ts';
import { chipStyles, renderChip } from '../inbox/labels.ts';
import { base, fields, page } from '../styles/shared.ts';
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

@customElement('pl-label-list')
export class PlLabelList extends LitElement {
  static override styles = [base, page, fields, chipStyles, listEditorStyles];

  private labels = new Watch(this, labels);
  private editor = new ListEditor<Label>(this, {
    noun: 'label',
    maxlength: 40,
    fresh: { id: '', name: '', colour: 'blue' },
    create: ({ name, colour }) => createLabel({ name, colour }),
    change: changeLabel,
    remove: deleteLabel,
    edit: 'Edit',
    deletion: 'It disappears from all sessions.',
  });

  override connectedCallback(): void {
    super.connectedCallback();
    void readLabels();
  }

  private columns: Column<Label>[] = [
    { label: 'Label', cell: renderChip },
    { label: 'Colour', cell: ({ colour }) => colourNames[colour] },
    { label: 'Operations', cell: (label) => this.editor.renderOperations(label) },
  ];

  override render() {
    const { draft } = this.editor;
    const rows = [...this.labels.value.values()];
    return html`
      <pl-page-header
        heading="Labels"
        help="Words that agents put on sessions to find them again. Agents can make new ones in the inbox, too."
      ></pl-page-header>
      ${this.editor.renderForm(
        selectField({
          label: 'Colour',
          value: draft.colour,
          choices: labelColours.map((colour) => ({ value: colour, label: colourNames[colour] })),
          change: (colour) => this.editor.edit({ ...this.editor.draft, colour }),
        }),
      )}
      ${
        rows.length > 0
          ? html`<pl-table caption="Labels" .columns=${this.columns} .rows=${rows}></pl-table>`
          : html`<pl-empty icon="tag" heading="No labels yet"
              >Add the first one above, such as “Urgent”.</pl-empty
            >`
      }
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-label-list': PlLabelList;
  }
}
