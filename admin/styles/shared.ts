/** Styles that every element of the console and the inbox starts from. */
import { css } from 'lit';

export const base = css`
  :host {
    box-sizing: border-box;
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: var(--parley-display);
    line-height: var(--parley-line-title);
    font-weight: var(--parley-weight-bold);
    letter-spacing: -0.015em;
  }
  h2 {
    font-size: var(--parley-text-large);
    line-height: var(--parley-line-title);
    font-weight: var(--parley-weight-bold);
  }
  h3 {
    font-size: var(--parley-text);
    line-height: var(--parley-line-title);
    font-weight: var(--parley-weight-bold);
  }
  a {
    color: var(--parley-accent-text);
    text-underline-offset: 2px;
    text-decoration-thickness: 1px;
  }
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--parley-focus);
    outline-offset: 1px;
  }
  wa-button[size='s'] {
    --wa-form-control-height: 30px;
  }
  @media (pointer: coarse) {
    wa-button[size='s'] {
      --wa-form-control-height: 44px;
    }
    wa-dropdown-item {
      min-height: 44px;
    }
  }
  .quiet {
    color: var(--parley-text-3);
  }
  .small {
    font-size: var(--parley-text-small);
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .row {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    flex-wrap: wrap;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** A square button with only an icon in it; it always carries an aria-label. */
export const iconButton = css`
  .icon-button {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 36px;
    height: 36px;
    padding: 0;
    border: 0;
    border-radius: var(--parley-radius);
    background: none;
    color: var(--parley-text-3);
    transition: background var(--parley-fast);
  }
  .icon-button:hover:not(:disabled),
  .icon-button[aria-expanded='true'],
  .icon-button[aria-pressed='true'] {
    background: var(--parley-surface-3);
    color: var(--parley-text-1);
  }
  .icon-button:disabled,
  .icon-button[aria-disabled='true'] {
    opacity: 0.45;
  }
  @media (pointer: coarse) {
    .icon-button {
      width: 44px;
      height: 44px;
    }
  }
`;

/** Pages of the console: title, help, action, then cards of fields or a table. */
export const page = css`
  :host {
    max-width: 1120px;
    margin: 0 auto;
    padding: var(--parley-space-8) var(--parley-space-8) var(--parley-space-12);
  }
  form,
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--parley-space-6);
  }
  .narrow {
    max-width: 640px;
  }
  @media (max-width: 767px) {
    :host {
      padding: var(--parley-space-6) var(--parley-space-4) var(--parley-space-12);
    }
  }
`;

/** One group of fields. */
export const section = css`
  section {
    display: grid;
    gap: var(--parley-space-4);
    padding: var(--parley-space-6);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
    min-width: 0;
  }
  section > header {
    display: grid;
    gap: var(--parley-space-1);
  }
  section > header p {
    color: var(--parley-text-3);
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
    gap: var(--parley-space-4);
    align-items: start;
  }
  @media (max-width: 767px) {
    section {
      padding: var(--parley-space-4);
    }
  }
`;

/** Form controls of the component library: where an error shows, and labels that say what is optional. */
export const fields = css`
  wa-input,
  wa-textarea,
  wa-select,
  wa-radio-group {
    display: block;
    min-width: 0;
  }
  wa-input::part(hint),
  wa-textarea::part(hint),
  wa-select::part(hint),
  wa-radio-group::part(hint),
  wa-switch::part(hint),
  wa-checkbox::part(hint) {
    font-size: var(--parley-text-small);
    margin-block-start: var(--parley-space-1);
  }
  wa-input::part(form-control-label),
  wa-textarea::part(form-control-label),
  wa-select::part(form-control-label) {
    margin-block-end: var(--parley-space-1);
  }
  .invalid::part(hint) {
    color: var(--parley-red);
  }
  .invalid::part(input-wrapper),
  .invalid::part(textarea-wrapper),
  .invalid::part(combobox) {
    border-color: var(--parley-red-dot);
  }
  wa-radio::part(label),
  wa-switch::part(label),
  wa-checkbox::part(label) {
    line-height: var(--parley-line);
  }
  wa-radio-group[orientation='horizontal']::part(form-control-input) {
    gap: var(--parley-space-2) var(--parley-space-6);
  }
  wa-radio {
    align-items: flex-start;
  }
  wa-radio small {
    display: block;
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .choices {
    display: grid;
    gap: var(--parley-space-2);
    justify-items: start;
  }
  /* A button beside boxes that have labels above them. */
  .beside {
    margin-block-start: calc(
      var(--wa-font-size-m) * var(--wa-form-control-label-line-height) + var(--parley-space-1)
    );
  }
  .field-error {
    color: var(--parley-red);
    font-size: var(--parley-text-small);
  }
  .field-label {
    font-weight: var(--parley-weight-medium);
    line-height: 1.4;
  }
`;
