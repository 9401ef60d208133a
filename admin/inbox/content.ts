/** What a message shows, by its kind. Nothing here asks a third party for anything by itself. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Contact, Content, Link, Place, SentTemplate } from '../../core/content.ts';
import type { TemplatePreview } from '../../core/template.ts';
import type { IconName } from '../elements/icons.ts';
import { attachmentStyles, renderFiles, type AttachmentContext } from './attachments.ts';
import { textParts } from './timeline.ts';
import '../elements/icon.ts';

export const contentStyles = [
  attachmentStyles,
  css`
    .bubble {
      padding: var(--parley-space-2) var(--parley-space-3);
      border-radius: var(--parley-radius-bubble);
      background: var(--parley-surface-3);
    }
    /* Only the words keep their line breaks: the template's own white space must not show. */
    .words {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    .bubble a {
      color: inherit;
    }
    .picture {
      display: grid;
      place-items: center;
      /* The smallest picture can be touched, too. */
      min-width: 44px;
      min-height: 44px;
      max-width: min(320px, 100%);
      padding: 0;
      border: 0;
      border-radius: var(--parley-radius-card);
      background: var(--parley-surface-3);
      overflow: hidden;
      cursor: zoom-in;
    }
    .picture img {
      display: block;
      max-width: 100%;
      max-height: 320px;
      height: auto;
      object-fit: contain;
    }
    .gone {
      display: inline-flex;
      align-items: center;
      gap: var(--parley-space-2);
      color: var(--parley-text-3);
    }
    .card {
      display: grid;
      gap: var(--parley-space-1);
      width: 300px;
      max-width: 100%;
      padding: var(--parley-space-3);
      border: 1px solid var(--parley-border);
      border-radius: var(--parley-radius-card);
      background: var(--parley-surface);
      color: var(--parley-text-1);
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    .card .title {
      display: flex;
      align-items: flex-start;
      gap: var(--parley-space-2);
      font-weight: var(--parley-weight-medium);
    }
    .card .title pl-icon {
      margin-block-start: 2px;
    }
    .template-card {
      width: 340px;
      gap: var(--parley-space-2);
    }
    .template-card ol {
      margin: 0 calc(-1 * var(--parley-space-3)) calc(-1 * var(--parley-space-3));
    }
    .template-card li {
      padding: var(--parley-space-2) var(--parley-space-3);
      border-block-start: 1px solid var(--parley-border);
      color: var(--parley-text-2);
      text-align: center;
    }
    .template-card .media {
      display: grid;
      place-items: center;
      align-content: center;
      gap: var(--parley-space-1);
      height: 96px;
      border-radius: var(--parley-radius);
      background: var(--parley-surface-3);
      color: var(--parley-text-2);
    }
  `,
];

export interface ContentContext extends AttachmentContext {
  /** A picture has got its height. */
  loaded: () => void;
}

/** The parts of a message, from top to bottom. */
export function renderContent(content: Content, context: ContentContext): TemplateResult {
  switch (content.kind) {
    case 'text':
      return renderWords(content.text, content.links);
    case 'image':
      return renderImage(content.media, context);
    case 'files':
      return html`${renderFiles(content.files, context)}
      ${content.text === '' ? nothing : renderWords(content.text, content.links)}`;
    case 'location':
      return renderPlace(content.place);
    case 'contacts':
      return html`${content.contacts.map(renderContact)}`;
    case 'template':
      return renderTemplate(content.template, sentHeader(content.template.header, context));
    case 'unsupported':
      return html`<div class="bubble">
        <span class="gone"
          ><pl-icon name="question"></pl-icon>A kind of message that cannot be shown
          here${content.what ? html`: ${content.what}` : nothing}</span
        >
      </div>`;
  }
}

function renderWords(text: string, links: readonly Link[] | undefined): TemplateResult {
  return html`<div class="bubble"><span class="words">${renderText(text, links)}</span></div>`;
}

/** A text with its links. */
export function renderText(text: string, links: readonly Link[] | undefined) {
  return textParts(text, links).map((part) =>
    part.href
      ? html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`
      : part.text,
  );
}

function renderImage(
  media: Extract<Content, { kind: 'image' }>['media'],
  { now, showImage, loaded }: ContentContext,
): TemplateResult {
  if (media.expiresAt <= now) {
    return html`<div class="bubble">
      <span class="gone"><pl-icon name="imageOff"></pl-icon>File expired</span>
    </div>`;
  }
  return html`<button class="picture" aria-label=${`Open ${media.name}`} @click=${() => showImage(media)}>
    <img
      src=${media.url}
      alt=${media.name}
      width=${media.width}
      height=${media.height}
      loading="lazy"
      @load=${loaded}
    />
  </button>`;
}

export function renderPlace({ latitude, longitude, name, address }: Place): TemplateResult {
  const spot = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return html`<div class="card">
    <span class="title"><pl-icon name="mapPin"></pl-icon>${name ? name : 'Location'}</span>
    ${address ? html`<span>${address}</span>` : nothing}
    <span class="quiet small number">${spot}</span>
    <a href=${mapOf(latitude, longitude)} target="_blank" rel="noopener noreferrer">Open in a map</a>
  </div>`;
}

function mapOf(latitude: number, longitude: number): string {
  return `https://www.google.com/maps/search/?api=1&query=${latitude}%2C${longitude}`;
}

function renderContact({ name, company, phones, emails = [] }: Contact): TemplateResult {
  return html`<div class="card">
    <span class="title"><pl-icon name="contact"></pl-icon>${name || 'Contact'}</span>
    ${company ? html`<span class="quiet small">${company}</span>` : nothing}
    ${phones.map(
      ({ number, type }) =>
        html`<span
          ><a href=${`tel:${number.replace(/[^+\d*#]/g, '')}`}>${number}</a>
          ${type ? html`<span class="quiet small">${type.toLowerCase()}</span>` : nothing}</span
        >`,
    )}
    ${emails.map((email) => html`<a href=${`mailto:${encodeURIComponent(email).replace('%40', '@')}`}>${email}</a>`)}
  </div>`;
}

function sentHeader(
  header: SentTemplate['header'],
  context: ContentContext,
): TemplateResult | typeof nothing {
  if (header === null) return nothing;
  if (header.kind === 'text') return html`<strong class="words">${header.text}</strong>`;
  return header.kind === 'location' ? renderPlace(header.place) : renderFiles([header.file], context);
}

const headerKinds: Record<'image' | 'video' | 'document' | 'location', { label: string; icon: IconName }> = {
  image: { label: 'Image', icon: 'image' },
  video: { label: 'Video', icon: 'video' },
  document: { label: 'Document', icon: 'file' },
  location: { label: 'Location', icon: 'mapPin' },
};

/** A template's header before there is a file or place for it. */
export function previewHeader(header: TemplatePreview['header']): TemplateResult | typeof nothing {
  if (header === null) return nothing;
  if (header.kind === 'text') return html`<strong class="words">${header.text}</strong>`;
  const { label, icon } = headerKinds[header.kind];
  return html`<span class="media"><pl-icon name=${icon} size="20"></pl-icon>${label}</span>`;
}

/** A template as the customer sees it. */
export function renderTemplate(
  { body, footer, buttons }: Pick<TemplatePreview, 'body' | 'footer' | 'buttons'>,
  header: TemplateResult | typeof nothing,
): TemplateResult {
  return html`<div class="card template-card">
    ${header}
    <span class="words">${body}</span>
    ${footer ? html`<span class="quiet small">${footer}</span>` : nothing}
    ${
      buttons.length > 0
        ? html`<ol>
            ${buttons.map((text) => html`<li>${text}</li>`)}
          </ol>`
        : nothing
    }
  </div>`;
}
