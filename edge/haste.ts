/** Whether webhooks can be stored in time; what cannot is answered so that the provider comes again (CH-08). */
import { Load, pulseMs } from '../core/load.ts';
import type { Context } from './webhookLog.ts';

/** Storing takes longer than this only when we cannot keep up, ms. */
const patienceMs = 900;
/** Webhooks that one isolate works on at once; more would only make all of them late. */
const atOnce = 200;

let underWay = 0;
const load = new Load();

/** Whether there is time for one more webhook. Asked before anything is read, so that a refusal costs little. */
export function hasTime(context: Context): boolean {
  const admitted = underWay < atOnce && load.admits();
  if (load.wantsPulse(Date.now())) context.waitUntil(pulse());
  return admitted;
}

async function pulse(): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, pulseMs));
  while (load.beat(Date.now()));
}

/**
 * What comes of `work`, or `late` when that takes too long; the work goes on. Only what is under way here counts as
 * being worked on: who sends slowly holds nobody up.
 */
export async function inTime<T>(work: Promise<T>, late: T): Promise<T> {
  underWay += 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), patienceMs);
  });
  try {
    return await Promise.race([work.finally(() => (underWay -= 1)), waiting]);
  } finally {
    clearTimeout(timer);
  }
}
