/** The look of the templates: a list with the preview beside it; on a phone the preview is below its line. */
import { css } from 'lit';

export const templateStyles = css`
  :host {
    display: grid;
    gap: var(--parley-space-4);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--parley-space-2) var(--parley-space-4);
  }
  pl-search {
    margin-block-end: 0;
  }
  ul {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 2px;
  }
  .choice {
    display: grid;
    gap: 2px;
    width: 100%;
    min-height: 44px;
    padding: var(--parley-space-2) var(--parley-space-3);
    border: 0;
    border-radius: var(--parley-radius);
    background: none;
    text-align: start;
  }
  .choice:hover {
    background: var(--parley-surface-3);
  }
  .choice[aria-expanded='true'] {
    background: var(--parley-accent-tint);
  }
  .name {
    font-weight: var(--parley-weight-medium);
    overflow-wrap: anywhere;
  }
  .choice[aria-expanded='true'] .name {
    color: var(--parley-accent-text);
  }
  .choice[aria-expanded='true'] .quiet {
    color: var(--parley-text-2);
  }
  .unsendable {
    display: flex;
    align-items: center;
    gap: var(--parley-space-1);
    color: var(--parley-amber);
  }
  .preview {
    display: grid;
    align-content: start;
    gap: var(--parley-space-3);
    padding: var(--parley-space-6);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface-2);
  }
  .bubble {
    display: grid;
    gap: var(--parley-space-2);
    justify-self: center;
    width: 100%;
    max-width: 360px;
    padding: var(--parley-space-3);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
    box-shadow: var(--parley-raised);
  }
  .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .media {
    display: grid;
    place-items: center;
    align-content: center;
    gap: var(--parley-space-2);
    height: 140px;
    border-radius: var(--parley-radius);
    background: var(--parley-surface-3);
    color: var(--parley-text-2);
  }
  ol {
    margin: 0 calc(-1 * var(--parley-space-3)) calc(-1 * var(--parley-space-3));
  }
  ol li {
    padding: 10px var(--parley-space-3);
    border-block-start: 1px solid var(--parley-border);
    color: var(--parley-accent-text);
    text-align: center;
    overflow-wrap: anywhere;
  }
  @media (min-width: 900px) {
    ul {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      grid-template-rows: repeat(var(--rows), auto) 1fr;
      column-gap: var(--parley-space-6);
    }
    ul > li {
      display: contents;
    }
    .choice {
      grid-column: 1;
    }
    .preview {
      position: sticky;
      inset-block-start: var(--parley-space-6);
      grid-column: 2;
      grid-row: 1 / -1;
      align-self: start;
    }
  }
`;
