/**
 * Messenger's webhooks. Events name neither their kind nor, in most cases, an id of their own: the key that is
 * present tells the kind, and ids for reactions, edits and old postbacks are made of what identifies them.
 */
import * as z from 'zod';
import { jsonBody } from '../dialect.ts';
import type { InboundEvent } from '../events.ts';
import { id, items, maybe, moment, read } from '../meta/loose.ts';
import type { ProviderChannel, WebhookRequest } from '../provider.ts';
import { refOfMetadata } from './compose.ts';
import { contentOf, contextOf, messageContent, referralOf } from './content.ts';

const text = maybe(z.string());
const envelope = z.object({ object: text, entry: items });
const entrySchema = z.object({ id: maybe(id), messaging: items, standby: items, changes: items });
const party = maybe(z.object({ id: maybe(id) }));
const eventSchema = z.looseObject({ sender: party, recipient: party, timestamp: maybe(moment) });

interface Source {
  page: string;
  /** The PSID; undefined where the event names nobody. */
  sender: string | undefined;
  recipient: string | undefined;
  at: number | null;
}
type Reader = (value: unknown, source: Source) => InboundEvent[];

/** By the key that tells the kind, in the order in which they are looked for. */
const readers: readonly (readonly [key: string, reader: Reader])[] = [
  ['message', messageEvents],
  ['message_edit', editEvents],
  ['reaction', reactionEvents],
  ['postback', postbackEvents],
  ['referral', arrivalEvents],
  ['read', readEvents],
  ['delivery', deliveryEvents],
  ['policy_enforcement', policyEvents],
];

/** What a verified request says. */
export function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const said = read(envelope, jsonBody(request));
  if (said === null) return [{ kind: 'malformed', what: 'The body is not a JSON object.' }];
  if (said.object !== 'page') return [ignored(`object ${said.object ?? 'without a name'}`)];
  const elsewhere = new Set<string>();
  const events = said.entry.flatMap((raw) => {
    const entry = read(entrySchema, raw);
    if (entry?.id === undefined) return [ignored('entry without a page')];
    if (entry.id !== channel.fields['pageId']) {
      elsewhere.add(entry.id);
      return [];
    }
    const page = channel.numbers[0] ?? entry.id;
    const others = entry.changes.flatMap((change) => read(z.object({ field: z.string() }), change) ?? []);
    return [
      // In standby another app answers; what is said is recorded all the same.
      ...[...entry.messaging, ...entry.standby].flatMap((item) => eventsOf(item, page)),
      ...others.map(({ field }) => ignored(`field ${field}`)),
    ];
  });
  return [...events, ...[...elsewhere].map((account) => ({ kind: 'elsewhere', account }) as const)];
}

function eventsOf(raw: unknown, page: string): InboundEvent[] {
  const event = read(eventSchema, raw);
  if (event === null) return [ignored('event that is not readable')];
  const source: Source = {
    page,
    sender: event.sender?.id,
    recipient: event.recipient?.id,
    at: event.timestamp ?? null,
  };
  const found = readers.find(([key]) => event[key] !== undefined && event[key] !== null);
  if (found) return found[1](event[found[0]], source);
  const keys = Object.keys(event).filter((key) => !(key in eventSchema.shape));
  return [ignored(keys.join(', ') || 'event without content')];
}

/** Whose event it is; null where nobody is named, or the page itself did it. */
function partyOf({ page, sender }: Source): { number: string; customer: string } | null {
  return sender === undefined || sender === page ? null : { number: page, customer: sender };
}

// ── Messages ────────────────────────────────────────────────────────────────────────────────────────────

const messageSchema = messageContent.extend({
  mid: id,
  is_echo: maybe(z.boolean()),
  is_deleted: maybe(z.boolean()),
  metadata: text,
});

function messageEvents(value: unknown, source: Source): InboundEvent[] {
  const message = read(messageSchema, value);
  if (message === null) return [ignored('message without an id')];
  if (message.is_echo) return [echoEvent(message, source)];
  const party = partyOf(source);
  if (party === null) return [ignored('message without a sender')];
  const { at } = source;
  if (message.is_deleted) {
    return [
      { kind: 'revoked', id: `${message.mid}:deleted`.slice(-255), message: message.mid, at, ...party },
    ];
  }
  const context = contextOf(message);
  return [
    {
      kind: 'message',
      id: message.mid,
      at,
      content: contentOf(message),
      ...(context ? { context } : {}),
      ...party,
    },
  ];
}

/** Our own messages come back, too, and may be faster than the answer to their send. */
function echoEvent(message: z.output<typeof messageSchema>, { page, recipient, at }: Source): InboundEvent {
  const ref = refOfMetadata(message.metadata);
  if (ref !== null) return { kind: 'status', id: message.mid, ref, status: 'sent', error: null, at };
  if (recipient === undefined) return ignored('echo without a recipient');
  return {
    kind: 'echo',
    id: message.mid,
    at,
    content: contentOf(message),
    number: page,
    customer: recipient,
  };
}

function editEvents(value: unknown, source: Source): InboundEvent[] {
  const edit = read(z.object({ mid: id, text: z.string(), num_edit: maybe(id) }), value);
  const party = partyOf(source);
  if (!edit || !party) return [ignored('edit that is not readable')];
  const key = `${edit.num_edit ?? ''}:${source.at ?? ''}:${edit.mid}`.slice(0, 255);
  return [{ kind: 'edited', id: key, message: edit.mid, text: edit.text, at: source.at, ...party }];
}

const namedReactions: Readonly<Record<string, string>> = {
  smile: '😆',
  angry: '😠',
  sad: '😢',
  wow: '😮',
  love: '❤',
  like: '👍',
  dislike: '👎',
};

function reactionEvents(value: unknown, source: Source): InboundEvent[] {
  const reaction = read(z.object({ mid: id, action: text, reaction: text, emoji: text }), value);
  const party = partyOf(source);
  if (!reaction || !party) return [ignored('reaction that is not readable')];
  const { mid, action = 'react' } = reaction;
  const emoji = reaction.emoji || (namedReactions[reaction.reaction ?? ''] ?? '👍');
  const key = `${action}:${party.customer}:${source.at ?? ''}:${mid}`.slice(0, 255);
  return [
    {
      kind: 'reaction',
      id: key,
      message: mid,
      emoji: action === 'unreact' ? null : emoji,
      at: source.at,
      ...party,
    },
  ];
}

function postbackEvents(value: unknown, source: Source): InboundEvent[] {
  const postback = read(
    z.object({ mid: maybe(id), title: text, payload: text, referral: z.unknown().optional() }),
    value,
  );
  const party = partyOf(source);
  if (!postback || !party) return [ignored('postback that is not readable')];
  const { title, payload } = postback;
  const referral = referralOf(postback.referral);
  const words = title || payload || '';
  return [
    {
      kind: 'message',
      id: postback.mid ?? `postback:${party.customer}:${source.at ?? ''}:${payload ?? ''}`.slice(0, 255),
      at: source.at,
      content: { text: words, files: [], ...(words === '' ? { unsupported: 'button' } : {}) },
      ...(payload || referral
        ? { context: { ...(payload ? { payload } : {}), ...(referral ? { referral } : {}) } }
        : {}),
      ...party,
    },
  ];
}

/** Only a link into a conversation opens its window by itself; an ad does with the message that follows. */
function arrivalEvents(value: unknown, source: Source): InboundEvent[] {
  const referral = referralOf(value);
  const party = partyOf(source);
  const from = referral?.title ?? 'a link';
  if (referral?.source !== 'SHORTLINK' || !party) return [ignored(`arrival by ${from}`)];
  const { at } = source;
  const key = `arrival:${party.customer}:${at ?? ''}:${from}`.slice(0, 255);
  return [{ kind: 'arrival', id: key, referral, at, ...party }];
}

// ── Statuses and the rest ───────────────────────────────────────────────────────────────────────────────

const watermarks = z.object({ watermark: maybe(moment), mids: items });

function deliveryEvents(value: unknown, source: Source): InboundEvent[] {
  const { watermark, mids = [] } = read(watermarks, value) ?? {};
  const party = partyOf(source);
  const named = mids
    .flatMap((mid) => read(id, mid) ?? [])
    .map((mid): InboundEvent => ({
      kind: 'status',
      id: mid,
      ref: null,
      status: 'delivered',
      error: null,
      at: source.at,
    }));
  return [
    ...named,
    ...(watermark !== undefined && party
      ? [{ kind: 'watermark', status: 'delivered', before: watermark, ...party } as const]
      : []),
    ...(named.length === 0 && watermark === undefined ? [ignored('delivery of nothing')] : []),
  ];
}

/** What was sent at the very moment of the mark has been read, too. */
function readEvents(value: unknown, source: Source): InboundEvent[] {
  const watermark = read(watermarks, value)?.watermark;
  const party = partyOf(source);
  if (watermark === undefined || !party) return [ignored('read mark that is not readable')];
  return [{ kind: 'watermark', status: 'read', before: watermark + 1, ...party }];
}

function policyEvents(value: unknown): InboundEvent[] {
  const policy = read(z.object({ action: z.string(), reason: text }), value);
  if (policy === null) return [ignored('policy event that is not readable')];
  return [
    {
      kind: 'account',
      text: `Meta enforces a policy on the page: ${policy.action}. ${policy.reason ?? ''}`.trim(),
      ...(policy.action === 'block' ? { health: 'unknown' } : {}),
    },
  ];
}

function ignored(what: string): InboundEvent {
  return { kind: 'ignored', what: what.slice(0, 200) };
}
