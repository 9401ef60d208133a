/** The look of the event log: one line an event, in columns; on a phone in two lines. */
import { css } from 'lit';

export const eventStyles = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--parley-space-2) var(--parley-space-4);
  }
  h2 {
    margin: var(--parley-space-6) 0 var(--parley-space-2);
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
    font-weight: var(--parley-weight-medium);
  }
  ol {
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
    overflow: hidden;
  }
  li + li {
    border-block-start: 1px solid var(--parley-border);
  }
  summary {
    display: grid;
    grid-template-columns: 16px 72px 112px 160px minmax(0, 1fr) auto;
    gap: var(--parley-space-1) var(--parley-space-3);
    align-items: start;
    padding: 10px var(--parley-space-4);
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary:hover {
    background: var(--parley-surface-2);
  }
  summary:focus-visible {
    outline-offset: -2px;
  }
  .fold {
    margin-block-start: 2px;
    color: var(--parley-text-3);
    transition: transform var(--parley-fast);
  }
  :host(:dir(rtl)) .fold {
    transform: scaleX(-1);
  }
  details[open] .fold {
    transform: rotate(90deg);
  }
  time,
  .latency {
    color: var(--parley-text-3);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .kind {
    color: var(--parley-text-2);
  }
  .result {
    display: inline-flex;
    align-items: flex-start;
    gap: var(--parley-space-2);
  }
  .result pl-icon {
    margin-block-start: 2px;
  }
  .good {
    color: var(--parley-green);
  }
  .warning {
    color: var(--parley-amber);
  }
  .bad {
    color: var(--parley-red);
  }
  .off {
    color: var(--parley-text-3);
  }
  .summary {
    overflow-wrap: anywhere;
  }
  .detail {
    display: grid;
    gap: var(--parley-space-3);
    padding: var(--parley-space-1) var(--parley-space-4) var(--parley-space-4) 44px;
  }
  pre {
    max-height: 320px;
    margin: 0;
    padding: var(--parley-space-3);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius);
    background: var(--parley-surface-2);
    font: var(--parley-text-small) / var(--parley-line) var(--parley-font-code);
    white-space: pre-wrap;
    overflow: auto;
    overflow-wrap: anywhere;
  }
  .more {
    margin-block-start: var(--parley-space-4);
    text-align: center;
  }
  @media (max-width: 900px) {
    summary {
      grid-template-columns: 16px auto 1fr auto;
    }
    summary .result {
      justify-self: end;
      grid-column: 4;
      grid-row: 1;
    }
    .summary {
      grid-column: 2 / -1;
    }
    .latency {
      grid-column: 2 / -1;
      font-size: var(--parley-text-small);
    }
    .latency:empty {
      display: none;
    }
    .detail {
      padding-inline-start: var(--parley-space-4);
    }
  }
`;
