/** The look of the template dialog. */
import { css } from 'lit';

export const templateDialogStyles = css`
  :host {
    display: contents;
  }
  wa-dialog {
    --width: min(720px, calc(100vw - 32px));
  }
  form {
    display: grid;
    gap: var(--parley-space-4);
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
`;
