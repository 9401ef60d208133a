/** Messages as the Send API takes them: one text or one file each, inside Messenger's windows. */
import { sendErrorOf, type SendError } from '../../sendError.ts';
import type { Outgoing, OutgoingContent, OutgoingFile } from '../provider.ts';
import { textParts } from './textParts.ts';

export const freeMs = 24 * 3_600_000;
export const humanMs = 7 * freeMs;
/** Messenger takes 2,000 at once; longer texts go in parts. */
export const textLength = 20_000;
const partLength = 2000;
export const fileBytes = 25 * 1024 * 1024;
export const maxFiles = 10;
/** By URL, pictures may not be larger; as files they may. */
const imageBytes = 8_000_000;
/** A message on its way when the window closes would be refused: the tag is put on a little early. */
const marginMs = 60_000;

const notReachable = 'The customer has to write to the page first.';
const humansOnly = 'After 24 hours only an agent may answer, no campaign and no automatic message.';
const tooLate = 'More than 7 days have passed since the customer last wrote.';

/** Why the message cannot go at all; null when it can. */
export function admit({ content, lastInboundAt, byHuman }: Outgoing, now: number): SendError | null {
  if (lastInboundAt === null) return sendErrorOf('window_closed', { text: notReachable });
  const age = now - lastInboundAt;
  if (age > humanMs) return sendErrorOf('window_closed', { text: tooLate });
  if (age > freeMs && !byHuman) return sendErrorOf('window_closed', { text: humansOnly });
  switch (content.kind) {
    case 'location':
    case 'contacts':
    case 'template':
      return sendErrorOf('unsupported_media', { text: 'Messenger carries text and files only.' });
    case 'text':
      return tooLong(content.text);
    case 'files':
      if (content.files.length > maxFiles) {
        return sendErrorOf('unsupported_media', { text: `Send at most ${maxFiles} files at once.` });
      }
      if (content.files.some(({ size }) => size > fileBytes)) {
        return sendErrorOf('exceeds_size_limit', { text: 'A file on Messenger has at most 25 MB.' });
      }
      return tooLong(content.text);
  }
}

function tooLong(text: string): SendError | null {
  return text.length > textLength
    ? sendErrorOf('invalid_parameter', {
        text: `A text on Messenger has at most ${textLength} characters here.`,
      })
    : null;
}

/** Texts in parts, then each file by itself: Messenger knows no captions. */
export function split(message: Outgoing): Outgoing[] {
  const { content } = message;
  if (content.kind !== 'text' && content.kind !== 'files') return [message];
  const parts: OutgoingContent[] = [
    ...textParts(content.text, partLength).map((text): OutgoingContent => ({ kind: 'text', text })),
    ...(content.kind === 'files'
      ? content.files.map((file): OutgoingContent => ({ kind: 'files', text: '', files: [file] }))
      : []),
  ];
  return parts.map((part, index) => ({
    ...message,
    ref: index === 0 ? message.ref : `${message.ref}-${index + 1}`,
    content: part,
    replyTo: index === 0 ? message.replyTo : null,
  }));
}

/** Whether the message needs the HUMAN_AGENT tag by now. */
export function isTagged({ byHuman, lastInboundAt }: Outgoing, now: number): boolean {
  return byHuman && lastInboundAt !== null && now - lastInboundAt > freeMs - marginMs;
}

/** The body of the send call. */
export function bodyOf(message: Outgoing, now: number): Record<string, unknown> {
  return {
    recipient: { id: message.to },
    ...(isTagged(message, now)
      ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
      : { messaging_type: 'RESPONSE' }),
    message: { ...messageOf(message), metadata: `${prefix}${message.ref}` },
    ...(message.replyTo ? { reply_to: { mid: message.replyTo } } : {}),
  };
}

/** Tells our metadata from that of other apps on the same page. */
const prefix = 'parley:';

/** Our own reference in an echo; null when another app sent it. */
export function refOfMetadata(metadata: string | undefined): string | null {
  if (!metadata?.startsWith(prefix)) return null;
  const ref = metadata.slice(prefix.length);
  return /^[\w-]{1,64}$/.test(ref) ? ref : null;
}

function messageOf(message: Outgoing): Record<string, unknown> {
  const { content } = message;
  const file = content.kind === 'files' ? content.files[0] : undefined;
  if (file) return { attachment: { type: attachmentOf(message), payload: { url: file.url } } };
  return { text: 'text' in content ? content.text : '' };
}

/** As what a message's file goes; null where it has none. */
export function attachmentOf({ content, plainFiles = false }: Outgoing): ReturnType<typeof kindOf> | null {
  const file = content.kind === 'files' ? content.files[0] : undefined;
  if (!file) return null;
  return plainFiles ? 'file' : kindOf(file);
}

/** Meta counts audio and video apart, and takes few of them. */
export function isSlow(message: Outgoing): boolean {
  const kind = attachmentOf(message);
  return kind === 'audio' || kind === 'video';
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif'];
const videoTypes = ['video/mp4', 'video/quicktime', 'video/3gpp', 'video/x-msvideo', 'video/webm'];

/** How Messenger shows a file. */
function kindOf({ type, size }: Pick<OutgoingFile, 'type' | 'size'>) {
  if (imageTypes.includes(type) && size <= imageBytes) return 'image';
  if (type.startsWith('audio/')) return 'audio';
  return videoTypes.includes(type) ? 'video' : 'file';
}
