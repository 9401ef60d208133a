/** What Workspace tells Desk, and what agents see of it at once. */
import type { ContactName } from '../../../core/protocol.ts';
import type { DeskNotice } from '../contracts.ts';
import type { Connections } from './connections.ts';
import type { ContactNames } from './contactNames.ts';
import type { Requests } from './requests.ts';
import type { Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';
import type { Views } from './views.ts';

export class Notices {
  constructor(
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly contactNames: ContactNames,
    private readonly connections: Connections,
    private readonly views: Views,
    private readonly requests: Requests,
    /** Closes an agent's sockets: all of them, or those of some sign-ins. */
    private readonly disconnect: (agent: string, signIns: readonly string[] | null) => void,
  ) {}

  async apply(notice: DeskNotice): Promise<void> {
    switch (notice.kind) {
      case 'agent': {
        const { role, enabled, ...ref } = notice.agent;
        this.staff.putAgent({ ref, role, enabled });
        if (enabled) return;
        this.disconnect(ref.id, null);
        return this.requests.giveBack(ref.id);
      }
      case 'agentGone':
        this.staff.dropAgent(notice.id);
        this.disconnect(notice.id, null);
        return this.requests.giveBack(notice.id);
      case 'queue': {
        const mode = this.staff.mode(notice.queue.id);
        const { added, removed } = this.staff.putQueue(notice.queue);
        const stayed = mode === notice.queue.mode ? [] : notice.queue.agents;
        this.views.showQueue(notice.queue.id, [...new Set([...added, ...stayed])]);
        this.views.hideQueue(notice.queue.id, removed);
        return;
      }
      case 'queueGone': {
        const members = [...this.staff.membersOf(notice.id)];
        this.staff.dropQueue(notice.id);
        this.views.hideQueue(notice.id, members);
        return;
      }
      case 'notifications':
        this.staff.putNotifications(notice.agent, notice.settings, notice.devices);
        return;
      case 'contacts':
        this.contactNames.put(notice.names);
        return this.tellNames(notice.names);
      case 'signedOut':
        this.disconnect(notice.agent, notice.signIns);
        return;
    }
  }

  /** Only of customers who ever wrote: an import may name many thousands who have not. */
  private tellNames(all: readonly ContactName[]): void {
    const wrote = this.sessions.lists.customersAmong(all.map(({ key }) => key));
    const names = all.filter(({ key }) => wrote.has(key));
    if (names.length === 0) return;
    for (const agent of this.connections.agents()) this.connections.send(agent, { kind: 'contacts', names });
  }
}
