import { css } from 'lit';

export const callsStyles = css`
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--parley-space-2);
    padding: var(--parley-space-1) var(--parley-space-4);
    border-block-end: 1px solid var(--parley-green-border);
    background: var(--parley-green-tint);
  }
  .bar > pl-icon {
    color: var(--parley-green);
  }
  .bar.elsewhere {
    border-color: var(--parley-blue-border);
    background: var(--parley-blue-tint);
  }
  .bar.elsewhere > pl-icon {
    color: var(--parley-blue);
  }
  .who {
    flex: 1 1 160px;
    min-width: 0;
    line-height: 1.3;
  }
  .bar .who > * {
    display: block;
  }
  .who strong,
  .who h2,
  .who p {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .bar .icon-button {
    color: var(--parley-text-1);
  }
  .hang-up {
    display: inline-flex;
    align-items: center;
    gap: var(--parley-space-2);
    height: 36px;
    padding-inline: var(--parley-space-3);
    border: 0;
    border-radius: var(--parley-radius);
    background: var(--parley-red-fill);
    color: #fff;
  }
  .hang-up:hover {
    filter: brightness(0.9);
  }
  @media (pointer: coarse) {
    .hang-up {
      height: 44px;
    }
  }
  .quality pl-icon {
    vertical-align: -2px;
  }
  .quality.fair {
    color: var(--parley-amber);
  }
  .quality.poor {
    color: var(--parley-red);
  }
  .devices {
    display: grid;
    flex-basis: 100%;
    grid-template-columns: repeat(auto-fit, minmax(200px, 1fr));
    gap: var(--parley-space-3);
    padding-block: var(--parley-space-2);
  }
  .notice {
    align-items: center;
    min-height: 45px;
    padding-block: var(--parley-space-1);
    border-radius: 0;
    border-inline: 0;
    border-block-start: 0;
  }
  .actions {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
  }
  .cards {
    position: fixed;
    z-index: 20;
    inset-block-start: env(safe-area-inset-top);
    inset-inline-end: 0;
    display: grid;
    gap: var(--parley-space-2);
    width: min(464px, 100vw);
    max-height: 100dvh;
    /* What scrolls cuts shadows off: they end within its padding, and what is below it can be pressed. */
    padding: var(--parley-space-4) var(--parley-space-4) 64px var(--parley-space-12);
    overflow-y: auto;
    pointer-events: none;
  }
  .card {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--parley-space-3);
    align-items: center;
    padding: var(--parley-space-4);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
    box-shadow: var(--parley-floating);
    pointer-events: auto;
  }
  .card .actions {
    grid-column: 1 / -1;
  }
  .card wa-button {
    flex: 1;
  }
  .card pl-avatar {
    animation: ring 1.2s ease-out infinite;
    border-radius: var(--parley-radius-full);
  }
  @keyframes ring {
    from {
      box-shadow: 0 0 0 0 color-mix(in srgb, var(--parley-green) 50%, transparent);
    }
    to {
      box-shadow: 0 0 0 12px transparent;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .card pl-avatar {
      animation: none;
    }
  }
  @media (max-width: 767px) {
    .bar,
    .notice {
      padding-inline: var(--parley-space-3);
    }
    .cards {
      padding-inline-start: var(--parley-space-4);
    }
    .quality .words,
    .hang-up .words {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .bar:first-child {
      padding-block-start: calc(var(--parley-space-1) + env(safe-area-inset-top));
    }
  }
`;
