/**
 * A row of tabs; the panels are the page's own. Arrow keys move and choose.
 *
 * @fires change - `current` has changed.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import { countText } from './counts.ts';

export interface TabItem {
  id: string;
  label: string;
  /** Shown behind the label when above 0. */
  count?: number;
  /** There may be more than `count`. */
  atLeast?: boolean;
}

@customElement('pl-tabs')
export class PlTabs extends LitElement {
  static override styles = [
    base,
    css`
      [role='tablist'] {
        display: flex;
        gap: var(--parley-space-6);
        padding-inline: var(--tab-inset, 0);
        border-block-end: 1px solid var(--parley-border);
        overflow-x: auto;
        scrollbar-width: none;
      }
      button {
        position: relative;
        flex: none;
        padding: 12px 0 8px;
        border: 0;
        border-block-end: 2px solid transparent;
        background: none;
        color: var(--parley-text-3);
        font-weight: var(--parley-weight-medium);
        white-space: nowrap;
      }
      button:hover {
        color: var(--parley-text-1);
      }
      button[aria-selected='true'] {
        border-color: var(--parley-accent);
        color: var(--parley-text-1);
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      @media (pointer: coarse) {
        button {
          min-width: 44px;
          min-height: 44px;
        }
      }
      /* In the gap behind its label: tabs neither move nor need more room when counts come and go. */
      .count {
        position: absolute;
        inset-block-start: 0;
        inset-inline-start: calc(100% - 6px);
        min-width: 16px;
        padding: 0 4px;
        border-radius: var(--parley-radius-full);
        background: var(--parley-accent);
        color: var(--parley-on-accent);
        font-size: 0.6875rem;
        line-height: 16px;
        font-variant-numeric: tabular-nums;
        text-align: center;
      }
    `,
  ];

  @property() label = '';
  @property({ attribute: false }) tabs: readonly TabItem[] = [];
  @property({ attribute: false }) current = '';

  private choose(id: string): void {
    this.current = id;
    this.dispatchEvent(new Event('change'));
  }

  private handleKey = async (event: KeyboardEvent) => {
    const at = this.tabs.findIndex((tab) => tab.id === this.current);
    const last = this.tabs.length - 1;
    const rtl = getComputedStyle(this).direction === 'rtl';
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    const to =
      { Home: 0, End: last }[event.key] ??
      (step === undefined ? undefined : (at + step + last + 1) % (last + 1));
    const tab = to === undefined ? undefined : this.tabs[to];
    if (!tab) return;
    event.preventDefault();
    this.choose(tab.id);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  };

  override render() {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.handleKey}>
      ${this.tabs.map(
        (tab) =>
          html`<button
            type="button"
            role="tab"
            aria-selected=${tab.id === this.current}
            tabindex=${tab.id === this.current ? 0 : -1}
            @click=${() => this.choose(tab.id)}
          >
            ${tab.label}${
              tab.count
                ? html`<span class="count"
                    >${countText(tab.count, tab.atLeast)}<span class="unseen"> unread</span></span
                  >`
                : nothing
            }
          </button>`,
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-tabs': PlTabs;
  }
}
