/** What may be written in a session right now: the channel's limits, and the provider's window. Pure. */
import { nameOf } from '../../core/customer.ts';
import { problem } from '../../core/errors.ts';
import { maxImageBytes } from '../../core/image.ts';
import { maxTextLength } from '../../core/message.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { providerOf } from '../../core/providers/registry.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface ChannelRules {
  /** UTF-16 code units of one text. */
  textLength: number;
  /** Bytes of one file, and files of one message. */
  fileBytes: number;
  files: number;
  /** Only PNG and JPEG, each a message of its own. */
  imagesOnly: boolean;
  /** Whether texts are counted in SMS segments. */
  segments: boolean;
  /** Whether a message can answer another one. */
  replies: boolean;
  templates: boolean;
  places: boolean;
}

const liveChat: ChannelRules = {
  textLength: maxTextLength,
  fileBytes: maxImageBytes,
  files: 20,
  imagesOnly: true,
  segments: false,
  replies: false,
  templates: false,
  places: false,
};

/** The limits of a session's channel. */
export function rulesOf({
  channel,
}: {
  channel: Pick<InboxSession['channel'], 'provider' | 'type'>;
}): ChannelRules {
  const provider = channel.provider === null ? null : providerOf(channel.provider);
  if (!provider) return liveChat;
  const { textLength, fileBytes, files, segments } = provider.limits;
  const whatsapp = channel.type === 'whatsapp';
  return {
    textLength,
    fileBytes,
    files,
    imagesOnly: false,
    segments,
    replies: channel.type !== 'sms',
    templates: whatsapp,
    places: whatsapp,
  };
}

/** Why a file cannot go along with `held` others; null when it can. */
export function fileRefusal(
  { name, type, size }: Pick<File, 'name' | 'type' | 'size'>,
  held: number,
  { imagesOnly, fileBytes, files }: ChannelRules,
): string | null {
  if (imagesOnly && !['image/png', 'image/jpeg'].includes(type)) return problem('image_type').message;
  if (imagesOnly && size > fileBytes) return problem('image_too_large').message;
  if (size > fileBytes) {
    return `${name} has ${sizeWords(size)}. This channel takes files of up to ${sizeWords(fileBytes)}.`;
  }
  if (size === 0) return `${name} is empty. Choose another file.`;
  if (held < files) return null;
  return `This channel takes at most ${files} ${files === 1 ? 'file' : 'files'} in one message. Send the others after it.`;
}

export type Writing =
  | { kind: 'free' }
  /** `leftMs` until nothing can be written; `soon` within the last hour. */
  | { kind: 'window'; leftMs: number; soon: boolean; words: string }
  | { kind: 'refused'; reason: string; template: boolean };

/** Whether an agent may write at `now` (epoch ms by the edge's clock), and until when. */
export function writingOf(session: InboxSession, now: number): Writing {
  const { channel, status, optedOut, lastInboundAt } = session;
  if (session.role === 'reads' && status === 'open') {
    const holder = session.route.agent?.name ?? session.route.queue?.name ?? 'Somebody else';
    return refused(`${holder} answers here. You were mentioned, so you can read along and write notes.`);
  }
  if (status === 'closed') {
    return refused('This session is closed. When the customer writes again, a new session opens.');
  }
  if (optedOut) {
    return refused(
      `${nameOf(session)} has opted out of messages from this number. They can write START to undo it.`,
    );
  }
  const windows = channel.provider === null ? null : (providerOf(channel.provider)?.windows ?? null);
  if (!windows) return { kind: 'free' };
  const template = channel.type === 'whatsapp';
  const age = lastInboundAt === null ? Infinity : now - lastInboundAt;
  if (age >= windows.humanMs) {
    return { kind: 'refused', template, reason: closedWords(template, lastInboundAt) };
  }
  const leftMs = windows.humanMs - age;
  const soon = leftMs < hour;
  if (template) return { kind: 'window', leftMs, soon, words: `${timeLeft(leftMs)} left to answer freely` };
  const words =
    age < windows.freeMs
      ? `${timeLeft(windows.freeMs - age)} left to answer freely, ${timeLeft(leftMs)} in all`
      : `${timeLeft(leftMs)} left to answer by hand`;
  return { kind: 'window', leftMs, soon, words };
}

function refused(reason: string): Writing {
  return { kind: 'refused', reason, template: false };
}

function closedWords(template: boolean, lastInboundAt: number | null): string {
  if (!template) {
    return 'Messenger takes answers for 7 days after the customer last wrote, and these are over. They have to write first.';
  }
  return lastInboundAt === null
    ? 'The customer has not written yet. On WhatsApp only a template can be sent until they do.'
    : 'More than 24 hours have passed since the customer last wrote. On WhatsApp only a template can be sent now.';
}

/** Such as "23 h 5 min", "6 days", "less than a minute"; rounded down. */
export function timeLeft(ms: number): string {
  if (ms < minute) return 'Less than a minute';
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms >= 2 * day) return `${Math.floor(ms / day)} days`;
  return `${Math.floor(ms / hour)} h ${Math.floor((ms % hour) / minute)} min`;
}

const kilo = 1024;

/** Bytes as people read them, such as 12 KB or 4.8 MB. */
export function sizeWords(bytes: number): string {
  if (bytes < kilo) return `${bytes} B`;
  if (bytes < kilo * kilo) return `${Math.round(bytes / kilo)} KB`;
  const megabytes = bytes / kilo / kilo;
  return `${Number(megabytes.toFixed(megabytes < 10 ? 1 : 0))} MB`;
}
