/** Who is there (GEN-05), apart from all else that the desk knows, so that lists of people draw no more than they must. */
import { presenceNames, type PresenceEntry } from '../../core/agent.ts';
import { desk } from './desk.ts';
import { Store } from './store.ts';

export const presences = new Store<ReadonlyMap<string, PresenceEntry>>(desk.state.value.presence);
desk.state.subscribe(() => presences.set(desk.state.value.presence));

/** Such as "Away"; who is not connected is not reached, whatever they have set. */
export function presenceWord(entry: PresenceEntry | undefined): string {
  return entry?.connected ? presenceNames[entry.presence] : 'Not connected';
}
