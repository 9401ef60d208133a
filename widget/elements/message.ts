/** How one message is drawn: its text with links, its image in every state, and why it was not sent. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Media } from '../../core/content.ts';
import { cross, noImage } from '../icons.ts';
import { exactTime } from '../times.ts';
import type { Bubble } from '../timeline.ts';
import { current, explain, fill } from '../words.ts';
import { icon } from './element.ts';

export interface MessageActions {
  /** The edge's clock, epoch ms. */
  now: number;
  /** A media path as an address, and a waiting file as one. */
  address(media: Media): string;
  preview(id: string, file: Blob): string;
  failedImages: ReadonlySet<string>;
  onView(url: string, name: string): void;
  onImageError(url: string): void;
  onResend(id: string): void;
  onDiscard(id: string): void;
}

export function message(bubble: Bubble, actions: MessageActions): TemplateResult {
  const { pending, text, media } = bubble;
  const big = text !== undefined && isOnlyEmoji(text);
  return html`
    <div class="message" title=${exactTime(bubble.at)} ?data-waiting=${pending && !pending.problem}>
      ${media ? stored(media, actions) : nothing}
      ${pending?.file ? waitingImage(bubble.id, pending.file, bubble, actions) : nothing}
      ${text === undefined ? nothing : html`<p class=${big ? 'emoji' : 'bubble'} dir="auto">${linked(bubble)}</p>`}
      ${pending?.problem ? failure(bubble.id, pending.problem, actions) : nothing}
    </div>
  `;
}

const onlyEmoji = new RegExp('^(?:\\p{RGI_Emoji}\\s*){1,3}$', 'v');

/** One to three emoji alone are drawn large. */
function isOnlyEmoji(text: string): boolean {
  return onlyEmoji.test(text);
}

function linked({ text = '', links = [] }: Bubble): unknown[] {
  const parts: unknown[] = [];
  let at = 0;
  for (const { start, end, href } of links) {
    // The edge finds links; what it says is still not followed blindly into a script.
    if (start < at || end > text.length || !/^(https?:|mailto:)/i.test(href)) continue;
    parts.push(text.slice(at, start));
    parts.push(
      html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text.slice(start, end)}</a>`,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return parts;
}

function stored(media: Media, actions: MessageActions): TemplateResult {
  const { words } = current;
  const url = actions.address(media);
  if (actions.now >= media.expiresAt) return missing(words.fileExpired);
  if (actions.failedImages.has(url)) return missing(words.imageGone);
  return html`<button
    class="image"
    aria-label=${fill(words.openImage, { name: media.name })}
    @click=${() => actions.onView(url, media.name)}
  >
    <img
      src=${url}
      alt=${media.name}
      width=${media.width}
      height=${media.height}
      loading="lazy"
      decoding="async"
      @error=${() => actions.onImageError(url)}
    />
  </button>`;
}

function waitingImage(id: string, file: Blob, { pending }: Bubble, actions: MessageActions): TemplateResult {
  const { words } = current;
  const { width = 4, height = 3, name = '', progress, problem } = pending ?? {};
  return html`<div class="image">
    <img src=${actions.preview(id, file)} alt=${name} width=${width} height=${height} />
    ${
      problem
        ? nothing
        : html`<div class="upload">
            <progress max="1" .value=${progress ?? 0} aria-label=${words.uploading}></progress>
            <button aria-label=${words.cancel} title=${words.cancel} @click=${() => actions.onDiscard(id)}>
              ${icon(cross)}
            </button>
          </div>`
    }
  </div>`;
}

function missing(why: string): TemplateResult {
  return html`<p class="missing">${icon(noImage)} ${why}</p>`;
}

function failure(id: string, problem: string, actions: MessageActions): TemplateResult {
  const { words } = current;
  return html`<p class="failure">
    ${words.notSent} ${explain(problem)}
    <span>
      <button @click=${() => actions.onResend(id)}>${words.sendAgain}</button>
      <button @click=${() => actions.onDiscard(id)}>${words.remove}</button>
    </span>
  </p>`;
}
