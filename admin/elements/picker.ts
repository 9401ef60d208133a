/**
 * Two boxes, Available and Selected: a press moves a row across. Each box has a search, and can be moved as a
 * whole, so that 500 agents are no more work than five.
 *
 * @fires change - `selected` has changed.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { presences, presenceWord } from '../data/presence.ts';
import { Watch } from '../data/store.ts';
import { base } from '../styles/shared.ts';
import type { IconName } from './icons.ts';
import './avatar.ts';
import './icon.ts';
import './webawesome.ts';

export interface PickerItem {
  id: string;
  label: string;
  detail: string;
  photo?: string | null;
  /** Stands in place of a face. */
  icon?: IconName;
}

type Side = 'available' | 'selected';
const titles: Record<Side, string> = { available: 'Available', selected: 'Selected' };

@customElement('pl-picker')
export class PlPicker extends LitElement {
  static override styles = [
    base,
    css`
      .boxes {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--parley-space-4);
      }
      .box {
        display: flex;
        flex-direction: column;
        height: 340px;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
        overflow: hidden;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--parley-space-2);
        min-height: 44px;
        padding: var(--parley-space-1) var(--parley-space-2) var(--parley-space-1) var(--parley-space-3);
        border-block-end: 1px solid var(--parley-border);
        background: var(--parley-surface-2);
      }
      .search {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        padding: 0 var(--parley-space-3);
        border-block-end: 1px solid var(--parley-border);
        color: var(--parley-text-3);
      }
      .search:focus-within {
        box-shadow: inset 0 0 0 2px var(--parley-focus);
      }
      input {
        flex: 1;
        min-width: 0;
        height: 40px;
        border: 0;
        outline: 0;
        background: none;
        color: var(--parley-text-1);
        font: inherit;
        font-size: var(--wa-font-size-m);
      }
      input::placeholder {
        color: var(--parley-text-3);
      }
      ul {
        flex: 1;
        overflow-y: auto;
        padding: var(--parley-space-1);
      }
      li {
        content-visibility: auto;
        contain-intrinsic-size: auto 44px;
      }
      li button {
        position: relative;
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        width: 100%;
        min-height: 44px;
        padding: var(--parley-space-1) var(--parley-space-2);
        border: 0;
        border-radius: var(--parley-radius);
        background: none;
        text-align: start;
      }
      li button:hover {
        background: var(--parley-surface-3);
      }
      li button:focus-visible {
        outline-offset: -2px;
      }
      .text {
        flex: 1;
        min-width: 0;
        display: grid;
        line-height: 1.3;
      }
      .text span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .group {
        display: grid;
        place-items: center;
        width: 28px;
        height: 28px;
        border-radius: var(--parley-radius-full);
        background: var(--parley-surface-4);
        color: var(--parley-text-2);
      }
      .empty {
        padding: var(--parley-space-6);
        text-align: center;
        color: var(--parley-text-3);
      }
      @media (max-width: 600px) {
        .boxes {
          grid-template-columns: minmax(0, 1fr);
        }
        .box {
          height: 260px;
        }
      }
    `,
  ];

  @property({ attribute: false }) items: PickerItem[] = [];
  @property({ attribute: false }) selected: string[] = [];
  /** What the items are, such as "agents". */
  @property() noun = 'agents';
  @state() private search: Record<Side, string> = { available: '', selected: '' };
  @state() private active: Record<Side, number> = { available: 0, selected: 0 };

  private presences = new Watch(this, presences);

  private itemsOf(side: Side): PickerItem[] {
    const chosen = new Set(this.selected);
    const words = this.search[side].toLocaleLowerCase().trim();
    return this.items.filter(
      (item) =>
        chosen.has(item.id) === (side === 'selected') &&
        `${item.label} ${item.detail}`.toLocaleLowerCase().includes(words),
    );
  }

  private move(side: Side, ids: readonly string[]): void {
    const moved = new Set(ids);
    this.selected =
      side === 'available' ? [...this.selected, ...ids] : this.selected.filter((id) => !moved.has(id));
    this.dispatchEvent(new Event('change'));
  }

  private async handleMove(side: Side, id: string, index: number): Promise<void> {
    const hadFocus = this.shadowRoot?.activeElement?.closest('ul') !== null;
    this.move(side, [id]);
    const last = Math.max(0, this.itemsOf(side).length - 1);
    this.active = { ...this.active, [side]: Math.min(index, last) };
    await this.updateComplete;
    if (hadFocus) this.focusRow(side);
  }

  private handleKey(side: Side, event: KeyboardEvent): void {
    const count = this.itemsOf(side).length;
    const at = this.active[side];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined || count === 0) return;
    event.preventDefault();
    this.active = { ...this.active, [side]: Math.max(0, Math.min(count - 1, to)) };
    void this.updateComplete.then(() => this.focusRow(side));
  }

  private focusRow(side: Side): void {
    const row = this.renderRoot.querySelector<HTMLElement>(`[data-side="${side}"] [tabindex="0"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  }

  override render() {
    return html`<div class="boxes">${this.renderBox('available')}${this.renderBox('selected')}</div>`;
  }

  private renderBox(side: Side): TemplateResult {
    const items = this.itemsOf(side);
    const verb = side === 'available' ? 'Add' : 'Remove';
    return html`<div class="box" data-side=${side} role="group" aria-label=${titles[side]}>
      <header>
        <span><strong>${titles[side]}</strong> <span class="quiet number">${items.length}</span></span>
        ${
          items.length > 0
            ? html`<wa-button
                size="s"
                appearance="plain"
                @click=${() =>
                  this.move(
                    side,
                    items.map((item) => item.id),
                  )}
                >${verb} all</wa-button
              >`
            : nothing
        }
      </header>
      <div class="search">
        <pl-icon name="search"></pl-icon>
        <input
          type="search"
          placeholder="Search"
          aria-label=${`Search ${titles[side].toLowerCase()} ${this.noun}`}
          .value=${this.search[side]}
          @input=${(event: Event) => {
            this.search = { ...this.search, [side]: (event.target as HTMLInputElement).value };
            this.active = { ...this.active, [side]: 0 };
          }}
        />
      </div>
      ${
        items.length === 0
          ? html`<p class="empty">${this.emptyText(side)}</p>`
          : html`<ul @keydown=${(event: KeyboardEvent) => this.handleKey(side, event)}>
              ${items.map((item, index) => this.renderItem(side, item, index, verb))}
            </ul>`
      }
    </div>`;
  }

  private emptyText(side: Side): string {
    if (this.search[side]) return 'Nothing matches the search.';
    if (side === 'available')
      return this.items.length === 0 ? `There are no ${this.noun} yet.` : `All ${this.noun} are selected.`;
    return `Press a row to add it.`;
  }

  private renderItem(side: Side, item: PickerItem, index: number, verb: string): TemplateResult {
    const presence = this.presences.value.get(item.id);
    return html`<li>
      <button
        type="button"
        tabindex=${index === this.active[side] ? 0 : -1}
        @click=${() => void this.handleMove(side, item.id, index)}
      >
        <span class="unseen">${verb} </span>
        ${
          item.icon
            ? html`<span class="group"><pl-icon name=${item.icon}></pl-icon></span>`
            : html`<pl-avatar
                aria-hidden="true"
                size="28"
                .name=${item.label}
                .photo=${item.photo ?? null}
                .presence=${presence?.presence ?? null}
                ?disconnected=${presence?.connected === false}
              ></pl-avatar>`
        }
        <span class="text"
          ><span>${item.label}</span>
          <span class="quiet small"
            >${presence ? `${item.detail} · ${presenceWord(presence)}` : item.detail}</span
          ></span
        >
        <pl-icon name=${side === 'available' ? 'plus' : 'x'}></pl-icon>
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-picker': PlPicker;
  }
}
