/** The part of the workspace that is settings, and what is written down about all changes. */
import type { SettingsInput } from '../../../core/api.ts';
import type { CallSettingsInput } from '../../../core/callSettings.ts';
import type { BusinessHours } from '../../../core/hours.ts';
import type { PbxSettings } from '../../../core/pbx.ts';
import type { Answer } from '../../answer.ts';
import type { Actor, AuditAction, AuditPage, AuditTarget } from './audit.ts';
import { WorkspaceObject } from './object.ts';
import type { Patch } from './patch.ts';
import type { PbxChange, PbxPass } from './pbx.ts';

export abstract class WorkspaceSettings extends WorkspaceObject {
  hours(): BusinessHours {
    return this.parts.settings.hours();
  }

  changeHours(actor: Actor, hours: BusinessHours): Promise<void> {
    return this.change(() => this.parts.settings.changeHours(actor, hours));
  }

  getSettings(): SettingsInput {
    return this.parts.settings.get();
  }

  changeSettings(actor: Actor, patch: Patch<SettingsInput>): Promise<Answer<SettingsInput>> {
    return this.change(() => this.parts.settings.change(actor, patch));
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

  /** For what the Worker did itself, such as sending a mail. */
  writeAudit(actor: Actor, action: AuditAction, target: AuditTarget | null, sentTo: string): void {
    this.parts.audit.write(actor, action, target, [{ field: 'to', before: null, after: sentTo }]);
  }

  auditPage(before: number | null): AuditPage {
    return this.parts.audit.page(before);
  }
}
