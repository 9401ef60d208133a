/** /duplicates: contacts that share a number or an e-mail address, side by side, to be made one. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Contact } from '../../core/contact.ts';
import type { DuplicatesAnswer } from '../../core/contactApi.ts';
import type { Problem } from '../../core/errors.ts';
import { listDuplicates, mergeContacts } from '../data/contacts.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { contactPages } from '../elements/page-tabs.ts';
import { exactTime } from '../elements/times.ts';
import { base, page, section } from '../styles/shared.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';
import '../elements/webawesome.ts';

type Group = DuplicatesAnswer['groups'][number];

@customElement('pl-duplicates')
export class PlDuplicates extends LitElement {
  static override styles = [
    base,
    page,
    section,
    css`
      .people {
        display: grid;
        gap: var(--parley-space-2);
      }
      label {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--parley-space-3);
        align-items: start;
        padding: var(--parley-space-2);
        border-radius: var(--parley-radius);
        cursor: pointer;
      }
      label:hover {
        background: var(--parley-surface-2);
      }
      label:has(:checked) {
        background: var(--parley-accent-tint);
      }
      input {
        margin-block-start: 4px;
        accent-color: var(--parley-accent);
      }
      .about {
        grid-column: 2;
        overflow-wrap: anywhere;
      }
      .end {
        justify-content: flex-end;
      }
    `,
  ];

  /** The contact that stays, for each group by what it shares. */
  @state() private chosen: ReadonlyMap<string, string> = new Map();
  @state() private problem: Problem | null = null;
  @state() private busy = '';
  private found = new Loading(this, listDuplicates);

  private async merge({ shared, contacts }: Group): Promise<void> {
    const into = this.chosen.get(shared) ?? contacts[0]?.id ?? '';
    this.busy = shared;
    const from = contacts.map(({ id }) => id).filter((id) => id !== into);
    const answer = await mergeContacts({ into, from });
    this.busy = '';
    this.problem = 'problem' in answer ? answer.problem : null;
    await this.found.reload();
  }

  override render() {
    return html`
      <pl-page-header
        heading="Duplicates"
        help="Contacts that share a number or an e-mail address. Choose who stays: they get every number of the others."
      ></pl-page-header>
      <pl-page-tabs label="Contacts" .pages=${contactPages} current="/duplicates"></pl-page-tabs>
      <div class="stack">
        ${problemNotice(this.problem)}
        ${this.found.render(({ groups, more }) =>
          groups.length === 0
            ? html`<pl-empty icon="circleCheck" heading="No duplicates"
                >Every number and e-mail address belongs to one contact.</pl-empty
              >`
            : html`${groups.map((group) => this.renderGroup(group))}
              ${more ? html`<p class="quiet">There are more; they appear as these are merged.</p>` : nothing}`,
        )}
      </div>
    `;
  }

  private renderGroup(group: Group): TemplateResult {
    const { shared, contacts } = group;
    const chosen = this.chosen.get(shared) ?? contacts[0]?.id;
    return html`<section aria-label=${`Contacts with ${shared}`}>
      <header><h2>${shared}</h2></header>
      <div class="people" role="radiogroup" aria-label="Who stays">
        ${contacts.map(
          (one) =>
            html`<label>
              <input
                type="radio"
                name=${shared}
                .checked=${one.id === chosen}
                @change=${() => (this.chosen = new Map(this.chosen).set(shared, one.id))}
              />
              <strong>${one.name}</strong>
              <span class="about small quiet">${aboutOf(one)}</span>
            </label>`,
        )}
      </div>
      <div class="row end">
        <wa-button
          variant="brand"
          appearance="accent"
          ?loading=${this.busy === shared}
          @click=${() => void this.merge(group)}
          >Merge ${contacts.length} contacts</wa-button
        >
      </div>
    </section>`;
  }
}

function aboutOf({ company, email, numbers, createdAt }: Contact): string {
  const parts = [company, email, ...numbers.map(({ number }) => number), `added ${exactTime(createdAt)}`];
  return parts.filter(Boolean).join(' · ');
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-duplicates': PlDuplicates;
  }
}
