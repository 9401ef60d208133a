/** The look of a campaign's recipients in its form. */
import { css } from 'lit';

export const recipientStyles = css`
  .counts {
    display: grid;
    gap: 2px;
    font-weight: var(--parley-weight-medium);
  }
  .counts .small {
    font-weight: var(--parley-weight);
  }
  details summary {
    width: fit-content;
    cursor: pointer;
  }
  details[open] summary {
    margin-block-end: var(--parley-space-2);
  }
  .numbers {
    display: grid;
    gap: var(--parley-space-2);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--parley-space-2) var(--parley-space-3);
  }
  .numbers pl-search {
    max-width: none;
    margin: 0;
  }
  .numbers ul {
    max-height: 260px;
    overflow-y: auto;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius);
  }
  .numbers li {
    display: flex;
    align-items: center;
    gap: var(--parley-space-3);
    min-height: 36px;
    padding: 0 var(--parley-space-1) 0 var(--parley-space-3);
  }
  .numbers li + li {
    border-block-start: 1px solid var(--parley-border);
  }
  .numbers li .quiet {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;
