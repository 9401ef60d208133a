/**
 * Records of calls through the PBX on their way to the log (CALL-04). Each is in the browser's storage from the first
 * moment until the edge has it, so that neither a lost connection nor a closed page loses one.
 */
import { v7 as uuid } from 'uuid';
import type { DialOutcome, DialReport } from '../../core/dial.ts';
import type { Problem } from '../../core/errors.ts';

/** A call that goes on, or is over and not in the log yet. Times are epoch ms by this device. */
interface Kept {
  /** Null: the newest one with the number. */
  session: string | null;
  number: string;
  startedAt: number;
  answeredAt: number | null;
  /** When its page was last there. */
  seenAt: number;
  outcome: DialOutcome | null;
}

/** Puts a record into the log; the same `id` twice is the same record. */
export type Recorder = (session: string | null, report: DialReport, id: string) => Promise<Problem | null>;

const prefix = 'parley.dialled.';
const seeMs = 5_000;

export class DialRecord {
  readonly #key = prefix + uuid();
  readonly #seeing: ReturnType<typeof setInterval>;
  #kept: Kept;
  /** Held while this page is there: others leave the record alone. */
  #release: () => void = () => undefined;

  constructor(session: string | null, number: string) {
    const now = Date.now();
    this.#kept = { session, number, startedAt: now, answeredAt: null, seenAt: now, outcome: null };
    this.#write({});
    this.#seeing = setInterval(() => this.#write({ seenAt: Date.now() }), seeMs);
    void navigator.locks.request(this.#key, () => new Promise<void>((release) => (this.#release = release)));
  }

  answered(): void {
    this.#write({ answeredAt: Date.now() });
  }

  end(outcome: DialOutcome): void {
    clearInterval(this.#seeing);
    this.#write({ outcome, seenAt: Date.now() });
    this.#release();
  }

  #write(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    localStorage.setItem(this.#key, JSON.stringify(this.#kept));
  }
}

/** Puts what is left into the log, also of pages that are gone. */
export async function flushRecords(record: Recorder): Promise<void> {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix))) {
    // That of a call that goes on is left to its page; the lock of one that is over is free in a moment.
    const ifAvailable = keptOf(key)?.outcome === null;
    await navigator.locks.request(key, { ifAvailable }, async (lock) => {
      const kept = keptOf(key);
      if (lock === null || kept === null) return;
      const refusal = await record(kept.session, reportOf(kept), key.slice(prefix.length));
      if (refusal?.code !== 'unavailable') localStorage.removeItem(key);
    });
  }
}

/** Null when another page has handed it over. */
function keptOf(key: string): Kept | null {
  return JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
}

function reportOf({ number, startedAt, answeredAt, seenAt, outcome }: Kept): DialReport {
  const span = (from: number, to: number) => Math.max(0, Math.round(to - from));
  return {
    number,
    ringingMs: span(startedAt, answeredAt ?? seenAt),
    talkingMs: answeredAt === null ? 0 : span(answeredAt, seenAt),
    // Its page was closed.
    outcome: outcome ?? (answeredAt === null ? 'unknown' : 'lost'),
  };
}
