import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits for a condition instead of for a time. Resolves with the first value that is neither false, null nor
 * undefined; fails with `what` after `timeoutMs`. It asks less and less often, so that what takes long is not kept from
 * its work by questions.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const began = Date.now();
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) return value;
    const waitedMs = Date.now() - began;
    if (waitedMs > timeoutMs) throw new Error(`Waited ${timeoutMs} ms for ${what}.`);
    await wait(Math.min(100, Math.max(10, waitedMs / 20)));
  }
}
