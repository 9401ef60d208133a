/**
 * The bar that sticks to the bottom of a form with Save in it, and that asks when the page is left with
 * changes. Put it inside the form's `<form>`; its Save submits that form.
 *
 * @fires revert - The person wants their changes undone.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guardLeaving } from '../router.ts';
import { base } from '../styles/shared.ts';
import { focusControl } from './focus.ts';
import './webawesome.ts';

@customElement('pl-save-bar')
export class PlSaveBar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: sticky;
        z-index: 2;
        inset-block-end: 0;
        margin-block-start: var(--parley-space-2);
        padding: var(--parley-space-3) 0 calc(var(--parley-space-3) + env(safe-area-inset-bottom));
        background: var(--parley-surface);
        border-block-start: 1px solid var(--parley-border);
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-2) var(--parley-space-3);
      }
      .state {
        color: var(--parley-text-3);
      }
      .push {
        flex: 1;
      }
    `,
  ];

  @property({ type: Boolean }) dirty = false;
  @property({ type: Boolean }) busy = false;
  @property({ type: Boolean }) saved = false;
  @property() label = 'Save';
  /** Something new may be saved as it stands. */
  @property({ type: Boolean }) fresh = false;
  @state() private leaving: ((leave: boolean) => void) | null = null;
  @query('.stay') private stay?: HTMLElement;
  #stopGuard: (() => void) | null = null;

  private handleUnload = (event: BeforeUnloadEvent) => {
    if (this.dirty) event.preventDefault();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('beforeunload', this.handleUnload);
    this.#stopGuard = guardLeaving(() => this.ask());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.handleUnload);
    this.#stopGuard?.();
  }

  private async ask(): Promise<boolean> {
    if (!this.dirty) return true;
    this.leaving?.(false);
    const decided = new Promise<boolean>((resolve) => {
      this.leaving = resolve;
    });
    await this.updateComplete;
    await focusControl(this.stay);
    const leave = await decided;
    this.leaving = null;
    return leave;
  }

  private handleSave = () => {
    this.closest('form')?.requestSubmit();
  };

  override render() {
    if (this.leaving) {
      const decide = this.leaving;
      return html`<div class="bar" role="alertdialog" aria-label="Leave without saving?">
        <span>You have changes that are not saved.</span>
        <span class="push"></span>
        <wa-button class="stay" appearance="outlined" @click=${() => decide(false)}>Stay</wa-button>
        <wa-button variant="danger" appearance="accent" @click=${() => decide(true)}
          >Leave without saving</wa-button
        >
      </div>`;
    }
    return html`<div class="bar">
      <wa-button
        variant="brand"
        appearance="accent"
        ?disabled=${!this.dirty && !this.fresh}
        ?loading=${this.busy}
        @click=${this.handleSave}
        >${this.label}</wa-button
      >
      ${
        this.dirty && !this.fresh
          ? html`<wa-button appearance="plain" @click=${() => this.dispatchEvent(new Event('revert'))}
              >Undo changes</wa-button
            >`
          : nothing
      }
      <span class="state" role="status">${this.saved && !this.dirty ? 'Saved' : ''}</span>
      <span class="push"></span>
      <slot></slot>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-save-bar': PlSaveBar;
  }
}
