/**
 * A table that becomes a list of cards on a phone. Rows can be ticked for bulk actions, which stand in the slot
 * `bulk` while any is. Only the first rows are drawn; more come as one scrolls to the end.
 *
 * @fires selection - `selected` has changed.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import './webawesome.ts';

export interface Column<R> {
  label: string;
  cell: (row: R) => TemplateResult | string | number;
  /** Numbers stand at the end side with figures of equal width. */
  numeric?: boolean;
  /** On a phone it has a line for itself, which figures share otherwise. */
  wide?: boolean;
}

const pageOfRows = 100;

@customElement('pl-table')
export class PlTable<R = unknown> extends LitElement {
  static override styles = [
    base,
    css`
      .bulk {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-3);
        padding-block-end: var(--parley-space-3);
      }
      .scroller {
        position: relative;
        overflow-x: auto;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface);
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 10px var(--parley-space-4);
        text-align: start;
        vertical-align: middle;
      }
      th {
        font-size: var(--parley-text-small);
        font-weight: var(--parley-weight-medium);
        color: var(--parley-text-3);
        white-space: nowrap;
      }
      tbody tr {
        border-block-start: 1px solid var(--parley-border);
      }
      tbody tr:hover {
        background: var(--parley-surface-2);
      }
      tbody tr.selected {
        background: var(--parley-accent-tint);
      }
      @media (min-width: 768px) {
        :host([dense]) :is(th, td) {
          padding-inline: 6px;
        }
        :host([dense]) :is(th, td):first-child {
          padding-inline-start: var(--parley-space-3);
        }
        :host([dense]) :is(th, td):last-child {
          padding-inline-end: var(--parley-space-3);
        }
      }
      .numeric {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      .tick {
        width: 1px;
        padding-inline-end: 0;
      }
      td a {
        color: var(--parley-text-1);
        font-weight: var(--parley-weight-medium);
        text-decoration: none;
        overflow-wrap: break-word;
      }
      td a:hover {
        text-decoration: underline;
      }
      .person {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        min-width: 0;
      }
      td.lead {
        min-width: 140px;
      }
      input[type='checkbox'] {
        width: 18px;
        height: 18px;
        margin: 0;
        accent-color: var(--parley-accent);
        vertical-align: middle;
      }
      .more {
        padding: var(--parley-space-4);
        text-align: center;
      }
      @media (max-width: 767px) {
        .scroller {
          border: 0;
          background: none;
        }
        table,
        tbody {
          display: block;
        }
        thead {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        tbody {
          display: grid;
          gap: var(--parley-space-3);
        }
        tbody tr {
          position: relative;
          display: grid;
          grid-template-columns: repeat(2, minmax(0, 1fr));
          gap: var(--parley-space-1) var(--parley-space-6);
          padding: var(--parley-space-3) var(--parley-space-4);
          border: 1px solid var(--parley-border);
          border-radius: var(--parley-radius-card);
          background: var(--parley-surface);
        }
        td {
          display: flex;
          justify-content: space-between;
          gap: var(--parley-space-4);
          padding: 2px 0;
          text-align: end;
        }
        td:not(.numeric),
        td.wide {
          grid-column: 1 / -1;
        }
        td:not([data-label]) {
          justify-content: flex-end;
        }
        td[data-label]::before {
          content: attr(data-label);
          flex: none;
          color: var(--parley-text-3);
          font-size: var(--parley-text-small);
        }
        td:empty {
          display: none;
        }
        td.lead {
          justify-content: flex-start;
          text-align: start;
          padding-inline-end: var(--parley-space-8);
          font-size: var(--parley-text-large);
        }
        td.lead::before {
          content: none;
        }
        td.tick {
          grid-column: auto;
          position: absolute;
          inset-block-start: var(--parley-space-3);
          inset-inline-end: var(--parley-space-4);
          width: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) columns: Column<R>[] = [];
  @property({ attribute: false }) rows: R[] = [];
  @property({ attribute: false }) idOf: (row: R) => string = () => '';
  /** What a row is called, for those who hear the page. */
  @property({ attribute: false }) nameOf: (row: R) => string = () => '';
  @property({ type: Boolean }) selectable = false;
  /** Many columns: less space between them. */
  @property({ type: Boolean, reflect: true }) dense = false;
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property() caption = '';
  /** All rows are shown at once: they come in pages already. */
  @property({ type: Boolean }) whole = false;
  @state() private shown = pageOfRows;

  private select(selected: Set<string>): void {
    this.selected = selected;
    this.dispatchEvent(new Event('selection'));
  }

  private handleRow(id: string, on: boolean): void {
    const next = new Set(this.selected);
    if (on) next.add(id);
    else next.delete(id);
    this.select(next);
  }

  private handleAll = (event: Event) => {
    const on = (event.target as HTMLInputElement).checked;
    this.select(new Set(on ? this.rows.map((row) => this.idOf(row)) : []));
  };

  override render() {
    const all = this.rows.length > 0 && this.selected.size === this.rows.length;
    return html`
      ${
        this.selected.size > 0
          ? html`<div class="bulk">
              <span role="status">${this.selected.size} selected</span>
              <slot name="bulk"></slot>
            </div>`
          : nothing
      }
      <div class="scroller">
        <table role="table" aria-label=${this.caption}>
          <thead role="rowgroup">
            <tr role="row">
              ${
                this.selectable
                  ? html`<th role="columnheader" class="tick">
                      <input
                        type="checkbox"
                        aria-label="Select all"
                        .checked=${all}
                        .indeterminate=${this.selected.size > 0 && !all}
                        @change=${this.handleAll}
                      />
                    </th>`
                  : nothing
              }
              ${this.columns.map(
                (column) =>
                  html`<th role="columnheader" scope="col" class=${column.numeric ? 'numeric' : ''}>
                    ${column.label || html`<span class="unseen">Actions</span>`}
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${(this.whole ? this.rows : this.rows.slice(0, this.shown)).map((row) => this.renderRow(row))}
          </tbody>
        </table>
      </div>
      ${
        !this.whole && this.rows.length > this.shown
          ? html`<p class="more">
              <wa-button appearance="plain" @click=${() => (this.shown += pageOfRows)}
                >Show more (${this.rows.length - this.shown} left)</wa-button
              >
            </p>`
          : nothing
      }
    `;
  }

  private renderRow(row: R): TemplateResult {
    const id = this.idOf(row);
    const selected = this.selected.has(id);
    return html`<tr role="row" class=${selected ? 'selected' : ''}>
      ${
        this.selectable
          ? html`<td role="cell" class="tick">
              <input
                type="checkbox"
                aria-label=${`Select ${this.nameOf(row)}`}
                .checked=${selected}
                @change=${(event: Event) => this.handleRow(id, (event.target as HTMLInputElement).checked)}
              />
            </td>`
          : nothing
      }
      ${this.columns.map((column, index) => this.renderCell(column, row, index))}
    </tr>`;
  }

  private renderCell(column: Column<R>, row: R, index: number): TemplateResult {
    const kind = [
      ...(column.numeric ? ['numeric'] : []),
      ...(column.wide ? ['wide'] : []),
      ...(index === 0 ? ['lead'] : []),
    ].join(' ');
    return column.label
      ? html`<td role="cell" class=${kind} data-label=${column.label}>${column.cell(row)}</td>`
      : html`<td role="cell" class=${kind}>${column.cell(row)}</td>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-table': PlTable;
  }
}
