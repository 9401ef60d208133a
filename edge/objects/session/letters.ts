/** What Desk has to hear of a conversation, made of its log and its row. */
import { addressOfPart, parseConversationName, sessionIdOf } from '../../../core/address.ts';
import type { LogEvent } from '../../../core/log.ts';
import { summaryOf } from '../../../core/summary.ts';
import { channelRef } from '../../routing.ts';
import type { Letter } from '../contracts.ts';
import type { Session } from '../session.ts';

/** Most events in one notice. */
const noticeEvents = 500;

export class Letters {
  /** `pendingAfter` answers the events after a seq if memory has them all, else null. */
  constructor(
    private readonly session: Session,
    private readonly pendingAfter: (seq: number) => LogEvent[] | null,
  ) {}

  /**
   * What Desk does not know yet, one session at a time, oldest first. Null when Desk knows everything. What
   * stands in the log before the first session opens (a form filled in) travels with that session's profile.
   */
  async next(): Promise<Letter | null> {
    const { current: row, log, name, environment } = this.session;
    if (row.record === null || row.publishedRev >= row.rev) return null;
    const channel = await channelRef(environment, name);
    const unpublished = this.pendingAfter(row.published) ?? log.after(row.published, noticeEvents);
    const ordinal = unpublished.find((event) => event.ordinal > 0)?.ordinal ?? row.record.ordinal;
    const record = ordinal === row.record.ordinal ? row.record : log.closedSession(ordinal);
    if (!record) throw new Error(`session ${ordinal} has no record`);
    const events = unpublished.filter((event) => event.ordinal === ordinal);
    const through = unpublished.findLast((event) => event.ordinal <= ordinal)?.seq ?? row.published;
    const summary = summaryOf({
      id: sessionIdOf(name, record.ordinal),
      channel,
      address: addressOfPart(parseConversationName(name).customer),
      record,
      state: row.state,
      marks: row.marks,
    });
    return {
      notice: { rev: row.rev, session: { ...summary, seq: events.at(-1)?.seq ?? record.seq }, events },
      told: { seq: through, rev: through === row.state.seq ? row.rev : 0 },
    };
  }
}
