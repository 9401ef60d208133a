/**
 * The workspace: configuration, people, sign-ins and the audit log. One object per deployment. What others
 * have to know of a change goes through the outbox to the Desk; each table has its own file beside this one.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Agent, AgentInput, Group, GroupInput } from '../../core/agent.ts';
import type { Colleagues, SettingsInput, SetupInput } from '../../core/api.ts';
import type { ChannelDraft } from '../../core/channelApi.ts';
import type { Channel, ChannelInput, LiveChatChannel } from '../../core/channel.ts';
import type { BusinessHours } from '../../core/hours.ts';
import type { ProviderId } from '../../core/providers/registry.ts';
import type { Queue, QueueInput } from '../../core/queue.ts';
import type { Answer } from '../answer.ts';
import type { Env } from '../env.ts';
import { addressesOf } from '../publicUrl.ts';
import { digest } from '../secrets.ts';
import type { DeskNotice, LiveChatRouting, MessagingRouting, SignedIn } from './contracts.ts';
import { migrate } from './migrations.ts';
import { Outbox, outboxTimer } from './outbox.ts';
import { Timers } from './timers.ts';
import { AllChannels } from './workspace/allChannels.ts';
import { Accounts, type FreshSignIn } from './workspace/accounts.ts';
import { Agents } from './workspace/agents.ts';
import { Audit, type Actor, type AuditAction, type AuditPage, type AuditTarget } from './workspace/audit.ts';
import { Changes } from './workspace/changes.ts';
import { Channels } from './workspace/channels.ts';
import { Groups } from './workspace/groups.ts';
import { newIdentitySecret, openIdentitySecret } from './workspace/identitySecret.ts';
import { Labels, type LabelChange } from './workspace/labels.ts';
import { Limits, signInAllowance } from './workspace/limits.ts';
import { Membership } from './workspace/membership.ts';
import { Messaging } from './workspace/messaging.ts';
import { MessagingChannels } from './workspace/messagingChannels.ts';
import { countOpenSessions, deliver, type Letter } from './workspace/neighbours.ts';
import { Notifications, type OwnChange, type PushReport } from './workspace/notifications.ts';
import { PasswordLinks } from './workspace/passwordLinks.ts';
import type { Patch } from './workspace/patch.ts';
import { Queues } from './workspace/queues.ts';
import { workspaceSchema } from './workspace/schema.ts';
import { Senders } from './workspace/senders.ts';
import { Settings } from './workspace/settings.ts';
import { SignIns } from './workspace/signIns.ts';

type Nothing = Record<string, never>;
const sweepTimer = 'sweep';
const sweepEveryMs = 6 * 3_600_000;

export class Workspace extends DurableObject<Env> {
  private readonly timers: Timers;
  private readonly outbox: Outbox<Letter>;
  private readonly audit: Audit;
  private readonly settings: Settings;
  private readonly agents: Agents;
  private readonly groups: Groups;
  private readonly queues: Queues;
  private readonly channels: Channels;
  private readonly messaging: Messaging;
  private readonly all: AllChannels;
  private readonly signIns: SignIns;
  private readonly links: PasswordLinks;
  private readonly limits: Limits;
  private readonly accounts: Accounts;
  private readonly labels: Labels;
  private readonly senders: Senders;
  private readonly notifications: Notifications;
  private readonly changes: Changes;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.timers = new Timers(ctx.storage);
    this.outbox = new Outbox(ctx.storage, this.timers, (letter) =>
      deliver(env, letter, (channel) => this.all.drop(channel)),
    );
    this.changes = new Changes(ctx.storage, () => this.outbox.drain());
    // Devices to push to go with the sign-ins that they were added with.
    const notify = (notice: DeskNotice) => {
      this.outbox.add({ notice });
      if (notice.kind === 'signedOut') this.notifications.signedOut(notice.agent);
    };
    const membership = new Membership(sql, notify);
    this.audit = new Audit(sql);
    this.settings = new Settings(sql, this.audit);
    this.agents = new Agents(sql, this.audit, membership, notify);
    this.groups = new Groups(sql, this.audit, membership);
    this.queues = new Queues(sql, this.audit, membership, notify);
    this.channels = new Channels(sql, this.audit, this.settings);
    this.messaging = new Messaging(env, new MessagingChannels(sql, this.audit), this.settings);
    this.all = new AllChannels(this.channels, this.messaging, {
      change: (work) => this.change(work),
      saved: (id) => this.outbox.add({ channelSaved: id }),
      removed: (id) => this.outbox.add({ endChannel: id }),
      openSessions: (ids) => countOpenSessions(env, 'channel', ids),
    });
    this.signIns = new SignIns(sql, notify);
    this.links = new PasswordLinks(sql);
    this.labels = new Labels(sql, this.audit);
    this.senders = new Senders(sql);
    this.limits = new Limits(sql);
    const { agents, signIns, links, limits, settings, audit } = this;
    this.accounts = new Accounts(agents, signIns, links, limits, settings, audit);
    this.notifications = new Notifications(sql, env, settings, notify);
    void ctx.blockConcurrencyWhile(async () => migrate(ctx.storage, workspaceSchema));
  }

  override alarm(): Promise<void> {
    return this.timers.run(Date.now, (key, now) =>
      key === outboxTimer ? this.outbox.onTimer(now) : this.sweep(now),
    );
  }

  // ── What the hot paths ask ────────────────────────────────────────────────────────────────────────────

  /** By channel number; null when there is none. A disabled channel is answered as such. */
  liveChat(number: string): LiveChatRouting | null {
    return this.channels.liveChat(number);
  }
  /** By channel id; also one that is being deleted, as disabled, until its sessions are closed. */
  liveChatById(channelId: string): LiveChatRouting | null {
    return this.channels.liveChatById(channelId);
  }

  /**
   * The secret that a website signs its users' identities with; null when the channel has none, and when it
   * cannot be opened: no identity passes then, which the log explains.
   */
  identitySecret(channelId: string): Promise<string | null> {
    return openIdentitySecret(this.env, channelId, this.channels.sealedIdentitySecret(channelId));
  }

  /** Whom a cookie's token signs in; null when it is unknown or expired or its agent is disabled. */
  async signedIn(token: string): Promise<SignedIn | null> {
    const tokenDigest = await digest(token);
    const signIn = this.signIns.find(tokenDigest, Date.now());
    if (!signIn) return null;
    const agent = this.agents.get(signIn.agent);
    return agent?.enabled ? { agent, signIn: signIn.id, expiresAt: signIn.expiresAt } : null;
  }

  /** By id: a provider's channel with its credentials, or a form that is still open. */
  messagingRouting(id: string): Promise<MessagingRouting | null> {
    return this.messaging.routing(id);
  }

  /** The channel that a webhook's account (Page ID, phone number ID) belongs to. */
  messagingByAccount(provider: ProviderId, account: string): string | null {
    return this.messaging.channels.idByAccount(provider, account);
  }

  /** The address that links start with; null when none is configured. */
  publicUrl(): string | null {
    return addressesOf(this.settings.get().publicUrls, this.env)[0] ?? null;
  }

  // ── Setup and signing in ──────────────────────────────────────────────────────────────────────────────

  isSetUp(): boolean {
    return !this.agents.isEmpty();
  }

  workspaceName(): string {
    return this.settings.get().workspaceName;
  }

  /** Makes the first admin and signs them in. Of two at once one wins: the other is refused. */
  setUp(
    input: Omit<SetupInput, 'password'>,
    passwordHash: string,
    by: 'visitor' | 'environment',
    address: string | null,
  ): Promise<Answer<FreshSignIn>> {
    return this.changes.withToken((tokenDigest) => {
      const begun = this.accounts.setUp(input, passwordHash, by, address, tokenDigest);
      if ('value' in begun) this.timers.set(sweepTimer, Date.now() + sweepEveryMs);
      return begun;
    });
  }

  passwordOf(login: string, address: string | null): Answer<{ agent: string | null; hash: string | null }> {
    return this.accounts.passwordOf(login, address);
  }

  signIn(id: string, hash: string, address: string | null): Promise<Answer<FreshSignIn>> {
    return this.changes.withToken((tokenDigest) => this.accounts.signIn(id, hash, address, tokenDigest));
  }

  signInFailed(login: string, address: string | null): void {
    this.accounts.signInFailed(login, address);
  }

  async signOut(token: string): Promise<void> {
    const tokenDigest = await digest(token);
    await this.change(() => this.accounts.signOut(tokenDigest));
  }

  signOutEverywhere(actor: Actor, id: string): Promise<Answer<Nothing>> {
    return this.change(() => this.accounts.signOutEverywhere(actor, id));
  }

  changePassword(
    actor: Actor,
    signIn: string,
    currentHash: string,
    newHash: string,
  ): Promise<Answer<{ token: string }>> {
    return this.changes.withToken((tokenDigest) =>
      this.accounts.changePassword(actor, signIn, currentHash, newHash, tokenDigest),
    );
  }

  makePasswordLink(actor: Actor, id: string): Promise<Answer<{ token: string }>> {
    return this.changes.withToken((tokenDigest) => this.accounts.makePasswordLink(actor, id, tokenDigest));
  }

  async passwordLink(token: string): Promise<Answer<Agent>> {
    return this.accounts.passwordLink(await digest(token));
  }

  async usePasswordLink(token: string, hash: string, address: string | null): Promise<Answer<FreshSignIn>> {
    const linkDigest = await digest(token);
    return this.changes.withToken((tokenDigest) =>
      this.accounts.usePasswordLink(linkDigest, hash, address, tokenDigest),
    );
  }

  // ── People ────────────────────────────────────────────────────────────────────────────────────────────

  listAgents(): Agent[] {
    return this.agents.list();
  }

  colleagues(): Colleagues {
    return { agents: this.agents.refs(), queues: this.queues.refs() };
  }

  createAgent(actor: Actor, input: AgentInput, passwordHash: string | null): Promise<Answer<Agent>> {
    return this.change(() => this.agents.create(actor, input, passwordHash));
  }

  /** Disabling an agent also ends their sign-ins. */
  changeAgent(actor: Actor, id: string, patch: Patch<AgentInput>): Promise<Answer<Agent>> {
    return this.change(() => {
      const changed = this.agents.change(actor, id, patch);
      if ('value' in changed && !changed.value.enabled) this.accounts.shutOut(id);
      return changed;
    });
  }

  async deleteAgent(actor: Actor, id: string): Promise<Answer<Nothing>> {
    const open = await countOpenSessions(this.env, 'agent', [id]);
    return this.change(() => this.agents.remove(actor, id, open.get(id) ?? 0));
  }

  listGroups(): Group[] {
    return this.groups.list();
  }

  createGroup(actor: Actor, input: GroupInput): Promise<Answer<Group>> {
    return this.change(() => this.groups.create(actor, input));
  }

  changeGroup(actor: Actor, id: string, patch: Patch<GroupInput>): Promise<Answer<Group>> {
    return this.change(() => this.groups.change(actor, id, patch));
  }

  deleteGroup(actor: Actor, id: string): Promise<Answer<Nothing>> {
    return this.change(() => this.groups.remove(actor, id));
  }

  notificationsOf(agent: string) {
    return this.notifications.of(agent);
  }

  async changeNotifications(agent: string, change: OwnChange) {
    const changed = await this.change(() => this.notifications.change(agent, change));
    return 'refusal' in changed ? changed : { value: await this.notifications.of(agent) };
  }

  pushTargets(agents: string[]) {
    return this.notifications.targets(agents);
  }

  pushesReported(report: PushReport): Promise<void> {
    return this.change(() => this.notifications.report(report));
  }

  // ── Queues and channels ───────────────────────────────────────────────────────────────────────────────

  listQueues(): Queue[] {
    return this.queues.list();
  }

  createQueue(actor: Actor, input: QueueInput): Promise<Answer<Queue>> {
    return this.change(() => this.queues.create(actor, input));
  }

  changeQueue(actor: Actor, id: string, patch: Patch<QueueInput>): Promise<Answer<Queue>> {
    return this.change(() => this.queues.change(actor, id, patch));
  }

  async deleteQueues(actor: Actor, ids: string[]): Promise<Answer<Nothing>> {
    const openSessions = await countOpenSessions(this.env, 'queue', ids);
    return this.change(() => this.queues.remove(actor, ids, openSessions));
  }

  listChannels() {
    return this.all.list();
  }

  channel(id: string): Promise<Answer<Channel>> {
    return this.all.get(id);
  }

  liveChatChannel(id: string): Answer<LiveChatChannel> {
    return this.all.chat(id);
  }

  createChannel(actor: Actor, input: ChannelInput, draft: string | null): Promise<Answer<Channel>> {
    return this.all.create(actor, input, draft);
  }

  changeChannel(actor: Actor, id: string, input: ChannelInput): Promise<Answer<Channel>> {
    return this.all.change(actor, id, input);
  }

  channelDraft(agent: string, provider: ProviderId, base: string): Promise<ChannelDraft> {
    return this.all.draft(agent, provider, base);
  }

  channelWebhook(actor: Actor, id: string, base: string, renew: boolean): Promise<Answer<ChannelDraft>> {
    return this.all.webhook(actor, id, base, renew);
  }

  deleteChannels(actor: Actor, chosen: string[], endSessions: boolean): Promise<Answer<Nothing>> {
    return this.all.remove(actor, chosen, endSessions);
  }

  /** Makes a new identity secret in place of an earlier one. This is the only time that it is answered. */
  async makeIdentitySecret(actor: Actor, id: string): Promise<Answer<{ secret: string }>> {
    const { secret, sealed } = await newIdentitySecret(this.env, id);
    const done = await this.change(() => this.channels.setIdentitySecret(actor, id, sealed));
    return 'refusal' in done ? done : { value: { secret } };
  }

  deleteIdentitySecret(actor: Actor, id: string): Promise<Answer<Nothing>> {
    return this.change(() => this.channels.setIdentitySecret(actor, id, null));
  }

  /** The numbers that an agent may start sessions from (AG-02). */
  sendersOf(agent: string) {
    return this.senders.of(agent);
  }

  listLabels() {
    return this.labels.list();
  }

  changeLabels(actor: Actor, change: LabelChange) {
    return this.change(() => this.labels.apply(actor, change));
  }

  // ── Settings and audit ────────────────────────────────────────────────────────────────────────────────

  hours(): BusinessHours {
    return this.settings.hours();
  }

  changeHours(actor: Actor, hours: BusinessHours): Promise<void> {
    return this.change(() => this.settings.changeHours(actor, hours));
  }

  getSettings(): SettingsInput {
    return this.settings.get();
  }

  changeSettings(actor: Actor, patch: Patch<SettingsInput>): Promise<Answer<SettingsInput>> {
    return this.change(() => this.settings.change(actor, patch));
  }

  /** For what the Worker did itself, such as sending a mail. */
  writeAudit(actor: Actor, action: AuditAction, target: AuditTarget | null, sentTo: string): void {
    this.audit.write(actor, action, target, [{ field: 'to', before: null, after: sentTo }]);
  }

  auditPage(before: number | null): AuditPage {
    return this.audit.page(before);
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  private change<T>(work: () => T): Promise<T> {
    return this.changes.run(work);
  }

  private sweep(now: number): number {
    for (const part of [this.signIns, this.links, this.audit]) part.sweep(now);
    this.limits.sweep(signInAllowance, now);
    return now + sweepEveryMs;
  }
}
