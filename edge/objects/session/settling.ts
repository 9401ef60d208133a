/**
 * What a conversation does in its pauses: it makes sure that Desk knows everything, has its channel count, and hands its
 * words to the archive. None of that has to be known at once, and done for each message it would cost more than the
 * message.
 */
import { addressOfPart, parseConversationName, sessionIdOf } from '../../../core/address.ts';
import { entryOf, headOf, periodOf, type ArchiveEntry } from '../../../core/archive.ts';
import { summaryOf } from '../../../core/summary.ts';
import { archiveOf } from '../../env.ts';
import { channelRef } from '../../routing.ts';
import type { Session } from '../session.ts';
import { countNotice } from './counting.ts';

/** Backstop for telling others, should this instance end before it could. */
const backstopMs = 5_000;
/** While messages come and Desk hears of each at once, the rest can wait for a pause of this length, but not longer. */
const pauseMs = 2_500;
const longestUnsettledMs = 10_000;

/** The archive costs more than a message does: a conversation without a pause is handed over this often. */
const longestUnarchivedMs = 60_000;

/** Most events that go to the archive at once. */
const archivedAtOnce = 500;

export class Settling {
  /** When this instance first wrote what it has not settled, epoch ms; null when that is not so. */
  private since: number | null = null;
  /** When this instance handed over to the archive last, or first had something for it, epoch ms. */
  private archivedAt: number | null = null;

  constructor(
    private readonly session: Session,
    private readonly tellDesk: () => Promise<void>,
  ) {}

  /** Something has changed; answers when to settle, epoch ms. */
  changed(now: number): number {
    this.since ??= now;
    this.archivedAt ??= now;
    // Many conversations begin at the same moment; they need not all come to rest at the same one.
    return now + backstopMs * (0.8 + Math.random() * 0.4);
  }

  /** Answers when to settle again, epoch ms; null when everybody knows everything. */
  async settle(now: number): Promise<number | null> {
    // What this instance has written itself it has also told; only what an earlier one left may be unknown to Desk.
    const { at, open } = this.session.current.state;
    const { since } = this;
    const isLively = open && since !== null && now - at < pauseMs && now - since < longestUnsettledMs;
    if (isLively) return now + backstopMs;
    this.since = null;
    await this.tellDesk();
    await this.count();
    const isPause = !open || now - at >= pauseMs;
    if (isPause || now - (this.archivedAt ?? 0) >= longestUnarchivedMs) await this.archive(now);
    const { state, rev, publishedRev, counted, archived } = this.session.current;
    const settled = publishedRev >= rev && counted >= state.seq && archived >= state.seq;
    return settled ? null : now + backstopMs;
  }

  /** Tells Channel what has been received and sent since it last counted. Channel ignores what it knows. */
  private async count(): Promise<void> {
    const { name, environment } = this.session;
    const notice = countNotice(this.session);
    if (!notice) return;
    const counted = await environment.CHANNEL.getByName(parseConversationName(name).channel).count(notice);
    this.session.hasTold({ counted });
  }

  /** Hands over what has been written since the last time. The archive ignores what it knows. */
  private async archive(now: number): Promise<void> {
    this.archivedAt = now;
    const { log, name, environment, current } = this.session;
    const events = log.after(current.archived, archivedAtOnce);
    const last = events.at(-1);
    if (!last) return;
    const entries = events.flatMap((event) => entryOf(sessionIdOf(name, event.ordinal), event) ?? []);
    const head = await this.head();
    const periods = Map.groupBy(head ? [head, ...entries] : entries, ({ at }) => periodOf(at));
    for (const [period, some] of periods) await archiveOf(environment, period).take(some);
    this.session.hasTold({ archived: last.seq });
  }

  private async head(): Promise<ArchiveEntry | null> {
    const { name, environment, current } = this.session;
    const { record, state, marks } = current;
    if (!record) return null;
    const channel = await channelRef(environment, name);
    const address = addressOfPart(parseConversationName(name).customer);
    const id = sessionIdOf(name, record.ordinal);
    return headOf(summaryOf({ id, channel, address, record, state, marks }));
  }
}
