/** How calls find their way through networks, with its secret sealed at rest. */
import type { CallSettingsInput, Turn } from '../../../core/callSettings.ts';
import { refuse, type Answer } from '../../answer.ts';
import type { Env } from '../../env.ts';
import { seal, unseal } from '../../seal.ts';
import { changesBetween, type Actor, type Audit } from './audit.ts';
import type { Changes } from './changes.ts';
import type { Settings } from './settings.ts';

/** As it is kept: the secret sealed and beside the rest. */
export interface StoredCalls {
  setup: CallSettingsInput;
  secret: string | null;
}

export class CallSetup {
  constructor(
    private readonly env: Env,
    private readonly settings: Settings,
    private readonly audit: Audit,
    private readonly changes: Changes,
  ) {}

  /** With the secret in plain text: it stays inside the edge. One that cannot be opened counts as none. */
  async open(): Promise<CallSettingsInput> {
    const { setup, secret } = this.settings.calls();
    return { ...setup, turn: withSecret(setup.turn, await this.unsealed(setup.turn, secret)) };
  }

  /** An empty secret stays what it was, as long as it is for the same kind of server. */
  async change(actor: Actor, input: CallSettingsInput): Promise<Answer<CallSettingsInput>> {
    const { turn } = input;
    const before = this.settings.calls();
    const kept = before.setup.turn.kind === turn.kind ? before.secret : null;
    const given = turn.kind === 'none' ? '' : turn.secret;
    if (turn.kind !== 'none' && given === '' && kept === null) {
      return refuse('invalid_input', { field: 'turn.secret', message: 'Enter the secret of the server.' });
    }
    const sealed = given === '' ? kept : await seal(this.env.PARLEY_SEALING_KEY, placeOf(turn.kind), given);
    const after = { setup: { ...input, turn: withSecret(turn, '') }, secret: sealed };
    await this.changes.run(() => {
      this.settings.keepCalls(after);
      const edits = changesBetween(flat(before), flat(after));
      if (given !== '' && kept !== null) edits.push({ field: 'secret', before: 'set', after: 'set' });
      this.audit.writeEdit(actor, 'calls.changed', null, edits);
    });
    return { value: await this.open() };
  }

  private async unsealed(turn: Turn, sealed: string | null): Promise<string> {
    if (sealed === null) return '';
    try {
      return await unseal(this.env.PARLEY_SEALING_KEY, placeOf(turn.kind), sealed);
    } catch (error) {
      console.error(JSON.stringify({ event: 'unseal.failed', field: 'turn', error: String(error) }));
      return '';
    }
  }
}

function placeOf(kind: Turn['kind']) {
  return { workspace: 'workspace', channel: 'calls', field: kind };
}

function withSecret(turn: Turn, secret: string): Turn {
  return turn.kind === 'none' ? turn : { ...turn, secret };
}

/** As the audit log shows it. */
function flat({ setup, secret }: StoredCalls): object {
  const { stun, relayOnly, turn } = setup;
  const { kind, ...rest } = turn;
  return { stun, relayOnly, turn: kind, ...rest, secret: secret === null ? 'not set' : 'set' };
}
