/** What the Workspace says to other objects, and asks of them. */
import { campaignOf, deskOf, type Env } from '../../env.ts';
import type { CampaignMade, DeskNotice } from '../contracts.ts';

/** What the outbox carries. */
export type Letter =
  | { notice: DeskNotice }
  | { endChannel: string }
  | { channelSaved: string }
  | { campaignMade: CampaignMade }
  | { campaignGone: string };

/** What is left of something deleted can go, once everybody has let go of it. */
export interface Drops {
  channel(id: string): void;
  campaign(id: string): void;
}

/** Hands a letter over. */
export async function deliver(env: Env, letter: Letter, drop: Drops): Promise<void> {
  if ('notice' in letter) return deskOf(env).notice(letter.notice);
  if ('channelSaved' in letter) return env.CHANNEL.getByName(letter.channelSaved).configured();
  if ('campaignMade' in letter) return campaignOf(env, letter.campaignMade.id).make(letter.campaignMade);
  if ('campaignGone' in letter) {
    await campaignOf(env, letter.campaignGone).remove();
    return drop.campaign(letter.campaignGone);
  }
  await deskOf(env).endAll({ channel: letter.endChannel });
  await env.CHANNEL.getByName(letter.endChannel).configured();
  drop.channel(letter.endChannel);
}

/** Open sessions of each agent, queue or channel, as the Desk counts them. */
export async function countOpenSessions(
  env: Env,
  kind: 'agent' | 'queue' | 'channel',
  ids: string[],
): Promise<Map<string, number>> {
  const desk = deskOf(env);
  const counts = await Promise.all(ids.map((id) => desk.openSessions(kind, id)));
  return new Map(ids.map((id, index) => [id, counts[index] ?? 0]));
}
