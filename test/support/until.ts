import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits for a condition instead of for a time. Resolves with the first value that is neither false, null nor
 * undefined; fails with `what` after `timeoutMs`.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  timeoutMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}.`);
    await wait(10);
  }
}
