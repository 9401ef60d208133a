/**
 * Chooses the time that figures are of: a named period, or a range of dates.
 *
 * @fires period - `range` has changed.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { customRange, periods, rangeOf, type Period, type TimeRange } from '../data/periods.ts';
import { base, fields } from '../styles/shared.ts';
import { selectField, textField } from './fields.ts';

const choices = periods.map(({ id, label }) => ({ value: id, label }));

@customElement('pl-period-filter')
export class PlPeriodFilter extends LitElement {
  static override styles = [
    base,
    fields,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: var(--parley-space-3);
        align-items: flex-start;
      }
      wa-select {
        width: 180px;
      }
      wa-input {
        width: 160px;
      }
      @media (max-width: 767px) {
        :host {
          flex: 1 0 100%;
        }
        wa-select {
          width: 100%;
        }
        wa-input {
          flex: 1;
        }
      }
    `,
  ];

  /** Null is all time. */
  range: TimeRange | null = null;
  @property() label = 'Statistics of';
  @state() private period: Period = 'all';
  @state() private first = '';
  @state() private last = '';

  private apply(): void {
    const range =
      this.period === 'custom' ? customRange(this.first, this.last) : rangeOf(this.period, Date.now());
    // Half a range is no range yet: what is shown stays until it is whole.
    if (this.period === 'custom' && range === null) return;
    this.range = range;
    this.dispatchEvent(new Event('period'));
  }

  override render() {
    const backwards = this.first !== '' && this.last !== '' && this.last < this.first;
    return html`
      ${selectField<Period>({
        label: this.label,
        value: this.period,
        choices,
        change: (period) => {
          this.period = period;
          this.apply();
        },
      })}
      ${
        this.period === 'custom'
          ? html`${textField({
              label: 'First day',
              type: 'date',
              value: this.first,
              change: (first) => {
                this.first = first;
                this.apply();
              },
            })}
            ${textField({
              label: 'Last day',
              type: 'date',
              value: this.last,
              error: backwards ? 'Use a day from the first one on.' : undefined,
              change: (last) => {
                this.last = last;
                this.apply();
              },
            })}`
          : nothing
      }
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-period-filter': PlPeriodFilter;
  }
}
