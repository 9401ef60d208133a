/**
 * A button that opens the emoji picker; the picker and its data come with the first press.
 *
 * @fires emoji - One was chosen (`chosen`).
 */
import { css, html, LitElement } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import dataSource from 'emoji-picker-element-data/en/cldr/data.json?url';
import { focused } from '../elements/focus.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../elements/icon.ts';

@customElement('pl-emoji')
export class PlEmoji extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      .pop {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 0;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-raised);
        box-shadow: var(--parley-floating);
        overflow: hidden;
      }
      emoji-picker {
        --background: var(--parley-surface-raised);
        --border-color: transparent;
        --border-size: 0;
        --indicator-color: var(--parley-accent);
        --input-border-color: var(--parley-border-strong);
        --input-font-color: var(--parley-text-1);
        --input-placeholder-color: var(--parley-text-3);
        --category-font-color: var(--parley-text-3);
        --button-hover-background: var(--parley-surface-3);
        --button-active-background: var(--parley-surface-4);
        --outline-color: var(--parley-focus);
        width: min(352px, calc(100vw - 16px));
        height: 340px;
      }
    `,
  ];

  chosen = '';
  @state() private open = false;
  @query('.pop') private pop?: HTMLElement;
  @query('button') private button?: HTMLElement;

  private handleOpen = async () => {
    if (this.open) {
      this.pop?.hidePopover();
      return;
    }
    const { Picker } = await import('emoji-picker-element');
    const { pop, button } = this;
    if (!pop || !button) return;
    if (!pop.firstElementChild) {
      const picker = new Picker({ dataSource, locale: 'en' });
      picker.addEventListener('emoji-click', (event) => this.choose(event.detail.unicode ?? ''));
      pop.append(picker);
    }
    pop.firstElementChild?.classList.toggle('dark', getComputedStyle(this).colorScheme === 'dark');
    pop.showPopover();
    const at = button.getBoundingClientRect();
    pop.style.left = `${Math.max(8, Math.min(at.left, innerWidth - pop.offsetWidth - 8))}px`;
    pop.style.top = `${Math.max(8, at.top - pop.offsetHeight - 8)}px`;
    pop.querySelector('emoji-picker')?.shadowRoot?.querySelector('input')?.focus();
  };

  /** Within shadow roots the browser does not give the focus back by itself. */
  private handleToggle = ({ newState }: ToggleEvent) => {
    this.open = newState === 'open';
    if (this.open) return;
    const at = focused()?.getRootNode();
    if (at === undefined || (at instanceof ShadowRoot && this.pop?.contains(at.host))) this.button?.focus();
  };

  private choose(emoji: string): void {
    this.chosen = emoji;
    this.pop?.hidePopover();
    this.dispatchEvent(new Event('emoji'));
  }

  override render() {
    return html`
      <button
        type="button"
        class="icon-button"
        aria-label="Emoji"
        title="Emoji"
        aria-expanded=${this.open}
        @click=${this.handleOpen}
      >
        <pl-icon name="smile" size="20"></pl-icon>
      </button>
      <div class="pop" popover="auto" @toggle=${this.handleToggle}></div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-emoji': PlEmoji;
  }
}
