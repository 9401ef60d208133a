/** What all elements of the panel have in common. */
import { LitElement, html, unsafeCSS, type CSSResult, type TemplateResult } from 'lit';
import base from './base.css?inline';

/** The shared rules and the element's own; both are plain files, minified by the build. */
export function styles(own: string): CSSResult[] {
  return [unsafeCSS(base), unsafeCSS(own)];
}

/** An outline drawing from `icons.ts`. */
export function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

/** Events between the elements of the panel; none of them leaves it. */
export interface PanelEvents {
  'parley-close': undefined;
  'parley-open': undefined;
  'parley-end': undefined;
  'parley-dismiss': undefined;
  /** The visitor goes on to write. */
  'parley-write': undefined;
  'parley-mute': undefined;
  'parley-view': { url: string; name: string };
  'parley-files': File[];
  'parley-emoji': string;
}

export class PanelElement extends LitElement {
  protected tell<K extends keyof PanelEvents>(name: K, detail?: PanelEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** Registers an element once, even where two versions of the panel meet. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
