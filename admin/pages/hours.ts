/** /hours: when the business is open, in which time zone, and on which days it is not. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { HoursAnswer } from '../../core/api.ts';
import { alwaysOpen, businessHours, type BusinessHours, type Holiday } from '../../core/hours.ts';
import { readHours, saveHours } from '../data/workspace.ts';
import { checkboxField, textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { timeZoneField } from '../elements/time-zone.ts';
import { base, fields, iconButton, page, section } from '../styles/shared.ts';
import { fromClock, toClock } from './clock.ts';
import '../elements/page-header.ts';

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
type Period = BusinessHours['week'][number][number];

@customElement('pl-hours')
export class PlHours extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    iconButton,
    css`
      :host {
        max-width: 800px;
      }
      .day {
        display: grid;
        grid-template-columns: 110px minmax(0, 1fr) auto;
        gap: var(--parley-space-2) var(--parley-space-4);
        align-items: start;
        padding-block: var(--parley-space-3);
      }
      .day + .day {
        border-block-start: 1px solid var(--parley-border);
      }
      .day > strong,
      .closed {
        line-height: var(--wa-form-control-height);
        font-weight: var(--parley-weight-medium);
      }
      .closed {
        font-weight: var(--parley-weight);
        color: var(--parley-text-3);
      }
      .periods {
        display: grid;
        gap: var(--parley-space-2);
      }
      .all-day {
        min-width: 80px;
        line-height: var(--wa-form-control-height);
      }
      .period {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
      }
      input[type='time'] {
        height: var(--wa-form-control-height);
        padding: 0 var(--parley-space-2);
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface);
        color: var(--parley-text-1);
        font: inherit;
        font-size: var(--wa-font-size-m);
        font-variant-numeric: tabular-nums;
      }
      input[aria-invalid='true'] {
        border-color: var(--parley-red-dot);
      }
      .holiday {
        display: grid;
        grid-template-columns: minmax(120px, 1fr) 150px 150px auto auto;
        gap: var(--parley-space-3);
        align-items: start;
        padding-block-end: var(--parley-space-4);
      }
      .holiday + .holiday {
        padding-block-start: var(--parley-space-4);
        border-block-start: 1px solid var(--parley-border);
      }
      .holiday .row {
        min-height: var(--wa-form-control-height);
      }
      @media (max-width: 767px) {
        .day {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .periods {
          grid-row: 2;
          grid-column: 1 / -1;
        }
        .holiday {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .holiday wa-input:first-child {
          grid-column: 1 / -1;
        }
        .holiday .beside {
          margin: 0;
        }
        .holiday .icon-button {
          justify-self: end;
        }
      }
    `,
  ];

  private form = new Form<BusinessHours>(this, alwaysOpen('UTC'));
  private loaded = new Loading(this, readHours, ({ hours }) => this.form.reset(hours));

  private handleSubmit = onSubmit(async () => {
    const saved = await this.form.submit(businessHours, saveHours);
    if (!saved) return;
    await this.form.markSaved(saved.hours);
    this.loaded.value = saved;
    this.requestUpdate();
  });

  private setDay(index: number, periods: Period[]): void {
    const week = this.form.values.week.map((day, at) => (at === index ? periods : day));
    this.form.set({ week: week as BusinessHours['week'] });
  }

  private setHoliday(index: number, patch: Partial<Holiday>): void {
    const holidays = this.form.values.holidays.map((one, at) => (at === index ? { ...one, ...patch } : one));
    this.form.set({ holidays });
  }

  private handleAddHoliday = () => {
    const today = new Date().toISOString().slice(0, 10);
    const holiday: Holiday = { name: '', from: today, to: today, yearly: false };
    this.form.set({ holidays: [...this.form.values.holidays, holiday] });
  };

  override render() {
    const { form } = this;
    return html`
      <pl-page-header
        heading="Business hours"
        help="They decide which greeting a visitor reads: the online one while you are open, else the offline one. Visitors can call only while you are open."
      ></pl-page-header>
      ${this.loaded.render(
        (answer) =>
          html`<form novalidate @submit=${this.handleSubmit}>
            ${renderNow(answer)} ${problemNotice(form.problem)}
            <section>
              ${timeZoneField({
                value: form.values.timeZone,
                error: form.error('timeZone'),
                help: 'Type part of a city, such as Berlin.',
                change: (timeZone) => form.set({ timeZone }),
              })}
            </section>
            <section>
              <header>
                <h2>Weekly hours</h2>
                <p>A day can have several periods, such as before and after lunch.</p>
              </header>
              <div>${days.map((name, index) => this.renderDay(name, index))}</div>
            </section>
            <section>
              <header>
                <h2>Holidays</h2>
                <p>On these days you are closed, whatever the weekly hours say.</p>
              </header>
              ${
                form.values.holidays.length > 0
                  ? html`<div>
                      ${form.values.holidays.map((holiday, index) => this.renderHoliday(holiday, index))}
                    </div>`
                  : nothing
              }
              <div>
                <wa-button appearance="outlined" @click=${this.handleAddHoliday}>
                  <pl-icon slot="start" name="plus"></pl-icon>Add holiday
                </wa-button>
              </div>
            </section>
            ${saveBar(form)}
          </form>`,
      )}
    `;
  }

  private renderDay(name: string, index: number): TemplateResult {
    const periods = this.form.values.week[index] ?? [];
    const error = this.form.errorWithin(`week.${index}`);
    return html`<div class="day" role="group" aria-label=${name}>
      <strong>${name}</strong>
      <div class="periods">
        ${periods.length === 0 ? html`<span class="closed">Closed</span>` : nothing}
        ${periods.map((period, at) => this.renderPeriod(name, index, periods, period, at))}
        ${error ? html`<p class="field-error" data-invalid tabindex="-1">${error}</p>` : nothing}
      </div>
      ${
        isAllDay(periods)
          ? nothing
          : html`<button
              type="button"
              class="icon-button"
              aria-label=${`Add a period on ${name}`}
              @click=${() => this.setDay(index, [...periods, nextPeriod(periods)])}
            >
              <pl-icon name="plus"></pl-icon>
            </button>`
      }
    </div>`;
  }

  private renderPeriod(
    name: string,
    index: number,
    periods: Period[],
    period: Period,
    at: number,
  ): TemplateResult {
    const change = (patch: Partial<Period>) =>
      this.setDay(
        index,
        periods.map((one, other) => (other === at ? { ...one, ...patch } : one)),
      );
    const invalid = this.form.errorWithin(`week.${index}.${at}`) !== undefined;
    if (isAllDay([period])) {
      return html`<div class="period">
        <span class="all-day">All day</span>
        <wa-button size="s" appearance="plain" @click=${() => change({ from: 9 * 60, to: 17 * 60 })}
          >Set times<span class="unseen"> on ${name}</span></wa-button
        >
        <wa-button size="s" appearance="plain" @click=${() => this.setDay(index, [])}
          >Close<span class="unseen"> on ${name}</span></wa-button
        >
      </div>`;
    }
    return html`<div class="period">
      <input
        type="time"
        aria-label=${`${name} from`}
        aria-invalid=${invalid}
        .value=${toClock(period.from)}
        @change=${(event: Event) => change({ from: fromClock((event.target as HTMLInputElement).value, 'start') })}
      />
      <span aria-hidden="true">–</span>
      <input
        type="time"
        aria-label=${`${name} to`}
        aria-invalid=${invalid}
        .value=${toClock(period.to)}
        @change=${(event: Event) => change({ to: fromClock((event.target as HTMLInputElement).value, 'end') })}
      />
      <button
        type="button"
        class="icon-button"
        aria-label=${`Remove ${toClock(period.from)} to ${toClock(period.to)} on ${name}`}
        @click=${() =>
          this.setDay(
            index,
            periods.filter((_, other) => other !== at),
          )}
      >
        <pl-icon name="x"></pl-icon>
      </button>
    </div>`;
  }

  private renderHoliday(holiday: Holiday, index: number): TemplateResult {
    const error = (field: string) => this.form.error(`holidays.${index}.${field}`);
    return html`<div class="holiday" role="group" aria-label=${holiday.name || 'New holiday'}>
      ${textField({
        label: 'Name',
        value: holiday.name,
        error: error('name'),
        change: (name) => this.setHoliday(index, { name }),
      })}
      ${textField({
        label: 'First day',
        type: 'date',
        value: holiday.from,
        error: error('from'),
        change: (from) => this.setHoliday(index, holiday.to < from ? { from, to: from } : { from }),
      })}
      ${textField({
        label: 'Last day',
        type: 'date',
        value: holiday.to,
        error: error('to'),
        change: (to) => this.setHoliday(index, { to }),
      })}
      <div class="row beside">
        ${checkboxField({
          label: 'Every year',
          checked: holiday.yearly,
          change: (yearly) => this.setHoliday(index, { yearly }),
        })}
      </div>
      <button
        type="button"
        class="icon-button beside"
        aria-label=${`Remove ${holiday.name || 'this holiday'}`}
        @click=${() => this.form.set({ holidays: this.form.values.holidays.filter((_, at) => at !== index) })}
      >
        <pl-icon name="trash"></pl-icon>
      </button>
    </div>`;
  }
}

function renderNow({ now, opensAt, hours }: HoursAnswer): TemplateResult {
  if (now === 'open') return html`<pl-notice tone="good">You are open now.</pl-notice>`;
  const state = now === 'holiday' ? 'Today is a holiday: you are closed.' : 'You are closed now.';
  if (opensAt === null) return html`<pl-notice tone="warning">${state} No opening is set.</pl-notice>`;
  const opens = new Intl.DateTimeFormat(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: hours.timeZone,
  }).format(opensAt);
  return html`<pl-notice tone="info">${state} You open ${opens} (${hours.timeZone}).</pl-notice>`;
}

function isAllDay(periods: readonly Period[]): boolean {
  return periods.some((period) => period.from === 0 && period.to === 24 * 60);
}

/** Nine to five for a first period; after that, from the last one's end on. */
function nextPeriod(periods: readonly Period[]): Period {
  const last = periods.at(-1);
  if (!last) return { from: 9 * 60, to: 17 * 60 };
  const from = Math.min(last.to + 60, 23 * 60);
  return { from, to: Math.min(from + 4 * 60, 24 * 60) };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-hours': PlHours;
  }
}
