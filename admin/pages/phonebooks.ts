/** /phonebooks: the lists that contacts are in. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Phonebook } from '../../core/contact.ts';
import type { Problem } from '../../core/errors.ts';
import { changePhonebook, createPhonebook, deletePhonebook, listPhonebooks } from '../data/contacts.ts';
import type { Column } from '../elements/data-table.ts';
import { textField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { contactPages } from '../elements/page-tabs.ts';
import { base, fields, page } from '../styles/shared.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';

type Draft = Pick<Phonebook, 'id' | 'name'>;
const fresh: Draft = { id: '', name: '' };

@customElement('pl-phonebooks')
export class PlPhonebooks extends LitElement {
  static override styles = [
    base,
    page,
    fields,
    css`
      form {
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: start;
        gap: var(--parley-space-3);
        max-width: 480px;
        margin-block-end: var(--parley-space-6);
      }
      form .row {
        margin-block-start: 26px;
      }
      @media (max-width: 599px) {
        form {
          grid-template-columns: minmax(0, 1fr);
        }
        form .row {
          margin: 0;
        }
      }
    `,
  ];

  /** What is being made (without an id) or renamed. */
  @state() private draft = fresh;
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  private phonebooks = new Loading(this, listPhonebooks);

  private handleSave = async (event: Event) => {
    event.preventDefault();
    const { id, name } = this.draft;
    this.busy = true;
    const answer = await (id === '' ? createPhonebook({ name }) : changePhonebook(id, { name }));
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if (this.problem) return;
    this.draft = fresh;
    await this.phonebooks.reload();
  };

  private async drop(id: string): Promise<void> {
    const answer = await deletePhonebook(id);
    this.problem = 'problem' in answer ? answer.problem : null;
    if (this.draft.id === id) this.draft = fresh;
    await this.phonebooks.reload();
  }

  private get columns(): Column<Phonebook>[] {
    return [
      { label: 'Phonebook', cell: ({ name }) => name },
      { label: 'Contacts', numeric: true, cell: ({ contacts }) => contacts.toLocaleString() },
      {
        label: 'Operations',
        cell: ({ id, name }) =>
          html`<div class="row">
            <wa-button size="s" appearance="outlined" @click=${() => (this.draft = { id, name })}
              >Rename</wa-button
            >
            <pl-confirm
              size="s"
              label="Delete"
              question="Delete this phonebook? Its contacts stay."
              @confirmed=${() => void this.drop(id)}
            ></pl-confirm>
          </div>`,
      },
    ];
  }

  override render() {
    return html`
      <pl-page-header
        heading="Phonebooks"
        help="Lists of contacts, such as the recipients of a campaign. A contact can be in several of them."
      ></pl-page-header>
      <pl-page-tabs label="Contacts" .pages=${contactPages} current="/phonebooks"></pl-page-tabs>
      ${this.problem && !this.problem.field ? problemNotice(this.problem) : nothing} ${this.renderForm()}
      ${this.phonebooks.render(({ phonebooks }) =>
        phonebooks.length > 0
          ? html`<pl-table caption="Phonebooks" .columns=${this.columns} .rows=${phonebooks}></pl-table>`
          : html`<pl-empty icon="contact" heading="No phonebooks yet"
              >Add the first one above, such as “Regular customers”.</pl-empty
            >`,
      )}
    `;
  }

  private renderForm(): TemplateResult {
    const { draft, problem } = this;
    const isNew = draft.id === '';
    return html`<form novalidate @submit=${this.handleSave}>
      ${textField({
        label: isNew ? 'New phonebook' : 'Name',
        value: draft.name,
        maxlength: 60,
        change: (name) => (this.draft = { ...draft, name }),
        ...(problem?.field ? { error: problem.message } : {}),
      })}
      <div class="row">
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${this.busy}
          >${isNew ? 'Add' : 'Save'}</wa-button
        >
        ${
          isNew
            ? nothing
            : html`<wa-button appearance="outlined" @click=${() => (this.draft = fresh)}>Cancel</wa-button>`
        }
      </div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-phonebooks': PlPhonebooks;
  }
}
