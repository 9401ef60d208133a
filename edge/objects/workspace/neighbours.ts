/** What the Workspace says to other objects, and asks of them. */
import { deskOf, type Env } from '../../env.ts';
import type { DeskNotice } from '../contracts.ts';

/** What the outbox carries. */
export type Letter = { notice: DeskNotice } | { endChannel: string } | { channelSaved: string };

/** Hands a letter over; `ended` hears of a channel whose sessions are all closed. */
export async function deliver(env: Env, letter: Letter, ended: (channel: string) => void): Promise<void> {
  if ('notice' in letter) return deskOf(env).notice(letter.notice);
  if ('channelSaved' in letter) return env.CHANNEL.getByName(letter.channelSaved).configured();
  await deskOf(env).endAll({ channel: letter.endChannel });
  await env.CHANNEL.getByName(letter.endChannel).configured();
  ended(letter.endChannel);
}

/** Open sessions of each agent, queue or channel, as the Desk counts them. */
export async function countOpenSessions(
  env: Env,
  kind: 'agent' | 'queue' | 'channel',
  ids: string[],
): Promise<Map<string, number>> {
  const desk = deskOf(env);
  const counts = await Promise.all(ids.map((id) => desk.openSessions({ [kind]: id })));
  return new Map(ids.map((id, index) => [id, counts[index] ?? 0]));
}
