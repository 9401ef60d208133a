/** What an agent's frame wants to send, made into content: uploads by their tickets, templates filled in. */
import { isLiveChat, parseConversationName } from '../../../core/address.ts';
import type { Content } from '../../../core/content.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import { outgoingFile } from '../../../core/exchange.ts';
import { findLinks, cleanText, textContent } from '../../../core/message.ts';
import type { AgentFrame } from '../../../core/protocol.ts';
import type { OutgoingContent, Provider } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import type { Note } from '../../../core/session.ts';
import { fill, templateInput, type TemplateFile } from '../../../core/template.ts';
import { channelOf, type Env } from '../../env.ts';
import { messagingRouting } from '../../routing.ts';
import { verifyFile, verifyUpload } from '../../tokens.ts';
import type { MessagingRouting } from '../contracts.ts';

/** Characters in a note. */
const maxNoteLength = 4_000;

type SendFrame = Extract<AgentFrame, { kind: 'send' }>;
export type Composed = { content: Content; prepared?: OutgoingContent } | { refusal: Problem };

/** The content of a frame for a conversation, or why it cannot be sent. */
export async function compose(env: Env, conversation: string, frame: SendFrame): Promise<Composed> {
  const { channel, number } = parseConversationName(conversation);
  if (isLiveChat(number)) return composeChat(env, conversation, frame);
  const routing = await messagingRouting(env, channel);
  if (!routing) return { refusal: problem('not_found') };
  if (frame.template) return composeTemplate(env, conversation, routing, frame.template);
  if (frame.place) return { content: { kind: 'location', place: frame.place } };
  const provider: Provider = providers[routing.provider];
  if (frame.uploads && frame.uploads.length > 0) {
    const files = await Promise.all(
      frame.uploads.map((ticket) => verifyFile(env, ticket, conversation, Date.now())),
    );
    const found = files.filter((file) => file !== null);
    if (found.length < files.length) return { refusal: problem('media_unknown') };
    const text = cleanText(frame.text ?? '');
    const links = findLinks(text);
    return { content: { kind: 'files', text, files: found, ...(links.length > 0 ? { links } : {}) } };
  }
  return textContent(frame.text ?? '', provider.limits.textLength);
}

/** A note as it is kept. */
export function noteOf({
  id,
  text: raw,
  mentions,
}: Extract<AgentFrame, { kind: 'note' }>): Note | { refusal: Problem } {
  const text = cleanText(raw);
  if (text === '') return { refusal: problem('note_empty', { field: 'text' }) };
  if (text.length > maxNoteLength) return { refusal: problem('message_too_long', { field: 'text' }) };
  const links = findLinks(text);
  return { id, text, mentions: [...new Set(mentions)], ...(links.length > 0 ? { links } : {}) };
}

async function composeChat(env: Env, conversation: string, frame: SendFrame): Promise<Composed> {
  const [ticket] = frame.uploads ?? [];
  if (ticket === undefined) return textContent(frame.text ?? '');
  const media = await verifyUpload(env, ticket, conversation, Date.now());
  return media ? { content: { kind: 'image', media } } : { refusal: problem('media_unknown') };
}

async function composeTemplate(
  env: Env,
  conversation: string,
  routing: MessagingRouting,
  given: Record<string, unknown>,
): Promise<Composed> {
  const input = templateInput.safeParse(given);
  if (!input.success) return { refusal: problem('invalid_input', { field: 'template' }) };
  const { templates } = await channelOf(env, routing.id).templates();
  const template = templates.find(({ id }) => id === input.data.id);
  if (!template) return { refusal: problem('template_unknown') };
  const files = new Map<string, TemplateFile>();
  if (input.data.header?.kind === 'file') {
    const { ticket } = input.data.header;
    const shown = await verifyFile(env, ticket, conversation, Date.now());
    if (!shown) return { refusal: problem('media_unknown', { field: 'template.header' }) };
    files.set(ticket, { shown, outgoing: outgoingFile(shown, routing.webhookBase) });
  }
  const filled = fill(template, input.data, files);
  if ('problems' in filled) {
    const [first] = filled.problems;
    return { refusal: first ?? problem('invalid_input', { field: 'template' }) };
  }
  return {
    content: { kind: 'template', template: filled.sent },
    prepared: { kind: 'template', template: filled.outgoing },
  };
}
