/** A log that is read part by part, newest first, and shown by its days. */
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import type { LogPart } from '../data/pages.ts';
import { problemNotice } from './form-parts.ts';
import { dayName, isSameDay } from './times.ts';
import './notice.ts';
import './webawesome.ts';

export class DayLog<Entry extends { id: number; at: number }> {
  busy = false;
  #entries: readonly Entry[] | null = null;
  #complete = false;
  #problem: Problem | null = null;

  /** `read` answers the newest entries, or those before the one with the id `before`. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly read: (before?: number) => Promise<Answer<LogPart<Entry>>>,
  ) {}

  /** Reads the newest entries, in place of what is shown. */
  reload(): Promise<void> {
    return this.#take([]);
  }

  async #take(shown: readonly Entry[]): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.host.requestUpdate();
    const answer = await this.read(shown.at(-1)?.id);
    this.busy = false;
    this.#problem = 'problem' in answer ? answer.problem : null;
    if ('value' in answer) {
      this.#entries = [...shown, ...answer.value.entries];
      this.#complete = answer.value.complete;
    }
    this.host.requestUpdate();
  }

  /** What is there by its days, or `empty`; the problem, and the way to what is older. */
  render(draw: (entry: Entry) => TemplateResult, empty: TemplateResult): TemplateResult {
    const entries = this.#entries;
    return html`${entries ? (entries.length === 0 ? empty : renderDays(entries, draw)) : nothing}
    ${!entries && !this.#problem ? html`<pl-placeholder></pl-placeholder>` : nothing}
    ${problemNotice(this.#problem)}
    ${
      this.#problem || (entries && !this.#complete)
        ? html`<p class="more">
            <wa-button
              appearance="outlined"
              ?loading=${this.busy}
              @click=${() => void this.#take(entries ?? [])}
              >${this.#problem ? 'Try again' : 'Show older'}</wa-button
            >
          </p>`
        : nothing
    }`;
  }
}

function renderDays<Entry extends { id: number; at: number }>(
  entries: readonly Entry[],
  draw: (entry: Entry) => TemplateResult,
): TemplateResult[] {
  const days: Entry[][] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last?.[0] && isSameDay(last[0].at, entry.at)) last.push(entry);
    else days.push([entry]);
  }
  const now = Date.now();
  return days.map(
    (day) =>
      html`<h2>${dayName(day[0]?.at ?? now, now)}</h2>
        <ol>
          ${repeat(day, ({ id }) => id, draw)}
        </ol>`,
  );
}
