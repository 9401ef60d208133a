/** What a conversation has its channel count. */
import type { CountNotice } from '../contracts.ts';
import type { Session } from '../session.ts';

/** What Channel has not counted yet; null when it knows everything. */
export function countNotice(session: Session): CountNotice | null {
  const { name, log, current } = session;
  const isLiveChat = session.isLiveChat();
  const from = current.counted;
  const to = current.state.seq;
  if (from >= to) return null;
  const messages = log
    .messagesBetween(from, to)
    // What goes out through a provider the channel counts itself, when it is accepted.
    .filter(({ inbound }) => inbound || isLiveChat);
  return { conversation: name, from, to, messages, open: current.state.open !== null };
}
