/** Fetches what a page shows: pending, then the value or the problem; `reload` keeps the old value meanwhile. */
import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import './notice.ts';

export class Loading<T> implements ReactiveController {
  value: T | null = null;
  problem: Problem | null = null;
  #turn = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly fetch: () => Promise<Answer<T>>,
    private readonly onValue: (value: T) => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.reload();
  }

  async reload(): Promise<void> {
    const turn = ++this.#turn;
    const answer = await this.fetch();
    // A later reload has been asked for: its answer is the newer one.
    if (turn !== this.#turn) return;
    if ('value' in answer) {
      this.value = answer.value;
      this.problem = null;
      this.onValue(answer.value);
    } else {
      this.problem = answer.problem;
    }
    this.host.requestUpdate();
  }

  /** Draws the value; until there is one a quiet placeholder, or what went wrong with a way to try again. */
  render(draw: (value: T) => TemplateResult): TemplateResult {
    const notice = this.problem
      ? html`<pl-notice tone="error">
          ${this.problem.message}
          <wa-button slot="action" size="s" appearance="outlined" @click=${() => void this.reload()}
            >Try again</wa-button
          >
        </pl-notice>`
      : nothing;
    if (this.value === null) {
      return html`${this.problem ? notice : html`<pl-placeholder></pl-placeholder>`}`;
    }
    return html`${notice}${draw(this.value)}`;
  }
}
