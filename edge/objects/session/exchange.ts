/**
 * The provider's side of a Session: what webhooks bring in, and the messages that are handed to the channel's
 * queue. The log is the outbox: `handed` says up to where messages have been given to the queue.
 */
import { addressOfPart, parseConversationName } from '../../../core/address.ts';
import type { Content } from '../../../core/content.ts';
import type { DeliveryStatus } from '../../../core/delivery.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import { contentsOf, contextOf, fileComing, inboundText, outgoingContent } from '../../../core/exchange.ts';
import type { EventBody } from '../../../core/log.ts';
import { optOutReply, optOutWord } from '../../../core/optOut.ts';
import type { InboundEvent } from '../../../core/providers/events.ts';
import type { ChannelKind, Outgoing, OutgoingContent, Provider } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { promptOf, type SendError } from '../../../core/sendError.ts';
import type { Delivery, Remark } from '../../../core/session.ts';
import { channelOf } from '../../env.ts';
import { digest } from '../../secrets.ts';
import type { DeliveryNotice, MessagingRouting, SendOrder } from '../contracts.ts';
import type { Session } from '../session.ts';
import { channelView } from '../../channelView.ts';

export const exchangeSchema = `
  CREATE TABLE deliveries (
    message TEXT PRIMARY KEY,
    round INTEGER NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE provider_ids (provider_id TEXT PRIMARY KEY, message TEXT NOT NULL) WITHOUT ROWID;
  -- What a template or another message needs beside what its log entry shows.
  CREATE TABLE outgoing (message TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
  -- Messages without an id of their own, by their content; parts of messages that come as several.
  CREATE TABLE seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE fetches (
    message TEXT NOT NULL,
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (message, position)
  ) WITHOUT ROWID;
`;

/** Events that a Session takes in; statuses are the channel's. */
export type ConversationEvent = Extract<
  InboundEvent,
  { kind: 'message' | 'echo' | 'watermark' | 'reaction' | 'edited' | 'revoked' | 'moved' | 'optOut' }
>;
export type Taken = 'stored' | 'duplicate' | 'ignored';

type Message = Extract<ConversationEvent, { kind: 'message' }>;
type DeliveryRow = Delivery & { message: string; at: number } & Record<string, SqlStorageValue>;

export const handTimer = 'hand';
const handBackstopMs = 2_000;
/** How far the provider's clock may be behind ours, and its answer behind its sending. */
const clockSlackMs = 2_000;
/** Orders in one call. */
const handBatch = 100;

export class Exchange {
  private handing: Promise<boolean> | null = null;

  constructor(
    private readonly sql: SqlStorage,
    private readonly session: Session,
  ) {}

  // ── In ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes events of a webhook in, each once; they are stored when this has answered. */
  async receive(events: readonly ConversationEvent[], routing: MessagingRouting): Promise<Taken[]> {
    const keys = await Promise.all(events.map((event) => keyOf(event)));
    const taken = events.map((event, index) => this.one(event, keys[index] ?? '', routing));
    void this.hand();
    this.session.media.run();
    return taken;
  }

  private one(event: ConversationEvent, key: string, routing: MessagingRouting): Taken {
    const provider: Provider = providers[routing.provider];
    switch (event.kind) {
      case 'message':
        return this.message(event, key, routing, provider);
      case 'echo': {
        if (this.messageOf(event.id) !== null) return 'duplicate';
        const id = `in-${event.id}`;
        const [content] = contentsOf(event.content);
        if (!content) return 'ignored';
        this.session.run({ kind: 'externalMessage', message: { id, content } });
        this.keepFiles(id, event.content.files);
        return 'stored';
      }
      case 'watermark':
        return this.watermark(event.status, event.before);
      case 'reaction':
        return this.remark(event.id, event.message, (message) => ({
          kind: 'reaction',
          message,
          emoji: event.emoji,
        }));
      case 'edited':
        return this.remark(event.id, event.message, (message) => ({
          kind: 'edited',
          message,
          ...inboundText(event.text),
        }));
      case 'revoked':
        return this.remark(event.id, event.message, (message) => ({ kind: 'revoked', message }));
      case 'moved':
        return this.noticeOnce(
          `moved-${event.to}`,
          `The customer has moved to ${event.to}. Messages from there join this conversation.`,
        );
      case 'optOut': {
        const { out, scope } = event;
        if (scope === 'all' && this.session.current.state.optedOut === out) return 'duplicate';
        this.session.run({ kind: 'remark', events: [{ kind: 'optOut', out, scope }] });
        return 'stored';
      }
    }
  }

  private message(event: Message, key: string, routing: MessagingRouting, provider: Provider): Taken {
    const now = Date.now();
    const id = event.id === null ? `${key}-${now}` : `in-${event.id}`;
    if (event.id === null) {
      if (this.seenWithin(key, now - provider.webhook.sameWithinMs) !== null) return 'duplicate';
      this.see(key, now, id);
    } else if (this.session.log.seqOfMessage(id) !== null) {
      return 'duplicate';
    }
    if (event.part) {
      const joined = this.join(event, event.part, id, now);
      if (joined) return joined;
    }
    const [first, ...more] = contentsOf(event.content);
    if (!first) return 'ignored';
    this.introduce(event);
    const route = routing.numbers.find(({ number }) => number === event.number);
    const opening = {
      route: {
        queue: route?.queue ? { id: route.queue.id, name: route.queue.name } : null,
        agent: route?.agent ?? null,
      },
      source: null,
      greeting: null,
      autoResponse: null,
    };
    const context = contextOf(event.context, (providerId) => this.messageOf(providerId));
    if (provider.profile && !this.session.current.state.open) this.session.profiles.wanted();
    [first, ...more].forEach((content, index) => {
      const message = {
        id: index === 0 ? id : `${id}~${index + 1}`,
        content,
        ...(context && index === 0 ? { context } : {}),
      };
      this.session.run({ kind: 'customerMessage', message, opening });
    });
    this.keepFiles(id, event.content.files);
    this.heedOptOut(event, routing, provider);
    return 'stored';
  }

  /** Puts parts of one message together (VoiceMeUp). Null: this part is a message of its own. */
  private join(event: Message, part: NonNullable<Message['part']>, id: string, now: number): Taken | null {
    const key = `part|${part.key}`;
    const twin = `id|${id}`;
    if (this.seenWithin(twin, 0) !== null) return 'duplicate';
    this.see(twin, now, id);
    const other = this.seenWithin(key, now - part.withinMs);
    const empty = event.content.text === '' && event.content.files.length === 0;
    if (other === null || other === '') {
      if (!empty) this.see(key, now, id);
      return empty ? 'stored' : null;
    }
    if (empty) return 'stored';
    const { text } = inboundText(event.content.text);
    const before = this.session.log.message(other);
    const hasText = before?.kind === 'message' && textOf(before.content) !== '';
    // Two texts are two messages, whatever they have in common.
    if (text !== '' && hasText) return null;
    const remarks: Remark[] = text === '' ? [] : [{ kind: 'text', message: other, ...inboundText(text) }];
    const from = this.filesOf(other);
    event.content.files.forEach((source, index) => {
      remarks.push({ kind: 'file', message: other, index: from + index, file: fileComing(source) });
    });
    this.session.run({ kind: 'remark', events: remarks });
    this.keepFiles(other, event.content.files, from);
    return 'stored';
  }

  /** The customer's name, as far as it is news. */
  private introduce({ name }: Message): void {
    const { profile } = this.session.current.state;
    if (name === undefined || name === '' || profile.firstName === name) return;
    if (profile.firstName !== undefined && profile.lastName !== undefined) return;
    this.session.run({
      kind: 'profile',
      profile: { firstName: inboundText(name.slice(0, 160)).text },
      from: 'provider',
      consent: null,
    });
  }

  private heedOptOut(event: Message, routing: MessagingRouting, provider: Provider): void {
    const word = event.optOut ?? (provider.kind === 'sms' ? optOutWord(event.content.text) : null);
    if (word === null) return;
    const { optedOut, open } = this.session.current.state;
    const events: Remark[] =
      word === 'help' || optedOut === (word === 'stop')
        ? []
        : [{ kind: 'optOut', out: word === 'stop', scope: 'all' }];
    if (events.length > 0) this.session.run({ kind: 'remark', events });
    // Where nobody else answers these words, we have to, once.
    if (
      provider.optOut !== 'ours' ||
      event.optOut !== undefined ||
      !open ||
      (word !== 'help' && events.length === 0)
    )
      return;
    this.session.run({
      kind: 'autoMessage',
      reason: 'optOut',
      id: `auto-optout-${event.id ?? Date.now()}`,
      text: optOutReply(word, routing.workspaceName),
    });
  }

  private remark(id: string, about: string, build: (message: string) => Remark): Taken {
    if (this.seenWithin(`remark|${id}`, 0) !== null) return 'duplicate';
    const message = this.messageOf(about);
    if (message === null) return 'ignored';
    this.see(`remark|${id}`, Date.now(), message);
    this.session.run({ kind: 'remark', events: [build(message)] });
    return 'stored';
  }

  private noticeOnce(key: string, text: string): Taken {
    if (this.seenWithin(key, 0) !== null) return 'duplicate';
    this.see(key, Date.now(), '');
    this.session.run({ kind: 'remark', events: [{ kind: 'notice', text }] });
    return 'stored';
  }

  private keepFiles(message: string, files: readonly object[], from = 0): void {
    files.forEach((source, index) =>
      this.sql.exec(
        'INSERT OR IGNORE INTO fetches VALUES (?, ?, ?, 0, ?)',
        message,
        from + index,
        JSON.stringify(source),
        Date.now(),
      ),
    );
  }

  // ── Reports ───────────────────────────────────────────────────────────────────────────────────────────

  /** How far messages of ours have got, as the channel's queue says. */
  async delivered(notices: readonly DeliveryNotice[]): Promise<void> {
    const type = (await this.session.messagingRouting())?.type ?? 'sms';
    for (const { message, round, status, error, providerIds } of notices) {
      for (const id of providerIds) {
        this.sql.exec('INSERT OR IGNORE INTO provider_ids VALUES (?, ?)', id, message);
      }
      this.report(message, round, status, error, type);
    }
  }

  private report(
    message: string,
    round: number,
    status: DeliveryStatus,
    error: SendError | null,
    type: ChannelKind,
  ): void {
    const before = this.delivery(message);
    const answer = this.session.run({ kind: 'report', message, before, round, status, error });
    if ('refusal' in answer || !answer.changed) return;
    this.keepDelivery(message, { status, round: before.round });
    // For SMS it is a fact that lasts; Messenger says it also of people who cannot be reached right now.
    if (error?.category === 'recipient_opted_out' && type === 'sms' && !this.session.current.state.optedOut) {
      this.session.run({ kind: 'remark', events: [{ kind: 'optOut', out: true, scope: 'all' }] });
    }
  }

  /**
   * Everything that was sent before a time got that far (Messenger). What waits, or went out perhaps, is not
   * among it: only a report of its own says that it did.
   */
  private watermark(status: 'delivered' | 'read', before: number): Taken {
    const reached = this.sql
      .exec<DeliveryRow>(
        "SELECT * FROM deliveries WHERE at < ? AND status IN ('sent', 'delivered')",
        before + clockSlackMs,
      )
      .toArray()
      .filter((row) => row.status !== status);
    for (const { message, round } of reached) this.report(message, round, status, null, 'facebook');
    return reached.length > 0 ? 'stored' : 'duplicate';
  }

  /** How far a message has got; `queued` in its first round before anything is known. */
  delivery(message: string): Delivery {
    const row = this.sql
      .exec<DeliveryRow>('SELECT * FROM deliveries WHERE message = ?', message)
      .toArray()[0];
    return row ? { status: row.status, round: row.round } : { status: 'queued', round: 1 };
  }

  private keepDelivery(message: string, { status, round }: Delivery): void {
    this.sql.exec(
      `INSERT INTO deliveries VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (message) DO UPDATE SET round = ?2, status = ?3`,
      message,
      round,
      status,
      Date.now(),
    );
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Why an agent's message cannot go; null when it can. `prepared` is what a template needs. */
  refuse(
    content: Content,
    prepared: OutgoingContent | null,
    replyTo: string | null,
    routing: MessagingRouting,
  ): Problem | null {
    if (this.session.current.state.optedOut) return problem('opted_out');
    const outgoing = this.outgoing(content, prepared, replyTo, true, routing);
    if (!outgoing) return problem('not_sendable');
    const provider: Provider = providers[routing.provider];
    const error = provider.admit({ ...outgoing, ref: 'x', attempt: 0 }, Date.now(), channelView(routing));
    return error && refusalOf(error);
  }

  /** Keeps what a message needs for being sent beside what its log entry shows. */
  keepPrepared(message: string, content: OutgoingContent): void {
    this.sql.exec('INSERT OR REPLACE INTO outgoing VALUES (?, ?)', message, JSON.stringify(content));
  }

  /** A message is sent once more: its reports start over. */
  restart(message: string, round: number): void {
    this.keepDelivery(message, { status: 'queued', round });
  }

  /** Gives messages that the queue does not have yet to it; false when it could not be reached. */
  hand(): Promise<boolean> {
    this.handing ??= this.handAll().finally(() => (this.handing = null));
    return this.handing;
  }

  /** For the timer: when to try again (epoch ms), null when everything is handed over. */
  async onTimer(now: number): Promise<number | null> {
    return (await this.hand()) ? null : now + handBackstopMs;
  }

  private async handAll(): Promise<boolean> {
    try {
      for (;;) {
        const { handed, state } = this.session.current;
        if (handed >= state.seq) return true;
        const routing = await this.session.messagingRouting();
        if (!routing) return true;
        const events = this.session.log.after(handed, handBatch);
        const through = events.at(-1)?.seq ?? state.seq;
        const orders = events.flatMap(({ body }) => this.orderOf(body, routing) ?? []);
        const channel = channelOf(this.session.environment, routing.id);
        const { number, customer } = this.party();
        for (const { body } of events) {
          if (body.kind === 'optOut') await channel.setOptOut(number, customer, body.out, body.scope);
        }
        if (orders.length > 0) await channel.enqueue(orders);
        this.session.handedThrough(through);
      }
    } catch (error) {
      console.error(JSON.stringify({ event: 'hand.failed', error: String(error) }));
      return false;
    }
  }

  private orderOf(body: EventBody, routing: MessagingRouting): SendOrder | null {
    const again = body.kind === 'resent';
    const message = again ? this.session.log.message(body.message) : body;
    if (message?.kind !== 'message') return null;
    const { id, author, content, context } = message;
    if (author.kind !== 'agent' && author.kind !== 'auto') return null;
    const kept = this.sql
      .exec<{ content: string }>('SELECT content FROM outgoing WHERE message = ?', id)
      .toArray()[0];
    const prepared = kept ? (JSON.parse(kept.content) as OutgoingContent) : null;
    const byHuman = author.kind === 'agent';
    const outgoing = this.outgoing(content, prepared, context?.replyTo ?? null, byHuman, routing);
    if (!outgoing) return null;
    return {
      conversation: this.session.name,
      message: id,
      round: again ? body.round : 1,
      outgoing,
      exempt: author.kind === 'auto' && author.reason === 'optOut',
    };
  }

  private outgoing(
    content: Content,
    prepared: OutgoingContent | null,
    replyTo: string | null,
    byHuman: boolean,
    routing: MessagingRouting,
  ): Omit<Outgoing, 'ref' | 'attempt'> | null {
    const made = prepared ?? outgoingContent(content, routing.webhookBase);
    if (!made) return null;
    const { number, customer } = this.party();
    return {
      from: number,
      to: customer,
      content: made,
      replyTo: replyTo === null ? null : this.providerIdOf(replyTo),
      byHuman,
      lastInboundAt: this.session.current.state.lastInboundAt,
    };
  }

  // ── Small things ──────────────────────────────────────────────────────────────────────────────────────

  private party(): { number: string; customer: string } {
    const { number, customer } = parseConversationName(this.session.name);
    return { number: addressOfPart(number), customer: addressOfPart(customer) };
  }

  /** The message of this conversation that a provider's id stands for; null when it is none. */
  private messageOf(providerId: string): string | null {
    const inbound = `in-${providerId}`;
    if (this.session.log.seqOfMessage(inbound) !== null) return inbound;
    const row = this.sql
      .exec<{ message: string }>('SELECT message FROM provider_ids WHERE provider_id = ?', providerId)
      .toArray()[0];
    return row?.message ?? null;
  }

  private providerIdOf(message: string): string | null {
    if (message.startsWith('in-')) return message.slice(3);
    const row = this.sql
      .exec<{ provider_id: string }>(
        'SELECT provider_id FROM provider_ids WHERE message = ? LIMIT 1',
        message,
      )
      .toArray()[0];
    return row?.provider_id ?? null;
  }

  private filesOf(message: string): number {
    const found = this.session.log.message(message);
    const own = found?.kind === 'message' && found.content.kind === 'files' ? found.content.files.length : 0;
    const last = this.sql
      .exec<{ n: number | null }>('SELECT MAX(position) + 1 AS n FROM fetches WHERE message = ?', message)
      .one().n;
    return Math.max(own, last ?? 0);
  }

  private see(key: string, at: number, message: string): void {
    this.sql.exec('INSERT OR REPLACE INTO seen VALUES (?, ?, ?)', key, at, message);
  }

  private seenWithin(key: string, since: number): string | null {
    const row = this.sql
      .exec<{ message: string }>('SELECT message FROM seen WHERE key = ? AND at > ?', key, since)
      .toArray()[0];
    return row?.message ?? null;
  }
}

/** A message without an id is known by what it says. */
async function keyOf(event: ConversationEvent): Promise<string> {
  if (event.kind !== 'message' || event.id !== null) return '';
  // Where its files were kept is another place each time.
  const said = JSON.stringify(event.content, (key, value: unknown) => (key === 'kept' ? undefined : value));
  return `same-${(await digest(said)).slice(0, 22)}`;
}

function textOf(content: Content): string {
  return content.kind === 'text' || content.kind === 'files' ? content.text : '';
}

/** A refusal for the composer, before anything is stored. */
function refusalOf({ category, text, hint }: SendError): Problem {
  const message = [text || promptOf(category), hint].filter(Boolean).join(' ');
  switch (category) {
    case 'window_closed':
      return problem('window_closed', { message });
    case 'exceeds_size_limit':
      return problem('file_too_large', { message });
    case 'unsupported_media':
      return problem('file_type', { message });
    case 'invalid_parameter':
    default:
      return problem('not_sendable', { message });
  }
}
