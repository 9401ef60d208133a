/** The two lists that belong together: agents and their groups. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';

@customElement('pl-people-tabs')
export class PlPeopleTabs extends LitElement {
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

  @property() current: 'agents' | 'groups' = 'agents';

  override render() {
    return html`<nav aria-label="Agents and groups">
      <a href="/agents" aria-current=${this.current === 'agents' ? 'page' : 'false'}>Agents</a>
      <a href="/groups" aria-current=${this.current === 'groups' ? 'page' : 'false'}>Groups</a>
    </nav>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-people-tabs': PlPeopleTabs;
  }
}
