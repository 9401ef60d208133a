/** /canned-responses: texts to insert in conversations. Agents keep their own here, admins also everybody's. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { CannedResponse } from '../../core/cannedResponse.ts';
import type { Problem } from '../../core/errors.ts';
import { account } from '../data/account.ts';
import { deleteCannedResponse, readCannedResponses } from '../data/canned.ts';
import { Watch } from '../data/store.ts';
import type { Column } from '../elements/data-table.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/icon.ts';
import '../elements/page-header.ts';
import '../elements/search.ts';

/** One line of the table is enough to know a text by. */
const shownLength = 160;

@customElement('pl-canned-responses')
export class PlCannedResponses extends LitElement {
  static override styles = [
    base,
    page,
    css`
      pl-notice {
        margin-block-end: var(--parley-space-4);
      }
    `,
  ];

  @state() private search = '';
  @state() private problem: Problem | null = null;
  private account = new Watch(this, account);
  private responses = new Loading(this, readCannedResponses);

  private get isAdmin(): boolean {
    return this.account.value?.me?.role === 'admin';
  }

  private async drop(id: string): Promise<void> {
    const answer = await deleteCannedResponse(id);
    this.problem = 'problem' in answer ? answer.problem : null;
    await this.responses.reload();
  }

  private get columns(): Column<CannedResponse>[] {
    return [
      { label: 'Shortcut', cell: (one) => this.renderShortcut(one) },
      { label: 'Text', cell: renderText },
      { label: 'For', cell: ({ shared }) => (shared ? 'Everybody' : 'Only you') },
      { label: '', cell: (one) => (this.mayChange(one) ? this.renderDelete(one) : '') },
    ];
  }

  private mayChange({ shared }: CannedResponse): boolean {
    return !shared || this.isAdmin;
  }

  private renderShortcut(one: CannedResponse): TemplateResult {
    return this.mayChange(one)
      ? html`<a href=${`/canned-responses/${encodeURIComponent(one.id)}`}>/${one.shortcut}</a>`
      : html`/${one.shortcut}`;
  }

  private renderDelete({ id, shortcut, shared }: CannedResponse): TemplateResult {
    return html`<pl-confirm
      size="s"
      label="Delete"
      question=${shared ? `Delete /${shortcut} for everybody?` : `Delete /${shortcut}?`}
      @confirmed=${() => void this.drop(id)}
    ></pl-confirm>`;
  }

  override render() {
    return html`
      <pl-page-header
        heading="Canned responses"
        help=${
          this.isAdmin
            ? 'Texts that are inserted in a conversation by typing / and a shortcut. Yours are for you alone.'
            : 'Texts that you insert in a conversation by typing / and a shortcut. Nobody else sees your own.'
        }
      >
        <wa-button slot="action" href="/canned-responses/new" variant="brand" appearance="accent">
          <pl-icon slot="start" name="plus"></pl-icon>Add response
        </wa-button>
      </pl-page-header>
      ${problemNotice(this.problem)} ${this.responses.render((all) => this.renderList(all))}
    `;
  }

  private renderList(all: readonly CannedResponse[]): TemplateResult {
    if (all.length === 0) {
      return html`<pl-empty icon="canned" heading="No canned responses yet">
        Add what you write again and again, such as your opening hours. In a conversation it is then two or
        three keys away.
      </pl-empty>`;
    }
    const rows = all.filter(({ shortcut, title, text }) =>
      matches(this.search, [`/${shortcut}`, title, text]),
    );
    return html`
      <pl-search
        label="Search canned responses"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      ${
        rows.length > 0
          ? html`<pl-table caption="Canned responses" .columns=${this.columns} .rows=${rows}></pl-table>`
          : html`<p class="quiet" role="status">No canned response matches the search.</p>`
      }
    `;
  }
}

function renderText({ title, text }: CannedResponse): TemplateResult {
  return html`<div>
    ${title === '' ? nothing : html`<strong>${title}</strong>`}
    <div dir="auto">${shortened(text)}</div>
  </div>`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > shownLength ? `${line.slice(0, shownLength).toWellFormed()}…` : line;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-canned-responses': PlCannedResponses;
  }
}
