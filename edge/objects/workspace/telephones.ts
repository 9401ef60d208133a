/** What Workspace answers about telephones: how calls find their way, and the exchange that agents call out through. */
import { DurableObject } from 'cloudflare:workers';
import type { CallSettingsInput } from '../../../core/callSettings.ts';
import type { PbxSettings } from '../../../core/pbx.ts';
import type { Answer } from '../../answer.ts';
import type { Env } from '../../env.ts';
import type { Actor } from './audit.ts';
import { Parts } from './parts.ts';
import type { PbxChange, PbxPass } from './pbx.ts';

export abstract class Telephones extends DurableObject<Env> {
  protected readonly parts: Parts;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.parts = new Parts(ctx.storage, env);
  }

  /** How calls find their way; it has the secret of the TURN server, so it stays inside the edge. */
  callSetup() {
    return this.parts.calls.open();
  }

  changeCallSetup(actor: Actor, input: CallSettingsInput) {
    return this.parts.calls.change(actor, input);
  }

  pbx(): PbxSettings {
    return this.parts.pbx.get();
  }

  changePbx(actor: Actor, change: PbxChange): Promise<Answer<PbxSettings>> {
    return this.parts.pbx.apply(actor, change);
  }

  /** With the password in plain text, for the agent's own page; null without PBX, extension or permission. */
  pbxPass(agent: string): Promise<PbxPass | null> {
    return this.parts.pbx.passOf(agent);
  }
}
