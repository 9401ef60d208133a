/** Files of campaigns: `campaigns/<campaign>/<random>.<extension>`. Nothing serves them but to admins. */
import type { Env } from '../env.ts';
import { blobs, type BlobStore } from './blobs.ts';

export const campaignFolder = (campaign: string): string => `campaigns/${campaign}`;

export function newCampaignKey(campaign: string, extension: string): string {
  return `${campaignFolder(campaign)}/${crypto.getRandomValues(new Uint8Array(16)).toHex()}.${extension}`;
}

/** Copies a file of known type and size; throws when it is not there. */
export async function copyBlob(
  store: BlobStore,
  from: string,
  to: string,
  { type, size }: { type: string; size: number },
): Promise<void> {
  const blob = await store.get(from, null);
  if (!blob) throw new Error(`the file ${from} is gone`);
  await store.putStream(to, blob.body, type, size);
}

/** Deletes what is in a folder but for `except`. */
export async function deleteFolder(env: Env, folder: string, except: string | null): Promise<void> {
  const store = blobs(env);
  for (const name of await store.list(folder)) {
    if (`${folder}/${name}` !== except) await store.delete(`${folder}/${name}`);
  }
}
