/**
 * Tells sessions and campaigns how far their messages have got. The rows of the queue are the outbox: one whose status
 * differs from what has been acknowledged is told, again and again until it is.
 */
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import type { SendError } from '../../../core/sendError.ts';
import type { DeliveryNotice } from '../contracts.ts';
import { done, type SendRow } from './sendRow.ts';

/** Receivers that are told at once, and rows of one round. */
const atOnce = 16;
const batch = 500;

/**
 * Who is told: the column that names them, the one with what they know, what there is to know of a row, and the index of
 * those that are untold. It is named because SQLite would rather read the whole table.
 */
const receivers = {
  session: { name: 'conversation', told: 'told', known: 'status', index: 'sends_untold' },
  campaign: {
    name: 'campaign',
    told: 'campaign_told',
    known: `status || CASE state WHEN ${done} THEN '.' ELSE '' END`,
    index: 'sends_campaign_untold',
  },
} as const;

/** What is told of a message; `left`: the queue is done with it. */
export type Told = DeliveryNotice & { left: boolean };

type UntoldRow = Pick<SendRow, 'order_key' | 'message' | 'round'> & { receiver: string };

export class Telling {
  private running: Promise<boolean> | null = null;
  private again = false;

  constructor(
    private readonly sql: SqlStorage,
    private readonly kind: keyof typeof receivers,
    private readonly tell: (receiver: string, notices: Told[]) => Promise<void>,
  ) {}

  /** Tells whatever is untold; false when somebody could not be told. One run at a time. */
  run(): Promise<boolean> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.all().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async all(): Promise<boolean> {
    for (;;) {
      this.again = false;
      const { name, told, known, index } = receivers[this.kind];
      const untold = this.sql
        .exec<UntoldRow>(
          `SELECT DISTINCT ${name} AS receiver, order_key, message, round FROM sends INDEXED BY ${index}
           WHERE ${name} IS NOT NULL AND ${told} <> ${known} LIMIT ?`,
          batch,
        )
        .toArray();
      if (untold.length === 0 && !this.again) return true;
      const byReceiver = [...Map.groupBy(untold, ({ receiver }) => receiver)];
      let reached = true;
      for (let i = 0; i < byReceiver.length; i += atOnce) {
        const answers = await Promise.all(
          byReceiver.slice(i, i + atOnce).map(([receiver, rows]) => this.one(receiver, rows)),
        );
        reached &&= answers.every(Boolean);
      }
      if (!reached) return false;
    }
  }

  private async one(receiver: string, orders: UntoldRow[]): Promise<boolean> {
    const { told, known } = receivers[this.kind];
    const parts = orders.map(({ order_key }) => this.partsOf(order_key));
    const notices = orders.map(({ message, round }, index) => noticeOf(message, round, parts[index] ?? []));
    try {
      await this.tell(receiver, notices);
    } catch (error) {
      console.error(JSON.stringify({ event: 'tell.failed', receiver, error: String(error) }));
      return false;
    }
    for (const { id, status, state } of parts.flat()) {
      this.sql.exec(
        `UPDATE sends SET ${told} = ${known} WHERE id = ? AND status = ? AND state = ?`,
        id,
        status,
        state,
      );
    }
    return true;
  }

  private partsOf(key: string): SendRow[] {
    return this.sql.exec<SendRow>('SELECT * FROM sends WHERE order_key = ? ORDER BY part', key).toArray();
  }
}

/** The status of a message by its parts: failed or unknown when one of them is, else as far as all have got. */
export function noticeOf(message: string, round: number, parts: readonly SendRow[]): Told {
  const worst =
    parts.find(({ status }) => status === 'failed') ?? parts.find(({ status }) => status === 'unknown');
  const status = worst?.status ?? parts.map((part) => part.status).reduce(least, 'read');
  const error = worst?.error ? (JSON.parse(worst.error) as SendError) : null;
  const providerIds = parts.flatMap(({ provider_id }) => (provider_id === null ? [] : [provider_id]));
  const left = parts.every(({ state }) => state === done);
  return { message, round, status, error, providerIds, left };
}

function least(a: DeliveryStatus, b: DeliveryStatus): DeliveryStatus {
  return advance(a, b) === a ? b : a;
}
