/**
 * The HTTP API that the console and the inbox use: one table of what goes in and what comes out, for both
 * ends. All bodies are JSON; every refusal is `{ error: Problem }` with a matching status. The sign-in is a
 * cookie. `admin` routes answer 403 to agents; all but the ones marked `open` answer 401 without a sign-in.
 *
 *   GET    /health                       open   { status: 'ok' }
 *   GET    /api/state                    open   State
 *   POST   /api/setup                    open   setupInput → Me; once, then 409 setup_done
 *   POST   /api/sign-in                  open   signInInput → Me
 *   POST   /api/sign-out                        {} → {}
 *   POST   /api/sign-out-everywhere             {} → {}          (this agent's sign-ins, this one too)
 *   GET    /api/password-link/:token     open   { name: string }  404 link_expired
 *   POST   /api/password-link/:token     open   newPasswordInput → Me  (also signs in, ends other sign-ins)
 *   GET    /api/me                              Me
 *   PATCH  /api/me                              profileInput → Me
 *   POST   /api/me/password                     changePasswordInput → {}  (ends this agent's other sign-ins)
 *   GET    /api/me/notifications                NotificationsAnswer (notifications.ts)
 *   PATCH  /api/me/notifications                partial notificationSettings → NotificationsAnswer
 *   PUT    /api/me/devices                      pushSubscriptionInput → NotificationsAnswer   this browser
 *   DELETE /api/me/devices/:id                  → NotificationsAnswer   404 for another agent's
 *   POST   /api/me/devices/:id/test             {} → {}   pushes a test to it
 *   GET    /api/me/phone                        phoneAnswer (pbx.ts)   one's own extension at the PBX
 *   GET    /api/colleagues                      { agents: AgentRef[], queues: {id,name}[] }
 *   PUT    /api/files                           raw PNG/JPEG ≤ 2 MB → { url }   photos and logos, kept
 *   PUT    /api/media?session=ID&name=NAME      raw PNG/JPEG ≤ 10 MB → UploadAnswer (protocol.ts)
 *
 *   GET    /api/agents            admin  { agents: Agent[] }
 *   POST   /api/agents            admin  newAgentInput → { agent: Agent, passwordLink: string | null }
 *   PATCH  /api/agents/:id        admin  partial agentInput → Agent
 *   DELETE /api/agents/:id        admin  → {}   409 in_use names the channels · last_admin
 *   POST   /api/agents/:id/password-link  admin → { passwordLink: string }   one-time, valid for 24 h
 *   POST   /api/agents/:id/sign-out       admin → {}
 *   GET    /api/groups            admin  { groups: Group[] }   (Default_All_Extensions first)
 *   POST   /api/groups            admin  groupInput → Group
 *   PATCH  /api/groups/:id        admin  partial groupInput → Group
 *   DELETE /api/groups/:id        admin  → {}
 *   GET    /api/queues            admin  { queues: Queue[] }
 *   POST   /api/queues            admin  queueInput → Queue
 *   PATCH  /api/queues/:id        admin  partial queueInput → Queue
 *   POST   /api/queues/delete     admin  idsInput → {}   409 in_use names the channels; none is deleted then
 *   GET    /api/channels?from=MS&to=MS  admin  { channels: ChannelRow[] }   statistics of that time, else of all
 *   POST   /api/channels/drafts   admin  draftInput → ChannelDraft   the same one until it is saved (CH-03)
 *   GET    /api/channels/:id      admin  Channel
 *   POST   /api/channels          admin  channelInput → Channel   providers' with `draft`: ChannelDraft.id
 *   PATCH  /api/channels/:id      admin  whole channelInput → Channel
 *   POST   /api/channels/delete   admin  deleteChannelsInput → {}  409 in_use while sessions are open
 *   POST   /api/channels/:id/identity-secret  admin → { secret }   makes a new one; shown this once
 *   DELETE /api/channels/:id/identity-secret  admin → {}
 *   GET    /api/channels/:id/embed            admin  EmbedCode
 *   POST   /api/channels/:id/embed/email      admin  embedEmailInput → {}   503 unavailable without mail
 *   GET    /api/channels/:id/webhook          admin  ChannelDraft   what to paste at the provider
 *   POST   /api/channels/:id/webhook          admin  → ChannelDraft   a new address; the old one is dead at once
 *   POST   /api/channels/:id/check            admin  → HealthAnswer   asks the provider now
 *   POST   /api/channels/:id/test             admin  testMessageInput → { ref: string }   see the event log
 *   GET    /api/channels/:id/events?before=ID admin  { entries: ChannelEvent[], complete }   newest first, 50
 *   POST   /api/channels/:id/events/:event/replay  admin → ReplayAnswer
 *   GET    /api/channels/:id/templates        admin  TemplatesAnswer
 *   POST   /api/channels/:id/templates/refresh admin → TemplatesAnswer
 *   GET    /api/sessions/:id/templates               TemplatesAnswer   for who sees the session
 *   GET    /api/senders                              { senders: Sender[] }   may start sessions from these
 *   GET    /api/labels                               { labels: Label[] }
 *   POST   /api/labels                               labelInput → Label
 *   PATCH  /api/labels/:id        admin  labelInput → Label
 *   DELETE /api/labels/:id        admin  → Label
 *   GET    /api/canned-responses                     { cannedResponses: CannedResponse[] }   everybody's, one's own
 *   POST   /api/canned-responses                     cannedResponseInput → CannedResponse   403 shared, but for admins
 *   PATCH  /api/canned-responses/:id                 cannedResponseInput → CannedResponse   404 for another agent's own
 *   DELETE /api/canned-responses/:id                 → CannedResponse   (the same)
 *   GET    /api/contacts?search=&phonebook=ID&after=NEXT&limit=N  ContactsAnswer (contactApi.ts)   by name
 *   GET    /api/contacts/:id                         Contact
 *   POST   /api/contacts                             contactInput → Contact
 *   PUT    /api/contacts/:id                         whole contactInput → Contact
 *   POST   /api/contacts/delete   admin  idsInput → {}
 *   GET    /api/contacts/duplicates admin  DuplicatesAnswer
 *   POST   /api/contacts/merge    admin  mergeInput → Contact
 *   POST   /api/contacts/import   admin  importInput → ImportAnswer   all of its rows or none
 *   GET    /api/phonebooks                           { phonebooks: Phonebook[] }
 *   POST   /api/phonebooks        admin  phonebookInput → Phonebook
 *   PATCH  /api/phonebooks/:id    admin  phonebookInput → Phonebook
 *   DELETE /api/phonebooks/:id    admin  → Phonebook   its contacts stay
 *   …      /api/campaigns…        admin  see campaignApi.ts
 *   GET    /api/hours             admin  HoursAnswer
 *   PUT    /api/hours             admin  businessHours → HoursAnswer
 *   GET    /api/settings          admin  Settings
 *   PATCH  /api/settings          admin  partial settingsInput → Settings
 *   POST   /api/settings/test-email  admin  { to } → {}
 *   GET    /api/calls             admin  CallSettings (callSettings.ts)
 *   PUT    /api/calls             admin  callSettingsInput → CallSettings   an empty secret stays what it is
 *   POST   /api/calls/test        admin  {} → iceAnswer   what a call would be given now
 *   GET    /api/pbx               admin  PbxSettings (pbx.ts)
 *   PUT    /api/pbx               admin  pbxInput → PbxSettings
 *   PUT    /api/pbx/extensions/:agent    admin  pbxExtensionInput → PbxSettings   an empty password stays
 *   DELETE /api/pbx/extensions/:agent    admin  → PbxSettings
 *   GET    /api/audit?before=ID   admin  { entries: AuditEntry[], complete: boolean }   newest first, 50
 */
import * as z from 'zod';
import {
  agent,
  agentInput,
  agentRef,
  emailAddress,
  extensionNumber,
  password,
  personName,
  pictureUrl,
} from './agent.ts';
import { businessHours } from './hours.ts';

// ── Setup and sign-in ───────────────────────────────────────────────────────────────────────────────────

export const setupInput = z.object({
  workspaceName: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
  name: personName,
  email: emailAddress,
  extension: extensionNumber,
  password,
  timeZone: businessHours.shape.timeZone,
});
export type SetupInput = z.infer<typeof setupInput>;

export const signInInput = z.object({
  /** E-mail address or extension number. */
  login: z.string().trim().min(1, 'Enter your e-mail or extension number.').max(254),
  password: z.string().min(1, 'Enter your password.').max(200),
});
export type SignInInput = z.infer<typeof signInInput>;

export const newPasswordInput = z.object({ password });
export const changePasswordInput = z.object({
  current: z.string().min(1, 'Enter your current password.').max(200),
  password,
});
export type ChangePasswordInput = z.infer<typeof changePasswordInput>;

export const me = agent.pick({
  id: true,
  extension: true,
  name: true,
  email: true,
  role: true,
  photo: true,
  mayCallOut: true,
});
export type Me = z.infer<typeof me>;

export const state = z.object({
  setupNeeded: z.boolean(),
  workspaceName: z.string(),
  /** Whom the cookie signs in; null when signed out. */
  me: me.nullable(),
});
export type State = z.infer<typeof state>;

export const profileInput = z.object({ name: personName, photo: pictureUrl.nullable() });
export type ProfileInput = z.infer<typeof profileInput>;

// ── People ──────────────────────────────────────────────────────────────────────────────────────────────

/** Without a password the agent gets a one-time link to choose one. */
export const newAgentInput = agentInput.extend({ password: password.nullable() });
export type NewAgentInput = z.infer<typeof newAgentInput>;

export const colleagues = z.object({
  agents: z.array(agentRef),
  queues: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type Colleagues = z.infer<typeof colleagues>;

// ── Queues and channels ─────────────────────────────────────────────────────────────────────────────────

export const idsInput = z.object({ ids: z.array(z.string()).min(1).max(1000) });

export const embedCode = z.object({
  /** The script tag to paste before `</body>`. */
  code: z.string(),
  domains: z.array(z.string()),
  /** Whether mail is configured, so that instructions can be sent. */
  mail: z.boolean(),
  /** What to mind about the deployment's address (not HTTPS, an underscore); empty when all is well. */
  warnings: z.array(z.string()),
});
export type EmbedCode = z.infer<typeof embedCode>;
export const embedEmailInput = z.object({ to: emailAddress });

// ── Settings ────────────────────────────────────────────────────────────────────────────────────────────

export const hoursAnswer = z.object({
  hours: businessHours,
  now: z.enum(['open', 'closed', 'holiday']),
  /** Epoch ms; null when open now or never. */
  opensAt: z.number().nullable(),
});
export type HoursAnswer = z.infer<typeof hoursAnswer>;

export const settingsInput = z.object({
  workspaceName: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
  /** Addresses that this deployment is reached at, such as https://chat.example.com; the first is used. */
  publicUrls: z
    .array(z.url({ protocol: /^https?$/, error: 'Use an address such as https://chat.example.com.' }))
    .max(20),
  /** Shown to visitors where a channel does not show who answers. */
  defaultAgent: z.object({ name: personName, photo: pictureUrl.nullable() }),
  /** "Request to Add Live Chat to Website": `{{company}}`, `{{code}}`, `{{domain}}` are filled in. */
  embedEmail: z.object({
    subject: z.string().trim().min(1, 'Enter a subject.').max(200),
    body: z
      .string()
      .trim()
      .min(1, 'Enter a text.')
      .max(10_000)
      .refine((t) => t.includes('{{code}}'), 'Keep {{code}} in the text.'),
  }),
});
export type SettingsInput = z.infer<typeof settingsInput>;

export const settings = settingsInput.extend({
  /** `smtp` and `cloudflare` are set by the deployment's environment, never here. */
  mail: z.enum(['none', 'smtp', 'cloudflare']),
  mailFrom: z.string().nullable(),
});
export type Settings = z.infer<typeof settings>;

export const auditEntry = z.object({
  id: z.number(),
  at: z.number(),
  /** Name at the time; `system` for what the deployment did itself. */
  who: z.object({ id: z.string().nullable(), name: z.string() }),
  /** Such as `agent.created`, `channel.changed`, `signIn.failed`. */
  action: z.string(),
  /** What it was done to: kind, id, name at the time. */
  target: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
  /** Fields that changed, without secrets (those say "set" or "not set"). */
  changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  address: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
