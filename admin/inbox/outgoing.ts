/** Messages that the edge has not stored yet, or did not take. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { desk } from '../data/desk.ts';
import { filesOf, type OutboxEntry, type OutboxFile } from '../data/desk-state.ts';
import { previewHeader, renderPlace, renderTemplate } from './content.ts';
import { sizeWords } from './rules.ts';
import '../elements/icon.ts';

export const outgoingStyles = css`
  .bubble.waiting {
    opacity: 0.75;
  }
  .bubble.failed {
    background: var(--parley-red-tint);
    box-shadow: inset 0 0 0 1px var(--parley-red-border);
  }
  progress {
    width: 160px;
    height: 4px;
    accent-color: var(--parley-accent);
  }
`;

/** `edit` puts a refused text with its files back into the composer; null where nothing can be written. */
export function renderOutgoing(
  entry: OutboxEntry,
  edit: ((entry: OutboxEntry) => void) | null,
): TemplateResult {
  const { id, state, problem } = entry;
  return html`${renderBody(entry)}
  ${
    state === 'failed'
      ? html`<div class="failure" role="alert">
          <span>${problem?.message ?? 'Not sent.'}</span>
          <button class="text-button" @click=${() => desk.delivery.retry(id)}>Send again</button>
          ${
            edit && (entry.content.kind === 'text' || entry.content.kind === 'files')
              ? html`<button class="text-button" @click=${() => edit(entry)}>Edit</button>`
              : nothing
          }
          <button class="text-button" @click=${() => desk.delivery.discard(id)}>Delete</button>
        </div>`
      : html`<span class="foot">${renderProgress(entry)}</span>`
  }`;
}

function renderProgress({ id, state, content, progress }: OutboxEntry): TemplateResult {
  const missing = filesOf(content).filter(({ ticket }) => ticket === null);
  const [first] = missing;
  if (first) {
    const what = missing.length > 1 ? `${missing.length} files` : first.name;
    return html`<progress max="1" .value=${progress} aria-label=${`Sending ${what}`}></progress>
      <button class="text-button" @click=${() => desk.delivery.discard(id)}>Cancel</button>`;
  }
  const stored = state === 'stored';
  return html`<pl-icon name=${stored ? 'check' : 'clock'}></pl-icon>
    <span class=${stored ? 'unseen' : ''}>${stored ? 'Sent' : 'Sending'}</span>`;
}

function renderBody({ content, state }: OutboxEntry): TemplateResult {
  const tone = state === 'failed' ? 'failed' : 'waiting';
  switch (content.kind) {
    case 'text':
      return renderWords(content.text, tone);
    case 'files':
      return html`${content.files.map(renderFile)}
      ${content.text === '' ? nothing : renderWords(content.text, tone)}`;
    case 'place':
      return renderPlace(content.place);
    case 'template': {
      const { shown, input } = content;
      const kind = content.files.length > 0 ? ('document' as const) : ('location' as const);
      const header = content.files.length > 0 || input.header?.kind === 'location' ? { kind } : null;
      return renderTemplate(shown, previewHeader(header));
    }
  }
}

function renderWords(text: string, tone: string): TemplateResult {
  return html`<div class="bubble ${tone}"><span class="words">${text}</span></div>`;
}

function renderFile({ file, name }: OutboxFile): TemplateResult {
  if (isShown(file)) return html`<span class="picture"><img src=${localUrlOf(file)} alt=${name} /></span>`;
  return html`<div class="document">
    <pl-icon name="file" size="20"></pl-icon>
    <span
      ><span class="name">${name}</span><span class="more"><br />${sizeWords(file.size)}</span></span
    >
  </div>`;
}

/** Whether a local file can be shown as a picture. */
export function isShown(file: Pick<Blob, 'type'>): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(file.type);
}

const previews = new WeakMap<Blob, string>();

/** One address per file, for as long as the file lives in the page. */
export function localUrlOf(file: Blob): string {
  const known = previews.get(file);
  if (known) return known;
  const url = URL.createObjectURL(file);
  previews.set(file, url);
  return url;
}
