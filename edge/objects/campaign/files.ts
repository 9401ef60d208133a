/**
 * The file of a campaign. It stays as long as the campaign does, because nobody knows when that is sent; what messages
 * link to is a copy that expires like any other file (CH-10) and is made when it is needed.
 */
import { campaignFolder, copyBlob, deleteFolder, newCampaignKey } from '../../store/campaignFiles.ts';
import { channelOf, type Env } from '../../env.ts';
import type { File } from '../../../core/content.ts';
import { blobs } from '../../store/blobs.ts';
import { signedLink } from '../../store/fileLinks.ts';
import { mediaKey, mediaLifetimeMs } from '../../store/media.ts';
import type { KeptFile } from './record.ts';
import type { CampaignState } from './state.ts';

/** A copy is good while messages with it can still be tried (24 hours), and fetched afterwards. */
const goodForMs = 36 * 3_600_000;

export class CampaignFiles {
  constructor(
    private readonly env: Env,
    private readonly state: CampaignState,
  ) {}

  /** Puts a file that is stored already in place of the one before; null takes that away. */
  async keep(file: KeptFile | null): Promise<void> {
    this.state.change(() => ({ file, shared: null }));
    await deleteFolder(this.env, campaignFolder(this.state.record.id), file?.key ?? null);
  }

  /** Takes over a copy of another campaign's file. */
  async copyFrom({ key, ...file }: KeptFile): Promise<void> {
    const copy = newCampaignKey(this.state.record.id, key.split('.').at(-1) ?? 'bin');
    await copyBlob(blobs(this.env), key, copy, file);
    this.state.change(() => ({ file: { ...file, key: copy } }));
  }

  /** As messages link to it; null when the campaign has no file. */
  async shared(now: number): Promise<File | null> {
    const { file, shared, input } = this.state.record;
    if (!file) return null;
    if (shared && shared.expiresAt - now > goodForMs) return shared;
    const expiresAt = now + mediaLifetimeMs;
    const key = mediaKey(input.channel, expiresAt, file.key.split('.').at(-1) ?? 'bin', true);
    // First the promise to delete it, then the file.
    await channelOf(this.env, input.channel).mediaStored();
    await copyBlob(blobs(this.env), file.key, key, file);
    const { name, type, size, width, height } = file;
    const url = await signedLink(this.env, key, name, type);
    const made: File = { state: 'ready', name, type, size, url, width, height, expiresAt };
    this.state.change(() => ({ shared: made }));
    return made;
  }

  /** Everything that was ever kept for the campaign. */
  async deleteAll(): Promise<void> {
    await deleteFolder(this.env, campaignFolder(this.state.record.id), null);
  }
}
