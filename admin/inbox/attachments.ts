/** Files of a message: pictures in a grid, sound and film with the browser's controls, everything else as a card. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { File as MessageFile } from '../../core/content.ts';
import type { IconName } from '../elements/icons.ts';
import { sizeWords } from './rules.ts';
import '../elements/icon.ts';

export const attachmentStyles = css`
  .files {
    display: grid;
    grid-template-columns: minmax(0, auto);
    gap: var(--parley-space-1);
    max-width: 100%;
  }
  .pictures {
    display: grid;
    grid-template-columns: minmax(0, 280px);
    gap: var(--parley-space-1);
  }
  .pictures.many {
    grid-template-columns: repeat(2, minmax(0, 160px));
  }
  .end .pictures {
    justify-content: end;
  }
  /* One size for a picture and for its place while it is fetched, so that nothing jumps. */
  .tile,
  .film {
    display: grid;
    place-items: center;
    width: 280px;
    max-width: 100%;
    padding: 0;
    border: 0;
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface-3);
    color: var(--parley-text-3);
    overflow: hidden;
  }
  .tile {
    aspect-ratio: 4 / 3;
  }
  .film {
    aspect-ratio: 16 / 9;
  }
  .many .tile {
    width: auto;
    aspect-ratio: 1;
  }
  button.tile {
    cursor: zoom-in;
  }
  .tile img {
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .tile.sticker {
    width: 128px;
    aspect-ratio: 1;
    background: none;
  }
  .tile.sticker img {
    object-fit: contain;
  }
  video.film {
    background: #000;
  }
  .sound {
    display: grid;
    gap: 2px;
    width: 300px;
    max-width: 100%;
    min-height: 76px;
    align-content: center;
    padding: var(--parley-space-2);
    border-radius: var(--parley-radius-bubble);
    background: var(--parley-surface-3);
  }
  .sound audio {
    width: 100%;
    height: 40px;
  }
  .sound span {
    display: inline-flex;
    align-items: center;
    gap: var(--parley-space-1);
    padding-inline: var(--parley-space-1);
    font-size: var(--parley-text-small);
  }
  .document {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0 var(--parley-space-3);
    width: 300px;
    max-width: 100%;
    padding: var(--parley-space-2) var(--parley-space-2) var(--parley-space-2) var(--parley-space-3);
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-card);
    background: var(--parley-surface);
    color: var(--parley-text-1);
  }
  .document .name {
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
  .document .more {
    color: var(--parley-text-3);
    font-size: var(--parley-text-small);
  }
  .document.failed {
    border-color: var(--parley-red-border);
  }
  .document.failed .more,
  .document.failed > pl-icon {
    color: var(--parley-red);
  }
`;

/** What the lightbox shows. */
export interface Picture {
  url: string;
  name: string;
}

export interface AttachmentContext {
  /** Epoch ms by the edge's clock. */
  now: number;
  showImage: (picture: Picture) => void;
}

/** All files of a message; pictures side by side. */
export function renderFiles(files: readonly MessageFile[], context: AttachmentContext): TemplateResult {
  const pictures = files.filter((file) => isPicture(file) && isThere(file, context.now));
  const others = files.filter((file) => !pictures.includes(file));
  return html`<div class="files">
    ${
      pictures.length > 0
        ? html`<div class="pictures ${pictures.length > 1 ? 'many' : ''}">
            ${pictures.map((file) => renderPicture(file, context))}
          </div>`
        : nothing
    }
    ${others.map((file) => renderOther(file, context))}
  </div>`;
}

/** Whether there is something to see or hear, now or in a moment. */
function isThere({ state, expiresAt }: MessageFile, now: number): boolean {
  return state === 'fetching' || (state === 'ready' && expiresAt > now);
}

/** Browsers draw these; others, such as HEIC and TIFF, are offered for saving. */
function isPicture({ type }: MessageFile): boolean {
  return /^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(type) || type === 'image/*';
}

function renderPicture(file: MessageFile, { showImage }: AttachmentContext): TemplateResult {
  const sticker = file.use === 'sticker';
  const name = file.name || (sticker ? 'Sticker' : 'Picture');
  const kind = sticker ? 'tile sticker' : 'tile';
  if (file.state === 'fetching') return renderComing(kind, 'image', name);
  if (sticker) return html`<span class=${kind}><img src=${file.url} alt="Sticker" loading="lazy" /></span>`;
  return html`<button
    class=${kind}
    aria-label=${`Open ${name}`}
    @click=${() => showImage({ url: file.url, name })}
  >
    <img src=${file.url} alt=${name} loading="lazy" />
  </button>`;
}

function renderComing(kind: string, icon: IconName, name: string): TemplateResult {
  return html`<span class=${kind} role="img" aria-label=${`${name} is being fetched`}>
    <pl-icon name=${icon} size="20"></pl-icon>
  </span>`;
}

function renderOther(file: MessageFile, { now }: AttachmentContext): TemplateResult {
  const { state, type, use, url } = file;
  if (!isThere(file, now)) return renderDocument(file, now);
  if (type.startsWith('video/')) {
    const name = file.name || 'Video';
    if (state === 'fetching') return renderComing('film', 'video', name);
    return html`<video class="film" controls preload="metadata" src=${url} aria-label=${name}></video>`;
  }
  if (type.startsWith('audio/')) {
    const name = use === 'voice' ? 'Voice message' : file.name || 'Audio';
    return html`<div class="sound">
      <span><pl-icon name="mic"></pl-icon>${name}</span>
      ${
        state === 'fetching'
          ? html`<span class="quiet">Being fetched…</span>`
          : html`<audio controls preload="metadata" src=${url} aria-label=${name}></audio>`
      }
    </div>`;
  }
  return renderDocument(file, now);
}

function renderDocument(file: MessageFile, now: number): TemplateResult {
  const name = file.name || 'File';
  const gone = file.state === 'ready' && file.expiresAt <= now;
  const ready = file.state === 'ready' && !gone;
  return html`<div class="document ${file.state === 'failed' ? 'failed' : ''}">
    <pl-icon name=${file.state === 'failed' ? 'circleAlert' : gone ? 'imageOff' : 'file'} size="20"></pl-icon>
    <span>
      <span class="name">${name}</span>
      <span class="more"><br />${stateWords(file, gone)}</span>
    </span>
    ${
      ready
        ? html`<a class="icon-button" href=${file.url} download=${name} aria-label=${`Download ${name}`}>
            <pl-icon name="download" size="20"></pl-icon>
          </a>`
        : nothing
    }
  </div>`;
}

function stateWords({ state, size, problem }: MessageFile, gone: boolean): string {
  if (gone) return 'File expired';
  if (state === 'failed') return problem ?? 'The file could not be fetched.';
  return state === 'fetching' ? 'Being fetched…' : sizeWords(size);
}
