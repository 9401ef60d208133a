/** Words for what the audit log stores as codes. */

const actions: Record<string, string> = {
  'workspace.setUp': 'set up the workspace',
  'signIn.failed': 'could not sign in',
  'agent.signedOut': 'signed out everywhere:',
  'password.changed': 'changed the password of',
  'password.linkMade': 'made a password link for',
  'campaign.retried': 'sent again to those who failed in the campaign',
  'channel.instructionsMailed': 'mailed the installation instructions of',
  'settings.changed': 'changed the settings',
  'settings.testMailed': 'sent a test mail',
  'hours.changed': 'changed the business hours',
  'calls.changed': 'changed the servers for calls',
  'pbx.changed': 'changed the PBX',
};

const verbs: Record<string, string> = {
  created: 'created',
  changed: 'changed',
  deleted: 'deleted',
  scheduled: 'scheduled',
  sent: 'sent',
  paused: 'paused',
  resumed: 'resumed',
  cancelled: 'cancelled',
};

/** `channel.changed` → "changed the channel"; a code that nobody taught it is shown in plain letters. */
export function actionWords(action: string): string {
  const known = actions[action];
  if (known) return known;
  const [kind = '', event = ''] = action.split('.');
  const verb = verbs[event];
  return verb ? `${verb} the ${spaced(kind)}` : spaced(`${kind} ${event}`.trim());
}

/** `appearance.launcher.icon` → "Appearance, launcher, icon". */
export function fieldWords(field: string): string {
  const words = field.split('.').map(spaced).join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value in a few words; empty for nothing. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(', ');
  return JSON.stringify(value);
}

function spaced(code: string): string {
  return code.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}
