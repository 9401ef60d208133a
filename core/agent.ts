/** Agents, their groups and their presence, as stored, sent and edited. */
import * as z from 'zod';

export const role = z.enum(['admin', 'agent']);
export type Role = z.infer<typeof role>;

/** The six states of the guide. Only `available` counts as there for a visitor's greeting (LC-13). */
export const presence = z.enum([
  'available',
  'away',
  'businessTrip',
  'doNotDisturb',
  'lunchBreak',
  'offWork',
]);
export type Presence = z.infer<typeof presence>;

export const presenceNames: Record<Presence, string> = {
  available: 'Available',
  away: 'Away',
  businessTrip: 'Business Trip',
  doNotDisturb: 'Do Not Disturb',
  lunchBreak: 'Lunch Break',
  offWork: 'Off Work',
};

/** The group that always exists and holds every agent. It cannot be edited or deleted. */
export const everyoneGroup = { id: 'all', name: 'Default_All_Extensions' } as const;

export const extensionNumber = z.string().regex(/^\d{2,7}$/, 'Use 2 to 7 digits, such as 1001.');
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('Use an address such as name@example.com.'));
export const personName = z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.');
/** 10 characters at least, 200 at most (longer ones only cost hashing time). */
export const password = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(200, 'Use at most 200 characters.');

/** A path of ours to a stored picture, as `PUT /api/files` answers it. */
export const pictureUrl = z.string().regex(/^\/files\/[A-Za-z0-9_-]{20,64}\.(png|jpg)$/);

/** What an admin edits. */
export const agentInput = z.object({
  extension: extensionNumber,
  name: personName,
  email: emailAddress,
  role,
  photo: pictureUrl.nullable(),
  /** Group ids; `all` is implied and never listed. */
  groups: z.array(z.string()).max(200),
  mayCallOut: z.boolean(),
  enabled: z.boolean(),
});
export type AgentInput = z.infer<typeof agentInput>;

/** An agent as an admin sees one. */
export const agent = agentInput.extend({
  id: z.string(),
  createdAt: z.number(),
  /** Null until the agent has signed in once. */
  lastSignInAt: z.number().nullable(),
  hasPassword: z.boolean(),
});
export type Agent = z.infer<typeof agent>;

/** As much of an agent as colleagues, events and visitors need. */
export const agentRef = z.object({
  id: z.string(),
  name: z.string(),
  extension: z.string(),
  photo: z.string().nullable(),
});
export type AgentRef = z.infer<typeof agentRef>;

export const groupInput = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
  agents: z.array(z.string()).max(10_000),
});
export type GroupInput = z.infer<typeof groupInput>;
export const group = groupInput.extend({ id: z.string() });
export type Group = z.infer<typeof group>;

/** An agent and whether they can be reached right now. */
export const presenceEntry = z.object({
  agent: z.string(),
  presence,
  connected: z.boolean(),
});
export type PresenceEntry = z.infer<typeof presenceEntry>;
