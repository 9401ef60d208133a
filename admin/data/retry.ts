/** When a connection that was lost is tried again. */

/** A connection that lasted this long was a good one: the next try is the first again. */
export const steadyMs = 5_000;
/** The wait before the second try; each one after it waits twice as long. */
const firstMs = 500;
const longestMs = 8_000;

/**
 * How long to wait before the next try, ms: `failures` have failed since the connection last held. The first try is made
 * at once. The others are spread by `chance` (0 to 1), so that not everybody comes to a new server at the same moment.
 */
export function retryAfter(failures: number, chance: number): number {
  if (failures === 0) return 0;
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.75 + chance / 2);
}
