/** Pages that belong together, such as agents and their groups. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';

@customElement('pl-page-tabs')
export class PlPageTabs extends LitElement {
  static override styles = [
    base,
    css`
      nav {
        display: flex;
        gap: var(--parley-space-6);
        margin-block-end: var(--parley-space-6);
        border-block-end: 1px solid var(--parley-border);
      }
      a {
        padding: var(--parley-space-2) 0;
        border-block-end: 2px solid transparent;
        margin-block-end: -1px;
        color: var(--parley-text-3);
        text-decoration: none;
        font-weight: var(--parley-weight-medium);
      }
      a:hover {
        color: var(--parley-text-1);
      }
      a[aria-current='page'] {
        border-color: var(--parley-accent);
        color: var(--parley-text-1);
      }
    `,
  ];

  @property() label = '';
  /** Path and name of each. */
  @property({ attribute: false }) pages: readonly (readonly [path: string, name: string])[] = [];
  /** The path of the page that is shown. */
  @property() current = '';

  override render() {
    return html`<nav aria-label=${this.label}>
      ${this.pages.map(
        ([path, name]) =>
          html`<a href=${path} aria-current=${path === this.current ? 'page' : 'false'}>${name}</a>`,
      )}
    </nav>`;
  }
}

/** Who works here. */
export const peoplePages = [
  ['/agents', 'Agents'],
  ['/groups', 'Groups'],
] as const;

/** Calls with visitors, and those to customers' numbers. */
export const callPages = [
  ['/calls', 'Visitors'],
  ['/pbx', 'PBX'],
] as const;

/** Whom we know; what concerns many at once is for admins. */
export const contactPages = [
  ['/contacts', 'Contacts'],
  ['/phonebooks', 'Phonebooks'],
  ['/duplicates', 'Duplicates'],
] as const;

declare global {
  interface HTMLElementTagNameMap {
    'pl-page-tabs': PlPageTabs;
  }
}
