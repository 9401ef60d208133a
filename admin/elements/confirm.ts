/**
 * A button that asks in place: the first press shows the question, the second does it. Esc, or moving on,
 * takes it back.
 *
 * @fires confirmed - The person said yes.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import { focusControl } from './focus.ts';
import './webawesome.ts';

@customElement('pl-confirm')
export class PlConfirm extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      .ask {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-2);
        padding: var(--parley-space-1) var(--parley-space-1) var(--parley-space-1) var(--parley-space-3);
        border: 1px solid var(--parley-red-border);
        border-radius: var(--parley-radius);
        background: var(--parley-red-tint);
      }
      .ask > span {
        flex: 1 1 auto;
      }
    `,
  ];

  /** What the button says at first. */
  @property() label = 'Delete';
  @property() question = 'Delete it?';
  /** The verb that does it. */
  @property() action = 'Delete';
  @property({ type: Boolean }) disabled = false;
  @property({ type: Boolean }) busy = false;
  @property() size: 's' | 'm' = 'm';
  /** Shows the question without a first press, where a menu item was the first press. */
  @property({ type: Boolean }) open = false;
  @state() private asking = false;
  @query('.yes') private yes?: HTMLElement;
  @query('.first') private first?: HTMLElement;

  private handleAsk = async () => {
    this.asking = true;
    await this.updateComplete;
    await focusControl(this.yes);
  };

  private handleNo = async () => {
    this.asking = false;
    this.dispatchEvent(new Event('cancelled'));
    await this.updateComplete;
    await focusControl(this.first);
  };

  private handleYes = () => {
    this.asking = false;
    this.dispatchEvent(new Event('confirmed'));
  };

  private handleKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    void this.handleNo();
  };

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('open') && this.open) void focusControl(this.yes);
  }

  override render() {
    if (!this.asking && !this.open) {
      return html`<wa-button
        class="first"
        appearance="outlined"
        variant="danger"
        size=${this.size}
        ?disabled=${this.disabled}
        ?loading=${this.busy}
        @click=${this.handleAsk}
        ><slot name="icon" slot="start"></slot>${this.label}</wa-button
      >`;
    }
    return html`<div class="ask" role="group" aria-label=${this.question} @keydown=${this.handleKey}>
      <span>${this.question}</span>
      ${this.busy ? nothing : html`<wa-button size="s" appearance="plain" @click=${this.handleNo}>Keep</wa-button>`}
      <wa-button
        class="yes"
        size="s"
        variant="danger"
        appearance="accent"
        ?loading=${this.busy}
        @click=${this.handleYes}
        >${this.action}</wa-button
      >
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-confirm': PlConfirm;
  }
}
