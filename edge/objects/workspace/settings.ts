/** The workspace's settings and business hours: one row each in a table of JSON values. */
import { defaultCallSettings } from '../../../core/callSettings.ts';
import { alwaysOpen, type BusinessHours } from '../../../core/hours.ts';
import type { SettingsInput } from '../../../core/api.ts';
import type { PbxInput } from '../../../core/pbx.ts';
import { refuse, type Answer } from '../../answer.ts';
import { changesBetween, type Actor, type Audit } from './audit.ts';
import type { StoredCalls } from './callSetup.ts';
import { patched, type Patch } from './patch.ts';
import type { SealedVapid } from './vapid.ts';

interface Values {
  settings: SettingsInput;
  hours: BusinessHours;
  /** What the next live chat channel's number is counted from; it only rises. */
  nextLiveChat: number;
  /** Made when push is first needed. */
  vapid: SealedVapid | null;
  calls: StoredCalls;
  pbx: PbxInput['server'];
}

const defaults: Values = {
  settings: {
    workspaceName: 'Parley',
    publicUrls: [],
    defaultAgent: { name: 'Support', photo: null },
    embedEmail: {
      subject: 'Live chat for {{domain}}',
      body:
        'Hello,\n\n{{company}} would like visitors of {{domain}} to be able to chat with its team. ' +
        'Please paste this line into every page, right before the closing </body> tag:\n\n{{code}}\n\n' +
        'The chat button then appears in the lower corner of the page. Nothing else has to be installed.\n\n' +
        'Thank you',
    },
  },
  hours: alwaysOpen('UTC'),
  nextLiveChat: 0,
  vapid: null,
  calls: { setup: defaultCallSettings, secret: null },
  pbx: null,
};

export class Settings {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
  ) {}

  get(): SettingsInput {
    return this.read('settings');
  }

  change(actor: Actor, patch: Patch<SettingsInput>): Answer<SettingsInput> {
    const bad = (patch.publicUrls ?? []).find((url) => new URL(url).origin !== url.replace(/\/$/, ''));
    if (bad !== undefined) {
      return refuse('invalid_input', {
        field: 'publicUrls',
        message: `Use only the address, without a path or a user name, such as ${new URL(bad).origin}.`,
      });
    }
    const publicUrls = patch.publicUrls?.map((url) => new URL(url).origin);
    const before = this.get();
    const after = patched(before, { ...patch, publicUrls });
    this.write('settings', after);
    this.audit.writeEdit(actor, 'settings.changed', null, changesBetween(before, after));
    return { value: after };
  }

  hours(): BusinessHours {
    return this.read('hours');
  }

  changeHours(actor: Actor, hours: BusinessHours): void {
    const before = this.hours();
    this.write('hours', hours);
    this.audit.writeEdit(actor, 'hours.changed', null, changesBetween(before, hours));
  }

  /** What setup decides: the company's name, and a clock to be open by. */
  begin(workspaceName: string, timeZone: string): void {
    this.write('settings', { ...defaults.settings, workspaceName });
    this.write('hours', alwaysOpen(timeZone));
  }

  /** Takes the next live chat index. Deleted channels never give theirs back. */
  takeLiveChatIndex(): number {
    const index = this.read('nextLiveChat');
    this.write('nextLiveChat', index + 1);
    return index;
  }

  /** The key pair for push; null before it was needed. */
  vapid(): SealedVapid | null {
    return this.read('vapid');
  }

  /** Keeps a key pair, unless another one was kept meanwhile; answers the one that counts. */
  keepVapid(made: SealedVapid): SealedVapid {
    const known = this.vapid();
    if (known) return known;
    this.write('vapid', made);
    return made;
  }

  /** How calls find their way, as `CallSetup` keeps it. */
  calls(): StoredCalls {
    const { setup, secret } = this.read('calls');
    // Kept before one could choose, it says nothing of relays.
    return { setup: { ...defaultCallSettings, ...setup }, secret };
  }

  keepCalls(calls: StoredCalls): void {
    this.write('calls', calls);
  }

  /** The exchange that agents call out through; null without one. */
  pbx(): PbxInput['server'] {
    return this.read('pbx');
  }

  keepPbx(server: PbxInput['server']): void {
    this.write('pbx', server);
  }

  private read<K extends keyof Values>(key: K): Values[K] {
    const row = this.sql
      .exec<{ value: string }>('SELECT value FROM settings WHERE key = ?', key)
      .toArray()[0];
    return row ? (JSON.parse(row.value) as Values[K]) : defaults[key];
  }

  private write<K extends keyof Values>(key: K, value: Values[K]): void {
    this.sql.exec(
      'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      JSON.stringify(value),
    );
  }
}
