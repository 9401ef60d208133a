/**
 * A button whose menu lists what a text can be filled in with, such as the columns of a CSV file.
 *
 * @fires insert - One was chosen (`chosen`).
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { textField, type TextField } from '../elements/fields.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

@customElement('pl-variable-menu')
export class PlVariableMenu extends LitElement {
  static override styles = [base, iconButton];

  @property({ attribute: false }) variables: readonly string[] = [];
  /** The field that it inserts into, for those who hear the page. */
  @property() field = '';
  chosen = '';

  private handleSelect = (event: CustomEvent<{ item: { value: string } }>) => {
    this.chosen = event.detail.item.value;
    this.dispatchEvent(new Event('insert'));
  };

  override render() {
    const label = `Insert a variable into ${this.field}`;
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.handleSelect}>
      <button slot="trigger" type="button" class="icon-button" aria-label=${label} title="Insert a variable">
        <pl-icon name="braces" size="20"></pl-icon>
      </button>
      ${this.variables.map((name) => html`<wa-dropdown-item value=${name}>${name}</wa-dropdown-item>`)}
    </wa-dropdown>`;
  }
}

/** With `fields`, for the shadow root that `variableField` stands in. */
export const variableStyles = css`
  .with-variables {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: start;
    gap: var(--parley-space-1);
  }
`;

/** The library's text controls. */
export type TextControl = HTMLElement & {
  input?: HTMLInputElement | HTMLTextAreaElement;
  value: string | null;
};

/** Puts words at the caret of a control and answers its new text; the caret stands behind them then. */
export function insertAtCaret(control: TextControl, words: string): string {
  const text = control.value ?? '';
  const start = control.input?.selectionStart ?? text.length;
  const end = control.input?.selectionEnd ?? start;
  const next = text.slice(0, start) + words + text.slice(end);
  requestAnimationFrame(() => {
    control.focus();
    control.input?.setSelectionRange(start + words.length, start + words.length);
  });
  return next;
}

/** A text field with the menu at its end side. */
export function variableField(field: TextField, variables: readonly string[]): TemplateResult {
  return html`<div class="with-variables">
    ${textField(field)}
    <pl-variable-menu
      class="beside"
      .variables=${variables}
      .field=${field.label}
      @insert=${({ currentTarget: menu }: Event & { currentTarget: PlVariableMenu }) => {
        const control = menu.previousElementSibling as TextControl;
        field.change(insertAtCaret(control, `{{${menu.chosen}}}`));
      }}
    ></pl-variable-menu>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-variable-menu': PlVariableMenu;
  }
}
