/**
 * Templates of WhatsApp to choose from, with a search; those that cannot be sent say why.
 *
 * @fires choose - One was pressed (`chosen`).
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { previewOf, type Template } from '../../core/template.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { base } from '../styles/shared.ts';
import '../elements/search.ts';

@customElement('pl-template-list')
export class PlTemplateList extends LitElement {
  static override styles = [
    base,
    css`
      .choices {
        display: grid;
        gap: 2px;
      }
      .choice {
        display: grid;
        gap: 2px;
        width: 100%;
        min-height: 44px;
        padding: var(--parley-space-2) var(--parley-space-3);
        border: 0;
        border-radius: var(--parley-radius);
        background: none;
        text-align: start;
        overflow-wrap: anywhere;
      }
      .choice:hover:not(:disabled) {
        background: var(--parley-surface-3);
      }
      .choice:disabled {
        color: var(--parley-text-3);
      }
      .name {
        font-weight: var(--parley-weight-medium);
      }
      .text {
        display: -webkit-box;
        overflow: hidden;
        color: var(--parley-text-2);
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
    `,
  ];

  @property({ attribute: false }) templates: readonly Template[] = [];
  @state() private search = '';
  chosen: Template | null = null;

  private handleChoose(template: Template): void {
    this.chosen = template;
    this.dispatchEvent(new Event('choose'));
  }

  override render() {
    if (this.templates.length === 0) {
      return html`<p class="quiet">
        This channel has no templates. An admin can create them in WhatsApp Manager and read them in the
        channel's settings.
      </p>`;
    }
    const shown = this.templates.filter(({ name, language, body }) =>
      matches(this.search, [name, language, body.text]),
    );
    return html`
      <pl-search
        label="Search templates"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      ${shown.length === 0 ? html`<p class="quiet">No template matches the search.</p>` : nothing}
      <ul class="choices">
        ${repeat(
          shown,
          ({ id }) => id,
          (template) =>
            html`<li>
              <button
                type="button"
                class="choice"
                ?disabled=${template.unsendable !== null}
                @click=${() => this.handleChoose(template)}
              >
                <span class="name">${template.name}</span>
                <span class="quiet small">${template.language}</span>
                <span class="text">${template.unsendable ?? previewOf(template).body}</span>
              </button>
            </li>`,
        )}
      </ul>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-template-list': PlTemplateList;
  }
}
