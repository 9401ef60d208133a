/**
 * The channel's outbound queue: which message leaves when (CH-04). It gives the next in line their slots, hands
 * them to Senders, which make the calls, and takes in what those tell.
 */
import type { DeliveryStatus } from '../../../core/delivery.ts';
import { Pace } from '../../../core/pace.ts';
import type { Outgoing, Provider } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { segmentsOf } from '../../../core/segments.ts';
import type { SendError } from '../../../core/sendError.ts';
import { channelView } from '../../channelView.ts';
import { newId } from '../../secrets.ts';
import type {
  LaneReport,
  MessagingRouting,
  Recalled,
  SendOrder,
  SendReport,
  SendSlot,
} from '../contracts.ts';
import { carefulLane } from '../lanes.ts';
import type { Timers } from '../timers.ts';
import { askLanes } from './asking.ts';
import type { NewEvent } from './eventLog.ts';
import { Outcomes, type OutcomeSurroundings } from './outcomes.ts';
import { partyOf } from './party.ts';
import { done, handed, slotOf, type GivenSlot, type HandedRow } from './sendRow.ts';
import type { Sends } from './sends.ts';
import type { Statistics } from './statistics.ts';

export const queueTimer = 'queue';
/** The alarm that goes on where an instance ended: while there is work it is never further away. */
const backstopMs = 2_000;
/** Slots are handed out this far ahead, so that calls between objects do not cost pace: further at a fast one. */
const horizonMs = { careful: 150, fast: 400 };
/** A slot is this far ahead of now at least, so that it reaches its Sender in time. */
const leadMs = 2;
/** Reports are gathered for so long and written together: those of many lanes longer. */
const gatherMs = { careful: 10, fast: 50 };
/** Slots are handed to so many lanes at once, and to the next ones so much later. */
const lanesAtOnce = 8;
const betweenLanesMs = 5;
/** Before the first lanes have answered, no more are woken for so long. */
const tryingMs = 2_000;
/** A Sender that says nothing of a slot for this long is asked. */
const silentMs = 45_000;
/** Longest pause that is waited for awake; a longer one is the alarm's. */
const longestAwakeMs = 10_000;

export interface QueueSurroundings extends Omit<OutcomeSurroundings, 'pause'> {
  routing(): Promise<MessagingRouting | null>;
  hand(sender: number, slots: SendSlot[]): Promise<void>;
  recall(sender: number, asked: { ref: string; attempt: number }[]): Promise<Recalled[]>;
  resolve(sender: number, slots: SendSlot[]): Promise<void>;
  log(events: NewEvent[]): void;
  /** Why an order is not sent at all; null when it is. */
  refuses(order: SendOrder, party: string): SendError | null;
  /** An order of a campaign was taken in under this key. */
  awaits(order: SendOrder, key: string, party: string): void;
  /** Statuses changed that sessions and campaigns have to hear of. */
  changed(): void;
}

export class SendQueue {
  private readonly outcomes: Outcomes;
  private readonly pace: Pace;
  private pumping: Promise<void> | null = null;
  private again = false;
  private wake: ReturnType<typeof setTimeout> | null = null;
  private recovered = false;
  private pausedUntil = 0;
  /** There are many lanes. */
  private isFast = false;
  /** Until when lanes are only tried. */
  private tryingUntil = 0;
  /** The last plan had slots for all that waited. */
  private isIdle = true;
  private reported: LaneReport[] = [];
  private applying: Promise<void> | null = null;

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly timers: Timers,
    private readonly sends: Sends,
    private readonly statistics: Statistics,
    private readonly around: QueueSurroundings,
  ) {
    this.pace = new Pace((since, limit, slowOnly) => sends.recentSlots(since, limit, slowOnly));
    this.outcomes = new Outcomes(sends, statistics, {
      pause: (until) => (this.pausedUntil = Math.max(this.pausedUntil, until)),
      unauthorized: (error) => around.unauthorized(error),
      worked: () => around.worked(),
      optedOut: (party) => around.optedOut(party),
    });
  }

  // ── In ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes orders in; those known already change nothing. They are safe when this resolves. */
  async enqueue(orders: readonly SendOrder[]): Promise<void> {
    const routing = await this.around.routing();
    const now = Date.now();
    this.storage.transactionSync(() => {
      for (const order of orders) this.insert(order, routing, now);
    });
    this.arm(now);
    this.pump();
  }

  /** A failed message, or one of unknown outcome, once more: from the event log. */
  async sendAgain(ref: string): Promise<boolean> {
    const row = this.sends.byRef(ref);
    if (row?.state !== done || (row.status !== 'failed' && row.status !== 'unknown')) return false;
    const { message: outgoing } = slotOf(row, 0, this.sends.answeredBy(row));
    const message = `${row.message}~${newId()}`;
    await this.enqueue([{ conversation: '', message, round: 1, outgoing, exempt: false }]);
    return true;
  }

  /** What of a campaign is not with a Sender fails with this error; answers those messages. */
  withdraw(campaign: string, error: SendError): string[] {
    const rows = this.sends.ofCampaign(campaign);
    for (const row of rows) this.sends.finish(row, 'failed', error, null, Date.now());
    return rows.map(({ message }) => message);
  }

  private insert(order: SendOrder, routing: MessagingRouting | null, at: number): void {
    const { conversation, message, round, outgoing, campaign = null, answers = null } = order;
    const key = `${conversation}|${message}|${round}`;
    if (this.sends.hasOrder(key)) return;
    const provider: Provider | null = routing && providers[routing.provider];
    const recipient = partyOf(outgoing.from, outgoing.to);
    const whole: Outgoing = { ...outgoing, ref: newId(), attempt: 0 };
    const error = this.around.refuses(order, recipient) ?? this.refusal(whole, routing, at);
    for (const [part, one] of (provider?.split(whole) ?? [whole]).entries()) {
      const text = 'text' in one.content ? one.content.text : '';
      this.sends.insert({
        key,
        part,
        conversation: conversation === '' ? null : conversation,
        message,
        round,
        recipient,
        campaign,
        segments: provider?.limits.segments ? segmentsOf(text).count : 0,
        answers: part === 0 ? answers : null,
        outgoing: one,
        isSlow: provider?.slower?.includes(one) ?? false,
        error,
        at,
      });
    }
    if (campaign !== null) this.around.awaits(order, key, recipient);
    if (!error) return;
    this.statistics.add(at, { failed: 1 });
    this.around.changed();
  }

  private refusal(whole: Outgoing, routing: MessagingRouting | null, now: number): SendError | null {
    const provider: Provider | null = routing && providers[routing.provider];
    return provider && routing ? provider.admit(whole, now, channelView(routing)) : null;
  }

  // ── What became of it ─────────────────────────────────────────────────────────────────────────────────

  /** Takes in what Senders say; repeats change nothing. Written when this resolves, many reports at once. */
  report(reports: readonly LaneReport[]): Promise<void> {
    this.reported.push(...reports);
    this.applying ??= new Promise((resolve, reject) => {
      setTimeout(
        () => {
          this.applying = null;
          try {
            this.apply();
            resolve();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        gatherMs[this.isFast ? 'fast' : 'careful'],
      );
    });
    return this.applying;
  }

  /** How far messages have got, as the provider reports; answers how many of them are known. */
  delivered(
    reports: readonly {
      id: string | null;
      ref: string | null;
      status: DeliveryStatus;
      error: SendError | null;
    }[],
  ): number {
    const now = Date.now();
    const known = this.storage.transactionSync(
      () => reports.filter((one) => this.outcomes.delivered(one, one.status, one.error, now)).length,
    );
    this.around.changed();
    return known;
  }

  private apply(): void {
    const reports = this.reported;
    this.reported = [];
    const now = Date.now();
    this.pace.heard(now);
    this.tryingUntil = 0;
    this.storage.transactionSync(() => {
      const rows = this.sends.byRefs(reports.map(({ ref }) => ref));
      const left: [id: number, at: number][] = [];
      const settled: [HandedRow, SendReport][] = [];
      for (const report of reports) {
        const row = rows.get(report.ref);
        // A repeat about an earlier try must not be taken for one about the present.
        if (row?.state !== handed || row.attempts !== report.attempt) continue;
        if ('result' in report) {
          rows.delete(report.ref);
          this.pace.answered(report.ref, report.attemptedAt, report.call);
          settled.push([row, report]);
        } else if (report.leftAt !== null) {
          if (row.slot_at !== report.plannedAt) continue;
          this.pace.left(report.ref, report.leftAt);
          left.push([row.id, report.leftAt]);
        } else if (row.slot_at === report.plannedAt) {
          rows.delete(report.ref);
          this.pace.notLeft(report.ref, report.plannedAt);
          this.sends.takeBack(row, null);
        }
      }
      this.sends.setSlots(left);
      const events = this.outcomes.settle(settled, now);
      if (events.length > 0) this.around.log(events);
    });
    this.around.changed();
    this.pump();
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────────────

  /** For the alarm: goes on with what there is. Answers when to look again, null when nothing waits. */
  async onTimer(now: number): Promise<number | null> {
    // Slots of which nothing was heard: their Senders are asked again.
    if (this.sends.isSilentSince(now - silentMs)) this.recovered = false;
    this.pump();
    await this.pumping;
    return this.sends.hasWork() ? now + backstopMs : null;
  }

  /** The channel's settings changed. */
  configured(): void {
    this.pausedUntil = 0;
    if (this.sends.hasWork()) this.arm(Date.now());
    this.pump();
  }

  /** Hands out as many slots as there are for the next moment; one run at a time. */
  private pump(): void {
    if (this.pumping) {
      this.again = true;
      return;
    }
    this.pumping = this.run().finally(() => {
      this.pumping = null;
      if (this.again) {
        this.again = false;
        this.pump();
      }
    });
  }

  private async run(): Promise<void> {
    try {
      const routing = await this.around.routing();
      if (!routing?.enabled || !routing.saved) return;
      const now = Date.now();
      if (!this.recovered) await this.recover(now);
      this.sends.wakeWaiting(now);
      if (now < this.pausedUntil) return this.wakeAt(this.pausedUntil);
      const { slots, next } = this.plan(routing, now);
      await this.handOut(slots);
      const due = Math.min(next, this.sends.nextWaiting() ?? Infinity);
      if (due < Infinity) this.wakeAt(due);
    } catch (error) {
      console.error(JSON.stringify({ event: 'queue.failed', error: String(error) }));
      this.wakeAt(Date.now() + 1_000);
    }
  }

  /** Gives the next messages their times, and answers when to plan again (Infinity: when something happens). */
  private plan(
    { rate, provider }: MessagingRouting,
    now: number,
  ): { slots: Map<number, SendSlot[]>; next: number } {
    const { slower }: Provider = providers[provider];
    this.pace.keep(rate, now, slower?.perSecond);
    const lanes = this.pace.lanes(rate);
    this.isFast = lanes > 1;
    const slots = new Map<number, SendSlot[]>();
    let next = Infinity;
    const isCold = lanes > 1 && this.pace.isCold(now);
    if (isCold && now < this.tryingUntil) return { slots, next: this.tryingUntil };
    if (isCold || this.isIdle) this.pace.rest(now, isCold);
    const horizon = lanes === 1 || isCold ? horizonMs.careful : horizonMs.fast;
    // Slots of half a horizon at once: a few at each report would be a call to a lane for each message.
    const first = this.pace.next(now + leadMs);
    if (first > now + horizon / 2) return { slots, next: first - horizon / 2 };
    const given: GivenSlot[] = [];
    const most = (perSecond: number) => Math.ceil((perSecond * horizon) / 1000) + 2;
    let slowDue = Infinity;
    this.isIdle = true;
    this.storage.transactionSync(() => {
      for (const row of this.sends.readyRows(most(rate), most(slower?.perSecond ?? rate))) {
        const at = this.pace.next(now + leadMs);
        if (at > now + horizon) {
          next = at - horizon / 2;
          this.isIdle = false;
          break;
        }
        const slowAt = row.slow ? this.pace.slowNext(at) : at;
        // Not yet: those behind it go on, and it gets the first slot that its pace allows.
        if (slowAt > at) {
          slowDue = Math.min(slowDue, slowAt);
          continue;
        }
        const sender = lanes === 1 ? carefulLane : (row.sender ?? this.pace.lane(lanes, at, now));
        this.pace.give(row.ref, at, sender, row.slow === 1);
        given.push([row.id, at, sender]);
        const list = slots.get(sender) ?? [];
        list.push(slotOf(row, at, this.sends.answeredBy(row)));
        slots.set(sender, list);
        next = Math.max(now + gatherMs.careful, at - horizon / 2);
      }
      this.sends.hand(given);
    });
    if (isCold && slots.size > 0) this.tryingUntil = now + tryingMs;
    return { slots, next: Math.min(next, slowDue) };
  }

  /** A few lanes at a time: the runtime looks at the network only when nothing else is left to do. */
  private async handOut(slots: Map<number, SendSlot[]>): Promise<void> {
    const lanes = [...slots];
    for (let i = 0; i < lanes.length; i += lanesAtOnce) {
      if (i > 0) await new Promise((resolve) => setTimeout(resolve, betweenLanesMs));
      await this.handTo(lanes.slice(i, i + lanesAtOnce));
    }
  }

  private async handTo(lanes: [sender: number, list: SendSlot[]][]): Promise<void> {
    await Promise.all(
      lanes.map(async ([sender, list]) => {
        try {
          await this.around.hand(sender, list);
        } catch (error) {
          console.error(JSON.stringify({ event: 'hand.failed', sender, error: String(error) }));
          this.recovered = false;
          this.wakeAt(Date.now() + 500);
        }
      }),
    );
  }

  /** Asks Senders about slots that this instance did not hand out, or that nobody has spoken of for long. */
  private async recover(now: number): Promise<void> {
    const { reports, doubtful, back } = await askLanes(
      this.sends.handedRows(),
      horizonMs.fast,
      (lane, asked) => this.around.recall(lane, asked),
    );
    for (const row of back) {
      if (row.slot_at !== null) this.pace.notLeft(row.ref, row.slot_at);
      // With the same lane again: should what was handed to it come late, it takes it once.
      this.sends.takeBack(row, row.sender);
    }
    for (const [lane, slots] of doubtful) await this.around.resolve(lane, slots);
    if (reports.length > 0) await this.report(reports);
    this.recovered = true;
    this.arm(now);
  }

  private wakeAt(at: number): void {
    if (this.wake !== null) clearTimeout(this.wake);
    this.wake = null;
    const wait = at - Date.now();
    // A pending timer keeps the object awake.
    if (wait > longestAwakeMs) return this.timers.set(queueTimer, at);
    this.wake = setTimeout(
      () => {
        this.wake = null;
        this.pump();
      },
      Math.max(0, wait),
    );
  }

  private arm(now: number): void {
    if (this.timers.dueAt(queueTimer) === null) this.timers.set(queueTimer, now + backstopMs);
  }
}
