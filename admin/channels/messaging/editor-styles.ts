/** The look of a provider's channel form: fields at the start side, what to paste elsewhere beside them. */
import { css } from 'lit';

export const editorStyles = css`
  form,
  .columns,
  aside {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--parley-space-6);
  }
  .panel {
    margin-block-start: var(--parley-space-6);
  }
  .panel[hidden] {
    display: none;
  }
  aside {
    align-content: start;
  }
  details {
    border-block-start: 1px solid var(--parley-border);
    padding-block-start: var(--parley-space-4);
  }
  summary {
    width: fit-content;
    font-weight: var(--parley-weight-medium);
    cursor: pointer;
  }
  .folded {
    display: grid;
    gap: var(--parley-space-4);
    min-width: 0;
    padding-block-start: var(--parley-space-4);
  }
  .kept,
  .starters {
    display: grid;
    gap: var(--parley-space-1);
    justify-items: start;
  }
  .kept .row {
    gap: var(--parley-space-4);
  }
  .starters pl-picker {
    width: 100%;
    margin-block-start: var(--parley-space-1);
  }
  .replaced {
    display: flex;
    gap: var(--parley-space-2);
    align-items: flex-start;
  }
  .replaced wa-input {
    flex: 1;
  }
  .numbers {
    display: grid;
    gap: var(--parley-space-2);
  }
  .numbers li {
    min-width: 0;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius);
    content-visibility: auto;
    contain-intrinsic-size: auto 46px;
  }
  .numbers .folded {
    padding: var(--parley-space-2) var(--parley-space-4) var(--parley-space-4);
  }
  .line {
    display: flex;
    align-items: center;
    padding-inline-end: var(--parley-space-1);
  }
  .fold {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--parley-space-3);
    min-width: 0;
    min-height: 44px;
    padding: var(--parley-space-2) var(--parley-space-3);
    border: 0;
    border-radius: var(--parley-radius);
    background: none;
    text-align: start;
  }
  .fold pl-icon {
    color: var(--parley-text-3);
    transition: transform var(--parley-fast);
  }
  .fold[aria-expanded='true'] pl-icon {
    transform: rotate(90deg);
  }
  .fold .number {
    font-weight: var(--parley-weight-medium);
  }
  @media (min-width: 1200px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) 360px;
      gap: var(--parley-space-6) var(--parley-space-8);
      align-items: start;
    }
    aside {
      position: sticky;
      inset-block-start: var(--parley-space-6);
      grid-column: 2;
      grid-row: 1 / span 3;
    }
  }
`;
