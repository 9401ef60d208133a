/** What became of slots that a Channel handed out before it ended, or that nobody has spoken of for long. */
import type { Recalled, SendReport, SendSlot } from '../contracts.ts';
import { carefulLane } from '../lanes.ts';
import { slotOf, type SendRow } from './sendRow.ts';

export interface Found {
  reports: SendReport[];
  /** By lane: messages that may have been sent. */
  doubtful: Map<number, SendSlot[]>;
  /** Messages that have certainly not left. */
  back: SendRow[];
}

/**
 * Asks the lanes about these rows. `horizonMs`: how far ahead of its time a slot is handed out at most.
 */
export async function askLanes(
  rows: readonly SendRow[],
  horizonMs: number,
  recall: (lane: number, asked: { ref: string; attempt: number }[]) => Promise<Recalled[]>,
): Promise<Found> {
  const found: Found = { reports: [], doubtful: new Map(), back: [] };
  for (const [lane, mine] of Map.groupBy(rows, ({ sender }) => sender ?? carefulLane)) {
    const asked = mine.map(({ ref, attempts }) => ({ ref, attempt: attempts }));
    const answers = new Map((await recall(lane, asked)).map((one) => [one.ref, one]));
    const doubtful: SendSlot[] = [];
    for (const row of mine) {
      const answer = answers.get(row.ref);
      if (!answer) continue;
      if ('result' in answer) found.reports.push(answer);
      else if (answer.known === 'absent') {
        if (mayHaveBeenCalled(row, answer.since, horizonMs)) doubtful.push(slotOf(row));
        else found.back.push(row);
      }
    }
    if (doubtful.length > 0) found.doubtful.set(lane, doubtful);
  }
  return found;
}

/**
 * Whether a lane that began at `since` may have an ended predecessor that has made the call: it had been handed
 * out by then, and its time had come. A careful lane (null) knows all that was ever called.
 */
function mayHaveBeenCalled({ slot_at }: SendRow, since: number | null, horizonMs: number): boolean {
  return since !== null && slot_at !== null && slot_at <= since && since >= slot_at - horizonMs;
}
