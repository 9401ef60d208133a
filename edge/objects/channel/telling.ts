/**
 * Tells sessions how far their messages have got. The rows of the queue are the outbox: one whose status differs
 * from what its session has acknowledged is told, again and again until it is.
 */
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import type { SendError } from '../../../core/sendError.ts';
import type { DeliveryNotice } from '../contracts.ts';
import type { SendRow } from './sends.ts';

/** Conversations that are told at once, and rows of one round. */
const atOnce = 16;
const batch = 500;

type UntoldRow = Pick<SendRow, 'conversation' | 'order_key' | 'message' | 'round'>;

export class Telling {
  private running: Promise<boolean> | null = null;
  private again = false;

  constructor(
    private readonly sql: SqlStorage,
    private readonly tell: (conversation: string, notices: DeliveryNotice[]) => Promise<void>,
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
      const untold = this.sql
        .exec<UntoldRow>(
          `SELECT DISTINCT conversation, order_key, message, round FROM sends
           WHERE conversation IS NOT NULL AND told <> status LIMIT ?`,
          batch,
        )
        .toArray();
      if (untold.length === 0 && !this.again) return true;
      const byConversation = [...Map.groupBy(untold, (row) => row.conversation ?? '')];
      let reached = true;
      for (let i = 0; i < byConversation.length; i += atOnce) {
        const told = await Promise.all(
          byConversation.slice(i, i + atOnce).map(([conversation, rows]) => this.one(conversation, rows)),
        );
        reached &&= told.every(Boolean);
      }
      if (!reached) return false;
    }
  }

  private async one(conversation: string, orders: UntoldRow[]): Promise<boolean> {
    const parts = orders.map(({ order_key }) => this.partsOf(order_key));
    const notices = orders.map(({ message, round }, index) => noticeOf(message, round, parts[index] ?? []));
    try {
      await this.tell(conversation, notices);
    } catch (error) {
      console.error(JSON.stringify({ event: 'tell.failed', conversation, error: String(error) }));
      return false;
    }
    for (const row of parts.flat()) {
      this.sql.exec('UPDATE sends SET told = ? WHERE id = ? AND status = ?', row.status, row.id, row.status);
    }
    return true;
  }

  private partsOf(key: string): SendRow[] {
    return this.sql.exec<SendRow>('SELECT * FROM sends WHERE order_key = ? ORDER BY part', key).toArray();
  }
}

/** The status of a message by its parts: failed or unknown when one of them is, else as far as all have got. */
export function noticeOf(message: string, round: number, parts: readonly SendRow[]): DeliveryNotice {
  const worst =
    parts.find(({ status }) => status === 'failed') ?? parts.find(({ status }) => status === 'unknown');
  const status = worst?.status ?? parts.map((part) => part.status).reduce(least, 'read');
  const error = worst?.error ? (JSON.parse(worst.error) as SendError) : null;
  const providerIds = parts.flatMap(({ provider_id }) => (provider_id === null ? [] : [provider_id]));
  return { message, round, status, error, providerIds };
}

function least(a: DeliveryStatus, b: DeliveryStatus): DeliveryStatus {
  return advance(a, b) === a ? b : a;
}
