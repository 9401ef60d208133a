/** The company's telephone exchange, and each agent's extension at it, with its password sealed (CALL-06). */
import type { PbxExtensionInput, PbxInput, PbxSettings, PhonePass } from '../../../core/pbx.ts';
import { refuse, type Answer } from '../../answer.ts';
import type { Env } from '../../env.ts';
import { seal, unseal } from '../../seal.ts';
import type { Agents } from './agents.ts';
import { changesBetween, type Actor, type Audit } from './audit.ts';
import type { Changes } from './changes.ts';
import type { Settings } from './settings.ts';

export type PbxChange =
  | { kind: 'server'; server: PbxInput['server'] }
  | { kind: 'extension'; agent: string; input: PbxExtensionInput }
  | { kind: 'removeExtension'; agent: string };

/** What an agent's page registers with, but for the servers of the sound. */
export type PbxPass = Omit<PhonePass, 'servers'>;

type ExtensionRow = { agent_id: string; user: string; password: string };

export class Pbx {
  constructor(
    private readonly sql: SqlStorage,
    private readonly env: Env,
    private readonly settings: Settings,
    private readonly agents: Agents,
    private readonly audit: Audit,
    private readonly changes: Changes,
  ) {}

  get(): PbxSettings {
    const rows = this.sql.exec<ExtensionRow>('SELECT * FROM pbx_extensions').toArray();
    const extensions = rows.map(({ agent_id, user }) => ({ agent: agent_id, user }));
    return { server: this.settings.pbx(), extensions };
  }

  async apply(actor: Actor, change: PbxChange): Promise<Answer<PbxSettings>> {
    switch (change.kind) {
      case 'server':
        await this.changes.run(() => {
          const before = this.settings.pbx();
          this.settings.keepPbx(change.server);
          const edits = changesBetween(before ?? {}, change.server ?? {});
          this.audit.writeEdit(actor, 'pbx.changed', null, edits);
        });
        return { value: this.get() };
      case 'extension':
        return this.keep(actor, change.agent, change.input);
      case 'removeExtension':
        await this.changes.run(() => {
          const before = this.row(change.agent);
          this.sql.exec('DELETE FROM pbx_extensions WHERE agent_id = ?', change.agent);
          if (before) this.audit.writeEdit(actor, 'pbx.changed', null, [this.edit(before, null)]);
        });
        return { value: this.get() };
    }
  }

  /** Null where there is nothing to call out with. A password that cannot be opened counts as none. */
  async passOf(id: string): Promise<PbxPass | null> {
    const server = this.settings.pbx();
    const row = this.row(id);
    const agent = this.agents.get(id);
    if (!server || !row || !agent?.enabled || !agent.mayCallOut) return null;
    try {
      const password = await unseal(this.env.PARLEY_SEALING_KEY, placeOf(id), row.password);
      return { ...server, user: row.user, password };
    } catch (error) {
      console.error(JSON.stringify({ event: 'unseal.failed', field: 'pbx', error: String(error) }));
      return null;
    }
  }

  private async keep(
    actor: Actor,
    id: string,
    { user, password }: PbxExtensionInput,
  ): Promise<Answer<PbxSettings>> {
    if (!this.agents.get(id)) return refuse('not_found');
    const before = this.row(id);
    if (password === '' && !before) {
      return refuse('invalid_input', { field: 'password', message: 'Enter the password of the extension.' });
    }
    const sealed = password === '' ? null : await seal(this.env.PARLEY_SEALING_KEY, placeOf(id), password);
    await this.changes.run(() => {
      const kept = sealed ?? this.row(id)?.password ?? '';
      this.sql.exec(
        `INSERT INTO pbx_extensions VALUES (?, ?, ?)
         ON CONFLICT (agent_id) DO UPDATE SET user = excluded.user, password = excluded.password`,
        id,
        user,
        kept,
      );
      this.audit.writeEdit(actor, 'pbx.changed', null, [this.edit(before, { agent_id: id, user })]);
    });
    return { value: this.get() };
  }

  private row(id: string): ExtensionRow | undefined {
    return this.sql.exec<ExtensionRow>('SELECT * FROM pbx_extensions WHERE agent_id = ?', id).toArray()[0];
  }

  /** Whose extension it is, and which; never its password. */
  private edit(
    before: Pick<ExtensionRow, 'agent_id' | 'user'> | undefined,
    after: Pick<ExtensionRow, 'agent_id' | 'user'> | null,
  ) {
    const name = this.agents.get(before?.agent_id ?? after?.agent_id ?? '')?.name ?? '';
    return { field: `extension of ${name}`, before: before?.user ?? null, after: after?.user ?? null };
  }
}

function placeOf(agent: string) {
  return { workspace: 'workspace', channel: 'pbx', field: agent };
}
