/**
 * Media of messages: kept 72 hours (LC-17, CH-10). The expiry stands in the key itself, so that neither
 * reading nor sweeping needs a table: `media/<channel>/<expiry hour>/<expiry seconds>-<random>.<extension>`.
 */
import type { BlobStore } from './blobs.ts';

export const mediaLifetimeMs = 72 * 3_600_000;
const hourMs = 3_600_000;

/**
 * A new unguessable key (128 random bits) for a file that expires at `expiresAt` (epoch ms); `signed` for one that
 * is served by a signed link only.
 */
export function mediaKey(channel: string, expiresAt: number, extension: string, signed = false): string {
  const random = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const name = `${Math.floor(expiresAt / 1000)}-${signed ? 's' : ''}${random}.${extension}`;
  return `media/${channel}/${hourOf(expiresAt)}/${name}`;
}

const keyPattern = /^media\/[A-Za-z0-9_-]+\/\d+\/(\d+)-(s?)[0-9a-f]{32}\.([a-z0-9]{1,8})$/;

/** What a key says of its file; null for anything that is not one of our keys. */
export function parseMediaKey(key: string): { expiresAt: number; signed: boolean; extension: string } | null {
  const match = keyPattern.exec(key);
  if (!match) return null;
  return { expiresAt: Number(match[1]) * 1000, signed: match[2] === 's', extension: match[3] ?? '' };
}

/** Deletes what has expired in one channel. Answers whether anything is left to expire later. */
export async function sweepMedia(store: BlobStore, channel: string, now: number): Promise<boolean> {
  let left = false;
  for (const folder of await store.list(`media/${channel}`)) {
    const hour = Number(folder.replace('/', ''));
    if (hour >= hourOf(now)) {
      left = true;
      continue;
    }
    for (const file of await store.list(`media/${channel}/${hour}`)) {
      await store.delete(`media/${channel}/${hour}/${file}`);
    }
    // On a disk the empty folder remains; where folders are only prefixes this does nothing.
    await store.delete(`media/${channel}/${hour}`);
  }
  return left;
}

function hourOf(at: number): number {
  return Math.floor(at / hourMs);
}
