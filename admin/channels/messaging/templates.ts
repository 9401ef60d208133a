import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
@customElement('pl-templates')
export class PlTemplates extends LitElement {
  @property({ attribute: false }) channel = '';
  override render() {
    return html``;
  }
}
