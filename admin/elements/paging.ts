/** Fetches a list page by page: pending, then its rows or the problem; more are added below. */
import { css, html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import type { ListPage, PageWanted } from '../data/pages.ts';
import './webawesome.ts';

export class Paging<Row> {
  /** Null before the first answer. */
  rows: readonly Row[] | null = null;
  total = 0;
  problem: Problem | null = null;
  /** Further rows are on their way. */
  busy = false;
  #next: string | null = null;
  /** Of several answers on their way the newest question's counts. */
  #turn = 0;
  #loading: Promise<unknown> = Promise.resolve();

  /** `most` rows are in the largest page that the server gives; `onRows` is told after each page. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly fetch: (wanted: PageWanted) => Promise<Answer<ListPage<Row>>>,
    private readonly most: number,
    private readonly onRows: (rows: readonly Row[]) => void = () => undefined,
  ) {}

  /** Reads the first page, in place of what is shown. */
  begin(): Promise<void> {
    return this.#read([]);
  }

  /** Reads again what is shown; beyond the largest page what is further down stays as it was. */
  reload(): Promise<void> {
    return this.#read(this.rows ?? []);
  }

  #read(shown: readonly Row[]): Promise<void> {
    const loading = this.#readPage(shown);
    this.#loading = loading;
    return loading;
  }

  async #readPage(shown: readonly Row[]): Promise<void> {
    const page = await this.#ask(shown.length > 0 ? { limit: Math.min(shown.length, this.most) } : {});
    if (!page) return;
    const further = shown.slice(this.most);
    if (further.length === 0) this.#next = page.next;
    this.#take([...page.rows, ...further], page.total);
  }

  /** Adds the next page, once what is being read is there. */
  async more(): Promise<void> {
    this.busy = true;
    this.host.requestUpdate();
    await this.#loading;
    const page = await this.#ask({ after: this.#next });
    this.busy = false;
    this.host.requestUpdate();
    if (!page) return;
    this.#next = page.next;
    this.#take([...(this.rows ?? []), ...page.rows], page.total);
  }

  /** Null when there is a problem, or a newer question. */
  async #ask(wanted: PageWanted): Promise<ListPage<Row> | null> {
    const turn = ++this.#turn;
    const answer = await this.fetch(wanted);
    if (turn !== this.#turn) return null;
    this.problem = 'problem' in answer ? answer.problem : null;
    this.host.requestUpdate();
    return 'value' in answer ? answer.value : null;
  }

  #take(rows: readonly Row[], total: number): void {
    this.rows = rows;
    this.total = total;
    this.host.requestUpdate();
    this.onRows(rows);
  }

  /** The way to the next page, as long as there is one. */
  renderMore(): TemplateResult | typeof nothing {
    if (this.#next === null || this.rows === null) return nothing;
    return html`<p class="more">
      <wa-button appearance="plain" ?loading=${this.busy} @click=${() => void this.more()}
        >Show more (${(this.total - this.rows.length).toLocaleString()} left)</wa-button
      >
    </p>`;
  }
}

/** Those of the selected rows that are still in a list. */
export function stillThere(selected: ReadonlySet<string>, rows: readonly { id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id).filter((id) => selected.has(id)));
}

/** What stands above a list to find things in it, and what stands below it. */
export const listStyles = css`
  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--parley-space-3);
  }
  .filters pl-search {
    flex: 1 1 220px;
    margin: 0;
  }
  .filters wa-select {
    flex: 0 1 200px;
    min-width: 160px;
  }
  .filters .count {
    flex: 1 0 auto;
    color: var(--parley-text-3);
    line-height: var(--wa-form-control-height);
    text-align: end;
  }
  .more {
    padding: var(--parley-space-4);
    text-align: center;
  }
`;
