/** The look of the composer, and of the area that one writes in, messages and notes alike. */
import { css } from 'lit';

export const areaStyles = css`
  textarea {
    flex: 1;
    min-width: 0;
    min-height: 36px;
    max-height: calc(5 * 1.45em + 16px);
    padding: 8px;
    border: 0;
    resize: none;
    background: none;
    color: var(--parley-text-1);
    font: inherit;
    line-height: 1.45;
    field-sizing: content;
  }
  /* The box around it shows the focus. */
  textarea:focus-visible {
    outline: 0;
  }
`;

export const composerStyles = css`
  :host {
    padding: var(--parley-space-2) var(--parley-space-4)
      calc(var(--parley-space-3) + env(safe-area-inset-bottom));
    border-block-start: 1px solid var(--parley-border);
  }
  .modes {
    display: flex;
    gap: var(--parley-space-1);
    max-width: 820px;
    margin: 0 auto var(--parley-space-1);
  }
  .modes button {
    min-height: 28px;
    padding-inline: var(--parley-space-3);
    border: 0;
    border-radius: var(--parley-radius-full);
    background: none;
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  @media (max-width: 767px) {
    .modes button {
      min-height: 44px;
      padding-inline: var(--parley-space-4);
    }
  }
  .modes button:hover {
    background: var(--parley-surface-2);
  }
  .modes button[aria-pressed='true'] {
    background: var(--parley-surface-3);
    color: var(--parley-text-1);
    font-weight: var(--parley-weight-bold);
  }
  .box {
    display: flex;
    align-items: flex-end;
    gap: var(--parley-space-1);
    max-width: 820px;
    margin: 0 auto;
    padding: var(--parley-space-1);
    border: 1px solid var(--parley-border-strong);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
  }
  .box:focus-within {
    border-color: var(--parley-focus);
    box-shadow: 0 0 0 1px var(--parley-focus);
  }
  textarea::placeholder {
    color: var(--parley-text-3);
  }
  .send {
    background: var(--parley-accent);
    color: var(--parley-on-accent);
  }
  .send:hover:not(:disabled) {
    background: var(--parley-accent-hover);
    color: var(--parley-on-accent);
  }
  .send:disabled {
    background: var(--parley-surface-4);
    color: var(--parley-text-3);
    opacity: 1;
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    gap: var(--parley-space-2);
    max-width: 820px;
    margin: 0 auto var(--parley-space-2);
  }
  .file {
    position: relative;
  }
  .file img,
  .file .paper {
    display: block;
    height: 72px;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius);
  }
  .file img {
    width: 72px;
    object-fit: cover;
  }
  .file .paper {
    display: grid;
    align-content: center;
    width: 180px;
    max-width: 60vw;
    padding: var(--parley-space-2) var(--parley-space-3);
    font-size: var(--parley-text-small);
  }
  .file .paper > * {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .file button {
    position: absolute;
    inset-block-start: -8px;
    inset-inline-end: -8px;
    display: grid;
    place-items: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-full);
    background: var(--parley-surface-raised);
  }
  .error {
    max-width: 820px;
    margin: 0 auto var(--parley-space-2);
    color: var(--parley-red);
    font-size: var(--parley-text-small);
  }
  .closed {
    display: grid;
    justify-items: center;
    gap: var(--parley-space-2);
    max-width: 820px;
    margin: 0 auto;
    padding: var(--parley-space-2) 0;
    color: var(--parley-text-3);
    text-align: center;
  }
  .window,
  .answered {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    max-width: 820px;
    margin: 0 auto var(--parley-space-2);
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .window.soon {
    padding: var(--parley-space-1) var(--parley-space-3);
    border: 1px solid var(--parley-amber-border);
    border-radius: var(--parley-radius);
    background: var(--parley-amber-tint);
    color: var(--parley-amber);
  }
  .answered {
    padding-inline-start: var(--parley-space-3);
    border-inline-start: 3px solid var(--parley-accent);
    color: var(--parley-text-2);
  }
  .answered span {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .segments {
    align-self: flex-end;
    margin-block-end: 6px;
  }
  input {
    display: none;
  }
  @media (pointer: coarse) {
    textarea {
      min-height: 44px;
      padding: 10px 8px;
      font-size: var(--parley-text-large);
    }
  }
  @media (max-width: 767px) {
    :host {
      padding-inline: var(--parley-space-2);
      padding-block-end: calc(var(--parley-space-2) + env(safe-area-inset-bottom));
    }
    /* The text needs the whole width: what is beside it on larger screens stands under it. */
    .box {
      flex-wrap: wrap;
    }
    textarea {
      order: -1;
      flex: 1 0 100%;
    }
    .segments {
      align-self: center;
      margin-block-end: 0;
    }
    .segments,
    .send {
      margin-inline-start: auto;
    }
    .segments ~ .send {
      margin-inline-start: 0;
    }
  }
`;
