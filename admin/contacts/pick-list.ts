/** How a short list of contacts looks of which one is picked: a button each, the name above what is known. */
import { css } from 'lit';

export const pickListStyles = css`
  .pick-list {
    display: grid;
    gap: 2px;
    align-content: start;
    overflow-y: auto;
  }
  .pick-list button {
    display: grid;
    width: 100%;
    min-height: 48px;
    padding: var(--parley-space-1) var(--parley-space-2);
    border: 0;
    border-radius: var(--parley-radius);
    background: none;
    text-align: start;
  }
  .pick-list button:hover {
    background: var(--parley-surface-2);
  }
  .pick-list button:focus-visible {
    outline-offset: -2px;
  }
`;
