/** The labels of a session: chips, and the list to choose them from (AG-15). */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { labelColours, type Label } from '../../core/label.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { createLabel, labels } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import { focused } from '../elements/focus.ts';
import { base } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

export const chipStyles = css`
  .chip {
    display: inline-block;
    max-width: 140px;
    overflow: hidden;
    padding: 0 8px;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-full);
    color: var(--parley-text-2);
    font-size: 0.75rem;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .chip.blue {
    border-color: var(--parley-blue-border);
    background: var(--parley-blue-tint);
    color: var(--parley-blue);
  }
  .chip.green {
    border-color: var(--parley-green-border);
    background: var(--parley-green-tint);
    color: var(--parley-green);
  }
  .chip.amber {
    border-color: var(--parley-amber-border);
    background: var(--parley-amber-tint);
    color: var(--parley-amber);
  }
  .chip.red {
    border-color: var(--parley-red-border);
    background: var(--parley-red-tint);
    color: var(--parley-red);
  }
  .chip.violet {
    border-color: var(--parley-accent);
    background: var(--parley-accent-tint);
    color: var(--parley-accent-text);
  }
`;

/** The labels that a session has and that still exist. */
export function labelsOf({ labels: ids = [] }: InboxSession, all: ReadonlyMap<string, Label>): Label[] {
  return ids.flatMap((id) => all.get(id) ?? []);
}

export function renderChip({ name, colour }: Label): TemplateResult {
  return html`<span class="chip ${colour}">${name}</span>`;
}

@customElement('pl-labels')
export class PlLabels extends LitElement {
  static override styles = [
    base,
    chipStyles,
    css`
      :host {
        display: block;
        position: relative;
        margin-block-end: var(--parley-space-4);
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-1);
      }
      .list {
        inset: auto;
        position: fixed;
        margin: 0;
        width: 240px;
        max-height: min(320px, 60dvh);
        overflow-y: auto;
        padding: var(--parley-space-2);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-raised);
        color: var(--parley-text-1);
        box-shadow: var(--parley-floating);
      }
      .list label {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        min-height: 36px;
        padding-inline: var(--parley-space-2);
        border-radius: var(--parley-radius);
      }
      .list label:hover {
        background: var(--parley-surface-2);
      }
      input[type='checkbox'] {
        accent-color: var(--parley-accent);
      }
      form {
        display: flex;
        gap: var(--parley-space-2);
        margin-block-start: var(--parley-space-2);
      }
      input[type='text'] {
        flex: 1;
        min-width: 0;
        height: 36px;
        padding-inline: var(--parley-space-3);
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface);
        color: inherit;
        font: inherit;
      }
      .problem {
        margin-block-start: var(--parley-space-2);
        color: var(--parley-red);
        font-size: var(--parley-text-small);
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @state() private name = '';
  @state() private problem = '';
  @query('.list') private list?: HTMLElement;
  @query('.edit') private button?: HTMLElement;
  private labels = new Watch(this, labels);
  /** What had the focus before the list. */
  #before: Element | null = null;

  /** Opens the list, for the key. */
  show(): void {
    const { list, button } = this;
    if (!list || !button) return;
    this.problem = '';
    this.#before = focused();
    list.showPopover();
    const { left, bottom } = button.getBoundingClientRect();
    list.style.left = `${Math.max(8, Math.min(left, innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - list.offsetHeight - 8))}px`;
    (list.querySelector<HTMLElement>('input') ?? list).focus();
  }

  /** Within shadow roots the browser does not give the focus back by itself. */
  private handleToggle = ({ newState }: ToggleEvent) => {
    const at = focused();
    if (newState !== 'closed' || (at !== null && !this.list?.contains(at))) return;
    if (this.#before instanceof HTMLElement) this.#before.focus();
  };

  private async set(ids: string[]): Promise<void> {
    const refusal = await desk.label(this.session.id, ids);
    this.problem = refusal?.message ?? '';
  }

  private toggle(id: string, on: boolean): void {
    const before = labelsOf(this.session, this.labels.value).map((one) => one.id);
    void this.set(on ? [...before, id] : before.filter((one) => one !== id));
  }

  private handleCreate = async (event: Event) => {
    event.preventDefault();
    const name = this.name.trim();
    if (name === '') return;
    const all = [...this.labels.value.values()];
    const known = all.find((one) => one.name.toLocaleLowerCase() === name.toLocaleLowerCase());
    const colour = labelColours[(all.length % (labelColours.length - 1)) + 1] ?? 'neutral';
    const answer = known ? { value: known } : await createLabel({ name, colour });
    if ('problem' in answer) {
      this.problem = answer.problem.message;
      return;
    }
    this.name = '';
    this.toggle(answer.value.id, true);
  };

  override render() {
    const own = labelsOf(this.session, this.labels.value);
    return html`
      <div class="chips">
        ${own.map(renderChip)}
        <wa-button class="edit" size="s" appearance="plain" @click=${() => this.show()}>
          <pl-icon slot="start" name="tag"></pl-icon>${own.length === 0 ? 'Add labels' : 'Change'}
        </wa-button>
      </div>
      <div class="list" popover="auto" role="dialog" aria-label="Labels" @toggle=${this.handleToggle}>
        ${[...this.labels.value.values()].map(
          (one) =>
            html`<label
              ><input
                type="checkbox"
                .checked=${own.some(({ id }) => id === one.id)}
                @change=${(event: Event) => this.toggle(one.id, (event.target as HTMLInputElement).checked)}
              />${renderChip(one)}</label
            >`,
        )}
        <form @submit=${this.handleCreate}>
          <input
            type="text"
            aria-label="New label"
            placeholder="New label"
            maxlength="40"
            .value=${this.name}
            @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
          />
          <wa-button type="submit" size="s" appearance="outlined">Add</wa-button>
        </form>
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-labels': PlLabels;
  }
}
