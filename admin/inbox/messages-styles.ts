/** How the messages of a conversation stand below each other. */
import { css } from 'lit';

export const messagesStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
  }
  .scroller {
    flex: 1;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    padding: var(--parley-space-4);
  }
  .log,
  .chunks,
  .chunk {
    display: flex;
    flex-direction: column;
    gap: var(--parley-space-3);
  }
  .chunk {
    flex: none;
    contain: layout style;
  }
  .log {
    max-width: 820px;
    min-height: 100%;
    margin: 0 auto;
    justify-content: flex-end;
  }
  .day {
    display: flex;
    align-items: center;
    gap: var(--parley-space-3);
    margin-block: var(--parley-space-2);
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .day::before,
  .day::after {
    content: '';
    flex: 1;
    border-block-start: 1px solid var(--parley-border);
  }
  .system {
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
    text-align: center;
  }
  .call pl-icon {
    margin-inline-end: var(--parley-space-1);
    vertical-align: -3px;
  }
  .call.missed {
    color: var(--parley-red);
  }
  .typing {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    min-height: 20px;
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .jump {
    position: absolute;
    inset-block-end: var(--parley-space-3);
    inset-inline-start: 50%;
    translate: -50%;
    display: inline-flex;
    align-items: center;
    gap: var(--parley-space-2);
    padding: var(--parley-space-2) var(--parley-space-4);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-full);
    background: var(--parley-surface-raised);
    box-shadow: var(--parley-floating);
  }
  :host(:dir(rtl)) .jump {
    translate: 50%;
  }
  .older {
    text-align: center;
  }
`;
