/** The recipients of a campaign, a row each with its result. Everything that is said of their number follows from them. */
import {
  noTotals,
  progressed,
  type CampaignTotals,
  type ProgressReport,
  type RecipientResult,
} from '../../../core/campaign.ts';
import type { Recipient, RecipientsAnswer, RecipientsQuery } from '../../../core/campaignApi.ts';
import type { RecipientValues } from '../../../core/campaignText.ts';
import type { SendError } from '../../../core/sendError.ts';

export interface RecipientRow extends Record<string, SqlStorageValue> {
  id: number;
  number: string;
  name: string;
  details: string;
  result: RecipientResult;
  attempt: number;
  round: number;
  handed: number;
  error: string | null;
  at: number | null;
  replied_at: number | null;
}

/** One who is to be added. */
export interface NewRecipient extends RecipientValues {
  optedOut: boolean;
}

export class Recipients {
  /** Counted once, and kept up to date from there. */
  private counted: CampaignTotals | null = null;

  constructor(private readonly sql: SqlStorage) {}

  // ── Numbers ───────────────────────────────────────────────────────────────────────────────────────────

  get totals(): CampaignTotals {
    this.counted ??= this.count();
    return this.counted;
  }

  /** What was counted may be of rows that a transaction has taken back. */
  recount(): void {
    this.counted = null;
  }

  /** Those who had opted out before anything was sent to them. */
  screened(): number {
    return this.sql
      .exec<{ n: number }>("SELECT COUNT(*) AS n FROM recipients WHERE result = 'optedOut' AND attempt = 0")
      .one().n;
  }

  private count(): CampaignTotals {
    const totals = { ...noTotals };
    const rows = this.sql.exec<{ result: RecipientResult; n: number }>(
      'SELECT result, COUNT(*) AS n FROM recipients GROUP BY result',
    );
    for (const { result, n } of rows) {
      totals[result] = n;
      totals.total += n;
    }
    totals.replied = this.sql
      .exec<{ n: number }>('SELECT COUNT(*) AS n FROM recipients WHERE replied_at IS NOT NULL')
      .one().n;
    return totals;
  }

  private moved(from: RecipientResult, to: RecipientResult, n = 1): void {
    const totals = { ...this.totals };
    totals[from] -= n;
    totals[to] += n;
    this.counted = totals;
  }

  // ── Who they are ──────────────────────────────────────────────────────────────────────────────────────

  /** Adds those whose number is not there yet; answers how many were. */
  add(recipients: readonly NewRecipient[]): { duplicate: number } {
    let duplicate = 0;
    for (const { number, name, values, optedOut } of recipients) {
      const isAdded = this.did(
        `INSERT OR IGNORE INTO recipients (number, name, details, result, attempt, round, handed)
         VALUES (?, ?, ?, ?, 0, 0, 0) RETURNING id`,
        number,
        name,
        JSON.stringify(values),
        optedOut ? 'optedOut' : 'waiting',
      );
      if (!isAdded) duplicate += 1;
    }
    this.recount();
    return { duplicate };
  }

  /** Takes some out by their numbers; answers how many there were. */
  remove(numbers: readonly string[]): number {
    const before = this.totals.total;
    this.sql.exec(
      'DELETE FROM recipients WHERE number IN (SELECT value FROM json_each(?))',
      JSON.stringify(numbers),
    );
    this.recount();
    return before - this.totals.total;
  }

  clear(): void {
    this.sql.exec('DELETE FROM recipients');
    this.recount();
  }

  /** By id, a part at a time. */
  after(id: number, limit: number): RecipientRow[] {
    return this.rows('id > ? ORDER BY id LIMIT ?', id, limit);
  }

  /** Whether a number of a draft wants no messages. */
  screen(id: number, optedOut: boolean): void {
    this.sql.exec(
      "UPDATE recipients SET result = ? WHERE id = ? AND attempt = 0 AND result IN ('waiting', 'optedOut')",
      optedOut ? 'optedOut' : 'waiting',
      id,
    );
    this.recount();
  }

  /** Of each column the longest value that a recipient has. */
  longest(columns: readonly string[]): RecipientValues {
    const one = (what: string, where: string, ...binds: SqlStorageValue[]) =>
      this.sql
        .exec<{ value: string }>(
          `SELECT ${what} AS value FROM recipients${where} ORDER BY LENGTH(${what}) DESC LIMIT 1`,
          ...binds,
        )
        .toArray()[0]?.value ?? '';
    const values = columns.map((column): [string, string] => [
      column,
      one('j.value', ', json_each(details) j WHERE LOWER(j.key) = LOWER(?)', column),
    ]);
    return { number: one('number', ''), name: one('name', ''), values: Object.fromEntries(values) };
  }

  page({ search, result, after, limit }: RecipientsQuery): RecipientsAnswer {
    const where = ['1 = 1'];
    const binds: SqlStorageValue[] = [];
    if (search !== '') {
      where.push('(INSTR(number, ?) > 0 OR INSTR(LOWER(name), LOWER(?)) > 0)');
      // A number is found by any of its digits in a row, however they were typed.
      const isNumber = /^[+\d\s().-]+$/.test(search);
      binds.push(isNumber ? search.replace(/[^+\d]/g, '') : search, search);
    }
    if (result.length > 0) {
      where.push('result IN (SELECT value FROM json_each(?))');
      binds.push(JSON.stringify(result));
    }
    const total = this.sql
      .exec<{ n: number }>(`SELECT COUNT(*) AS n FROM recipients WHERE ${where.join(' AND ')}`, ...binds)
      .one().n;
    const from = Number(after ?? 0);
    const rows = this.rows(
      `${where.join(' AND ')} AND id > ? ORDER BY id LIMIT ?`,
      ...binds,
      Number.isFinite(from) ? from : 0,
      limit + 1,
    );
    const shown = rows.slice(0, limit);
    const next = rows.length > limit ? String(shown.at(-1)?.id) : null;
    return { recipients: shown.map(recipientOf), next, total };
  }

  // ── On their way ──────────────────────────────────────────────────────────────────────────────────────

  /** Whoever had opted out before is looked at again when their turn comes. */
  begin(): void {
    this.sql.exec("UPDATE recipients SET result = 'waiting' WHERE result = 'optedOut' AND attempt = 0");
    this.recount();
  }

  /** The turn of the next ones: they are to be handed over; answers how many there were. */
  takeUp(limit: number): number {
    const taken = this.sql
      .exec(
        `UPDATE recipients SET result = 'queued', attempt = attempt + 1, round = 1, handed = 0, error = NULL
         WHERE id IN (SELECT id FROM recipients WHERE result = 'waiting' ORDER BY id LIMIT ?) RETURNING id`,
        limit,
      )
      .toArray().length;
    this.moved('waiting', 'queued', taken);
    return taken;
  }

  /** Those whose turn it was, and who have not been handed over as far as is known. */
  unhanded(limit: number): RecipientRow[] {
    return this.rows("result = 'queued' AND handed = 0 ORDER BY id LIMIT ?", limit);
  }

  handed(rows: readonly RecipientRow[]): void {
    for (const { id, attempt } of rows) {
      this.sql.exec('UPDATE recipients SET handed = 1 WHERE id = ? AND attempt = ?', id, attempt);
    }
  }

  /** Somebody who gets no message: it cannot be made, or they want none, which counts as no try. */
  skip({ id, attempt }: RecipientRow, error: SendError | null, now: number): void {
    const result = error ? 'failed' : 'optedOut';
    const isChanged = this.did(
      `UPDATE recipients SET result = ?, error = ?, at = ?, handed = 1, attempt = ?
       WHERE id = ? AND attempt = ? AND result = 'queued' RETURNING id`,
      result,
      error && JSON.stringify(error),
      now,
      error ? attempt : attempt - 1,
      id,
      attempt,
    );
    if (isChanged) this.moved('queued', result);
  }

  /** What the channel says of a try; whether it was news. */
  report(id: number, report: ProgressReport, now: number): boolean {
    const [row] = this.rows('id = ?', id);
    if (!row) return false;
    const { result, attempt, round } = row;
    const before = {
      result,
      attempt,
      round,
      error: row.error === null ? null : (JSON.parse(row.error) as SendError),
    };
    const after = progressed(before, report);
    if (after === before) return false;
    this.sql.exec(
      'UPDATE recipients SET result = ?, attempt = ?, round = ?, error = ?, at = ? WHERE id = ?',
      after.result,
      after.attempt,
      after.round,
      after.error && JSON.stringify(after.error),
      now,
      id,
    );
    this.moved(result, after.result);
    return true;
  }

  /** The customer wrote; whether it was the first time. */
  replied(id: number, at: number): boolean {
    const isFirst = this.did(
      'UPDATE recipients SET replied_at = ? WHERE id = ? AND replied_at IS NULL RETURNING id',
      at,
      id,
    );
    if (!isFirst) return false;
    this.counted = { ...this.totals, replied: this.totals.replied + 1 };
    return true;
  }

  /** Those who failed wait for their turn again, and those of unknown outcome if wanted; answers how many. */
  retry(unknown: boolean): number {
    const { waiting } = this.totals;
    this.sql.exec(
      "UPDATE recipients SET result = 'waiting', handed = 0 WHERE result = 'failed' OR (? AND result = 'unknown')",
      unknown ? 1 : 0,
    );
    this.recount();
    return this.totals.waiting - waiting;
  }

  /** Nobody else gets the message. */
  cancel(): void {
    this.sql.exec(
      "UPDATE recipients SET result = 'cancelled' WHERE result = 'waiting' OR (result = 'queued' AND handed = 0)",
    );
    this.recount();
  }

  /** Their messages were taken out of the channel's queue. */
  withdrawn(id: number, attempt: number): void {
    const [row] = this.rows('id = ? AND attempt = ?', id, attempt);
    if (row?.result !== 'queued' && row?.result !== 'failed') return;
    this.sql.exec("UPDATE recipients SET result = 'cancelled', error = NULL WHERE id = ?", id);
    this.moved(row.result, 'cancelled');
  }

  /** Whether a statement with RETURNING has changed anything. */
  private did(statement: string, ...binds: SqlStorageValue[]): boolean {
    return this.sql.exec(statement, ...binds).toArray().length > 0;
  }

  private rows(where: string, ...binds: SqlStorageValue[]): RecipientRow[] {
    return this.sql.exec<RecipientRow>(`SELECT * FROM recipients WHERE ${where}`, ...binds).toArray();
  }
}

export function valuesOf({ number, name, details }: RecipientRow): RecipientValues {
  return { number, name, values: JSON.parse(details) as Record<string, string> };
}

function recipientOf({ number, name, result, error, at, replied_at }: RecipientRow): Recipient {
  return {
    number,
    name,
    result,
    error: error === null ? null : (JSON.parse(error) as SendError),
    replied: replied_at !== null,
    at,
  };
}
