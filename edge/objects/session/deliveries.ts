/** How far our messages have got, and which provider's id stands for which message. */
import type { DeliveryStatus } from '../../../core/delivery.ts';
import type { ChannelKind } from '../../../core/providers/provider.ts';
import type { SendError } from '../../../core/sendError.ts';
import type { Delivery } from '../../../core/session.ts';
import type { DeliveryNotice } from '../contracts.ts';
import type { Session } from '../session.ts';

type DeliveryRow = Delivery & { message: string; at: number } & Record<string, SqlStorageValue>;

/** How far the provider's clock may be behind ours, and its answer behind its sending. */
const clockSlackMs = 2_000;
export class Deliveries {
  constructor(
    private readonly sql: SqlStorage,
    private readonly session: Session,
  ) {}

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

  /**
   * Everything that was sent before a time got that far (Messenger). What waits, or went out perhaps, is not
   * among it: only a report of its own says that it did.
   */
  watermark(status: 'delivered' | 'read', before: number): boolean {
    const reached = this.sql
      .exec<DeliveryRow>(
        "SELECT * FROM deliveries WHERE at < ? AND status IN ('sent', 'delivered')",
        before + clockSlackMs,
      )
      .toArray()
      .filter((row) => row.status !== status);
    for (const { message, round } of reached) this.report(message, round, status, null, 'facebook');
    return reached.length > 0;
  }

  /** How far a message has got; `queued` in its first round before anything is known. */
  delivery(message: string): Delivery {
    const row = this.sql
      .exec<DeliveryRow>('SELECT * FROM deliveries WHERE message = ?', message)
      .toArray()[0];
    return row ? { status: row.status, round: row.round } : { status: 'queued', round: 1 };
  }

  /** A message is sent once more: its reports start over. */
  restart(message: string, round: number): void {
    this.keepDelivery(message, { status: 'queued', round });
  }

  /** The message of this conversation that a provider's id stands for; null when it is none. */
  messageOf(providerId: string): string | null {
    const inbound = `in-${providerId}`;
    if (this.session.log.seqOfMessage(inbound) !== null) return inbound;
    const row = this.sql
      .exec<{ message: string }>('SELECT message FROM provider_ids WHERE provider_id = ?', providerId)
      .toArray()[0];
    return row?.message ?? null;
  }

  /** The provider's id of a message; null before it has one. */
  providerIdOf(message: string): string | null {
    if (message.startsWith('in-')) return message.slice(3);
    const row = this.sql
      .exec<{ provider_id: string }>(
        'SELECT provider_id FROM provider_ids WHERE message = ? LIMIT 1',
        message,
      )
      .toArray()[0];
    return row?.provider_id ?? null;
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
}
