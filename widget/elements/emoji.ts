/**
 * `<parley-emoji>`: the emoji picker, fetched when it is first opened. Its words come from the Unicode CLDR
 * by emoji-picker-element-data. That project's own element writes markup and style elements, which strict
 * Content-Security-Policies and Trusted Types forbid, so this one draws the same data.
 */
import { html, type TemplateResult } from 'lit';
import { emojiIn, type Emoji } from '../emoji.ts';
import { search } from '../icons.ts';
import { current } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import css from './emoji.css?inline';

/** One emoji to stand for each of Unicode's groups, by their numbers. */
const groups: Record<number, string> = {
  0: '😀',
  1: '👋',
  3: '🐻',
  4: '🍎',
  5: '🚗',
  6: '⚽',
  7: '💡',
  8: '❤️',
  9: '🏁',
};

export class ParleyEmoji extends PanelElement {
  static override styles = styles(css);
  static override properties = { rows: { state: true }, sought: { state: true }, group: { state: true } };

  declare private rows: readonly Emoji[];
  declare private sought: string;
  declare private group: number;

  constructor() {
    super();
    this.rows = [];
    this.sought = '';
    this.group = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void emojiIn(current.language).then((rows) => (this.rows = rows));
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  #handleSearch(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.sought = event.target.value.trim().toLocaleLowerCase();
  }

  #handleClick(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.value) this.tell('parley-emoji', button.value);
  }

  /** Arrows walk the grid, so that Tab need not pass two thousand buttons. */
  #handleKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (step === undefined || !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const buttons = [...this.renderRoot.querySelectorAll<HTMLButtonElement>('.grid button')];
    const sideways = current.rtl && Math.abs(step) === 1 ? -step : step;
    const next = buttons[buttons.indexOf(event.target) + sideways];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  protected override render(): TemplateResult {
    const { words } = current;
    const found = this.rows.filter(([group, , names]) =>
      this.sought ? names.includes(this.sought) : group === this.group,
    );
    return html`
      <div class="picker" role="group" aria-label=${words.emoji}>
        <label class="search">
          ${icon(search)}
          <input
            type="search"
            aria-label=${words.searchEmoji}
            placeholder=${words.searchEmoji}
            @input=${this.#handleSearch}
          />
        </label>
        <div class="groups">
          ${Object.entries(groups).map(
            ([group, sign]) =>
              html`<button
                aria-label=${sign}
                aria-pressed=${!this.sought && Number(group) === this.group}
                @click=${() => (this.group = Number(group))}
              >
                ${sign}
              </button>`,
          )}
        </div>
        <div class="grid" @click=${this.#handleClick} @keydown=${this.#handleKey}>
          ${found
            .slice(0, 400)
            .map(
              ([, emoji, names], index) =>
                html`<button
                  value=${emoji}
                  title=${names.split('|')[0] ?? emoji}
                  aria-label=${names.split('|')[0] ?? emoji}
                  .tabIndex=${index === 0 ? 0 : -1}
                >
                  ${emoji}
                </button>`,
            )}
          ${found.length === 0 && this.rows.length > 0 ? html`<p>${words.noEmoji}</p>` : ''}
        </div>
      </div>
    `;
  }
}

define('parley-emoji', ParleyEmoji);
