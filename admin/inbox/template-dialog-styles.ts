/** The look of the template dialog: fields and preview side by side, on a phone one above the other. */
import { css } from 'lit';

export const templateDialogStyles = css`
  :host {
    display: contents;
  }
  wa-dialog {
    --width: min(720px, calc(100vw - 32px));
  }
  .choices {
    display: grid;
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
    overflow-wrap: anywhere;
  }
  .choice:hover:not(:disabled) {
    background: var(--parley-surface-3);
  }
  .choice:disabled {
    color: var(--parley-text-3);
  }
  .name {
    font-weight: var(--parley-weight-medium);
  }
  .text {
    display: -webkit-box;
    overflow: hidden;
    color: var(--parley-text-2);
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  form {
    display: grid;
    gap: var(--parley-space-4);
  }
  .sides {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: var(--parley-space-6);
    align-items: start;
  }
  .fields {
    display: grid;
    gap: var(--parley-space-4);
  }
  .file-field {
    display: grid;
    gap: var(--parley-space-1);
    min-width: 0;
  }
  .file-field input {
    max-width: 100%;
    font: inherit;
  }
  .preview {
    padding: var(--parley-space-4);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface-2);
  }
  .header-image {
    width: 100%;
    border-radius: var(--parley-radius);
  }
  .preview .card .card {
    width: auto;
  }
  .back {
    display: inline-flex;
    align-items: center;
    gap: var(--parley-space-1);
    justify-self: start;
    min-height: 32px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--parley-accent-text);
  }
  :host(:dir(rtl)) .back pl-icon {
    transform: scaleX(-1);
  }
  .last {
    justify-content: flex-end;
  }
  @media (max-width: 767px) {
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
    .preview {
      order: -1;
    }
  }
`;
