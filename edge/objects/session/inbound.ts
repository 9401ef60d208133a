/** What webhooks bring into a conversation: each event once, in the order it came. */
import type { Content } from '../../../core/content.ts';
import { contentsOf, contextOf, fileComing, inboundText } from '../../../core/exchange.ts';
import { optOutReply, optOutWord } from '../../../core/optOut.ts';
import type { InboundEvent } from '../../../core/providers/events.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import type { Remark } from '../../../core/session.ts';
import { digest } from '../../secrets.ts';
import type { MessagingRouting } from '../contracts.ts';
import type { Session } from '../session.ts';
import type { Deliveries } from './deliveries.ts';

/** Events that a Session takes in; statuses are the channel's. */
export type ConversationEvent = Extract<
  InboundEvent,
  {
    kind:
      'message' | 'echo' | 'watermark' | 'reaction' | 'edited' | 'revoked' | 'arrival' | 'moved' | 'optOut';
  }
>;
export type Taken = 'stored' | 'duplicate' | 'ignored';

type Message = Extract<ConversationEvent, { kind: 'message' }>;

export class Inbound {
  private hasNewFiles = false;

  constructor(
    private readonly sql: SqlStorage,
    private readonly session: Session,
    private readonly deliveries: Deliveries,
  ) {}

  /** Takes events of a webhook in, each once; `keys` are what `keysOf` says of them. */
  receive(events: readonly ConversationEvent[], keys: readonly string[], routing: MessagingRouting): Taken[] {
    const taken = events.map((event, index) => this.one(event, keys[index] ?? '', routing));
    if (this.hasNewFiles) this.session.media.begin();
    this.hasNewFiles = false;
    return taken;
  }

  private one(event: ConversationEvent, key: string, routing: MessagingRouting): Taken {
    const provider: Provider = providers[routing.provider];
    switch (event.kind) {
      case 'message':
        return this.message(event, key, routing, provider);
      case 'echo': {
        if (this.deliveries.messageOf(event.id) !== null) return 'duplicate';
        const id = `in-${event.id}`;
        const [content] = contentsOf(event.content);
        if (!content) return 'ignored';
        this.session.run({ kind: 'externalMessage', message: { id, content } });
        this.keepFiles(id, event.content.files);
        return 'stored';
      }
      case 'watermark':
        return this.deliveries.watermark(event.status, event.before) ? 'stored' : 'duplicate';
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
      case 'arrival':
        return this.arrival(event);
      case 'moved':
        return this.noticeOnce(`moved-${event.to}`, {
          text: `The customer has moved to ${event.to}. Messages from there join this conversation.`,
        });
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
    const context = contextOf(event.context, (providerId) => this.deliveries.messageOf(providerId));
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
    const message = this.deliveries.messageOf(about);
    if (message === null) return 'ignored';
    this.see(`remark|${id}`, Date.now(), message);
    this.session.run({ kind: 'remark', events: [build(message)] });
    return 'stored';
  }

  /** Who has never written is nobody to answer. */
  private arrival({ id, referral }: Extract<ConversationEvent, { kind: 'arrival' }>): Taken {
    if (this.session.current.state.ordinal === 0) return 'ignored';
    const { text: link } = inboundText((referral.title ?? '').slice(0, 160));
    const text =
      link === '' ? 'The customer came back by a link' : `The customer came back by the link ${link}`;
    return this.noticeOnce(id, { text, fromCustomer: true });
  }

  private noticeOnce(key: string, notice: { text: string; fromCustomer?: true }): Taken {
    if (this.seenWithin(key, 0) !== null) return 'duplicate';
    this.see(key, Date.now(), '');
    this.session.run({ kind: 'remark', events: [{ kind: 'notice', ...notice }] });
    return 'stored';
  }

  private keepFiles(message: string, files: readonly object[], from = 0): void {
    this.hasNewFiles ||= files.length > 0;
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

/** What tells events apart that have no id. */
export function keysOf(events: readonly ConversationEvent[]): Promise<string[]> {
  return Promise.all(events.map(keyOf));
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
