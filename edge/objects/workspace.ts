/**
 * The workspace: configuration, people, sign-ins and the audit log. One object per deployment. What others
 * have to know of a change goes through the outbox to the Desk; each table has its own file beside this one.
 */
import type { Agent, AgentInput, Group, GroupInput } from '../../core/agent.ts';
import type { Colleagues, SetupInput } from '../../core/api.ts';
import type { CampaignRow, CampaignsAnswer, CampaignsQuery } from '../../core/campaignApi.ts';
import type { ChannelDraft } from '../../core/channelApi.ts';
import type { Channel, ChannelInput, LiveChatChannel } from '../../core/channel.ts';
import type { Contact, ContactInput } from '../../core/contact.ts';
import type { ContactsAnswer, ContactsQuery, DuplicatesAnswer } from '../../core/contactApi.ts';
import type { ProviderId } from '../../core/providers/registry.ts';
import type { Queue, QueueInput } from '../../core/queue.ts';
import type { Answer } from '../answer.ts';
import { addressesOf } from '../publicUrl.ts';
import { digest } from '../secrets.ts';
import type {
  CampaignQuestion,
  CampaignSurroundings,
  CampaignTold,
  LiveChatRouting,
  MessagingRouting,
  PhonebookPage,
  SignedIn,
} from './contracts.ts';
import type { FreshSignIn } from './workspace/accounts.ts';
import type { Actor } from './workspace/audit.ts';
import type { PhonebookQuestion } from './workspace/campaignFacts.ts';
import type { CampaignsChange } from './workspace/campaigns.ts';
import type { CannedResponseChange, Keeper } from './workspace/cannedResponses.ts';
import type { ContactsChange } from './workspace/contacts.ts';
import { newIdentitySecret, openIdentitySecret } from './workspace/identitySecret.ts';
import type { LabelChange } from './workspace/labels.ts';
import { countOpenSessions } from './workspace/neighbours.ts';
import type { OwnChange, PushReport } from './workspace/notifications.ts';
import type { PhonebookChange } from './workspace/phonebooks.ts';
import type { Patch } from './workspace/patch.ts';
import { WorkspaceSettings } from './workspace/settingsObject.ts';

type Nothing = Record<string, never>;

export class Workspace extends WorkspaceSettings {
  // ── What the hot paths ask ────────────────────────────────────────────────────────────────────────────

  /** By channel number; null when there is none. A disabled channel is answered as such. */
  liveChat(number: string): LiveChatRouting | null {
    return this.parts.channels.liveChat(number);
  }
  /** By channel id; also one that is being deleted, as disabled, until its sessions are closed. */
  liveChatById(channelId: string): LiveChatRouting | null {
    return this.parts.channels.liveChatById(channelId);
  }

  /**
   * The secret that a website signs its users' identities with; null when the channel has none, and when it
   * cannot be opened: no identity passes then, which the log explains.
   */
  identitySecret(channelId: string): Promise<string | null> {
    return openIdentitySecret(this.env, channelId, this.parts.channels.sealedIdentitySecret(channelId));
  }

  /** Whom a cookie's token signs in; null when it is unknown or expired or its agent is disabled. */
  async signedIn(token: string): Promise<SignedIn | null> {
    const tokenDigest = await digest(token);
    const signIn = this.parts.signIns.find(tokenDigest, Date.now());
    if (!signIn) return null;
    const agent = this.parts.agents.get(signIn.agent);
    return agent?.enabled ? { agent, signIn: signIn.id, expiresAt: signIn.expiresAt } : null;
  }

  /** By id: a provider's channel with its credentials, or a form that is still open. */
  messagingRouting(id: string): Promise<MessagingRouting | null> {
    return this.parts.messaging.routing(id);
  }

  /** The channel that a webhook's account (Page ID, phone number ID) belongs to. */
  messagingByAccount(provider: ProviderId, account: string): string | null {
    return this.parts.messaging.channels.idByAccount(provider, account);
  }

  /** The address that links start with; null when none is configured. */
  publicUrl(): string | null {
    return addressesOf(this.parts.settings.get().publicUrls, this.env)[0] ?? null;
  }

  // ── Setup and signing in ──────────────────────────────────────────────────────────────────────────────

  isSetUp(): boolean {
    return !this.parts.agents.isEmpty();
  }

  workspaceName(): string {
    return this.parts.settings.get().workspaceName;
  }

  /** Makes the first admin and signs them in. Of two at once one wins: the other is refused. */
  setUp(
    input: Omit<SetupInput, 'password'>,
    passwordHash: string,
    by: 'visitor' | 'environment',
    address: string | null,
  ): Promise<Answer<FreshSignIn>> {
    return this.parts.changes.withToken((tokenDigest) => {
      const begun = this.parts.accounts.setUp(input, passwordHash, by, address, tokenDigest);
      if ('value' in begun) this.startSweeping();
      return begun;
    });
  }

  passwordOf(login: string, address: string | null): Answer<{ agent: string | null; hash: string | null }> {
    return this.parts.accounts.passwordOf(login, address);
  }

  signIn(id: string, hash: string, address: string | null): Promise<Answer<FreshSignIn>> {
    return this.parts.changes.withToken((tokenDigest) =>
      this.parts.accounts.signIn(id, hash, address, tokenDigest),
    );
  }

  signInFailed(login: string, address: string | null): void {
    this.parts.accounts.signInFailed(login, address);
  }

  async signOut(token: string): Promise<void> {
    const tokenDigest = await digest(token);
    await this.change(() => this.parts.accounts.signOut(tokenDigest));
  }

  signOutEverywhere(actor: Actor, id: string): Promise<Answer<Nothing>> {
    return this.change(() => this.parts.accounts.signOutEverywhere(actor, id));
  }

  changePassword(
    actor: Actor,
    signIn: string,
    currentHash: string,
    newHash: string,
  ): Promise<Answer<{ token: string }>> {
    return this.parts.changes.withToken((tokenDigest) =>
      this.parts.accounts.changePassword(actor, signIn, currentHash, newHash, tokenDigest),
    );
  }

  makePasswordLink(actor: Actor, id: string): Promise<Answer<{ token: string }>> {
    return this.parts.changes.withToken((tokenDigest) =>
      this.parts.accounts.makePasswordLink(actor, id, tokenDigest),
    );
  }

  async passwordLink(token: string): Promise<Answer<Agent>> {
    return this.parts.accounts.passwordLink(await digest(token));
  }

  async usePasswordLink(token: string, hash: string, address: string | null): Promise<Answer<FreshSignIn>> {
    const linkDigest = await digest(token);
    return this.parts.changes.withToken((tokenDigest) =>
      this.parts.accounts.usePasswordLink(linkDigest, hash, address, tokenDigest),
    );
  }

  // ── People ────────────────────────────────────────────────────────────────────────────────────────────

  listAgents(): Agent[] {
    return this.parts.agents.list();
  }

  colleagues(): Colleagues {
    return { agents: this.parts.agents.refs(), queues: this.parts.queues.refs() };
  }

  createAgent(actor: Actor, input: AgentInput, passwordHash: string | null): Promise<Answer<Agent>> {
    return this.change(() => this.parts.agents.create(actor, input, passwordHash));
  }

  /** Disabling an agent also ends their sign-ins. */
  changeAgent(actor: Actor, id: string, patch: Patch<AgentInput>): Promise<Answer<Agent>> {
    return this.change(() => {
      const changed = this.parts.agents.change(actor, id, patch);
      if ('value' in changed && !changed.value.enabled) this.parts.accounts.shutOut(id);
      return changed;
    });
  }

  async deleteAgent(actor: Actor, id: string): Promise<Answer<Nothing>> {
    const open = await countOpenSessions(this.env, 'agent', [id]);
    return this.change(() => this.parts.agents.remove(actor, id, open.get(id) ?? 0));
  }

  listGroups(): Group[] {
    return this.parts.groups.list();
  }

  createGroup(actor: Actor, input: GroupInput): Promise<Answer<Group>> {
    return this.change(() => this.parts.groups.create(actor, input));
  }

  changeGroup(actor: Actor, id: string, patch: Patch<GroupInput>): Promise<Answer<Group>> {
    return this.change(() => this.parts.groups.change(actor, id, patch));
  }

  deleteGroup(actor: Actor, id: string): Promise<Answer<Nothing>> {
    return this.change(() => this.parts.groups.remove(actor, id));
  }

  notificationsOf(agent: string) {
    return this.parts.notifications.of(agent);
  }

  async changeNotifications(agent: string, change: OwnChange) {
    const changed = await this.change(() => this.parts.notifications.change(agent, change));
    return 'refusal' in changed ? changed : { value: await this.parts.notifications.of(agent) };
  }

  pushTargets(agents: string[]) {
    return this.parts.notifications.targets(agents);
  }

  pushesReported(report: PushReport): Promise<void> {
    return this.change(() => this.parts.notifications.report(report));
  }

  // ── Queues and channels ───────────────────────────────────────────────────────────────────────────────

  listQueues(): Queue[] {
    return this.parts.queues.list();
  }

  createQueue(actor: Actor, input: QueueInput): Promise<Answer<Queue>> {
    return this.change(() => this.parts.queues.create(actor, input));
  }

  changeQueue(actor: Actor, id: string, patch: Patch<QueueInput>): Promise<Answer<Queue>> {
    return this.change(() => this.parts.queues.change(actor, id, patch));
  }

  async deleteQueues(actor: Actor, ids: string[]): Promise<Answer<Nothing>> {
    const openSessions = await countOpenSessions(this.env, 'queue', ids);
    return this.change(() => this.parts.queues.remove(actor, ids, openSessions));
  }

  listChannels() {
    return this.parts.all.list();
  }

  channel(id: string): Promise<Answer<Channel>> {
    return this.parts.all.get(id);
  }

  liveChatChannel(id: string): Answer<LiveChatChannel> {
    return this.parts.all.chat(id);
  }

  createChannel(actor: Actor, input: ChannelInput, draft: string | null): Promise<Answer<Channel>> {
    return this.parts.all.create(actor, input, draft);
  }

  changeChannel(actor: Actor, id: string, input: ChannelInput): Promise<Answer<Channel>> {
    return this.parts.all.change(actor, id, input);
  }

  channelDraft(agent: string, provider: ProviderId, base: string): Promise<ChannelDraft> {
    return this.parts.all.draft(agent, provider, base);
  }

  channelWebhook(actor: Actor, id: string, base: string, renew: boolean): Promise<Answer<ChannelDraft>> {
    return this.parts.all.webhook(actor, id, base, renew);
  }

  deleteChannels(actor: Actor, chosen: string[], endSessions: boolean): Promise<Answer<Nothing>> {
    return this.parts.all.remove(actor, chosen, endSessions);
  }

  /** Makes a new identity secret in place of an earlier one. This is the only time that it is answered. */
  async makeIdentitySecret(actor: Actor, id: string): Promise<Answer<{ secret: string }>> {
    const { secret, sealed } = await newIdentitySecret(this.env, id);
    const done = await this.change(() => this.parts.channels.setIdentitySecret(actor, id, sealed));
    return 'refusal' in done ? done : { value: { secret } };
  }

  deleteIdentitySecret(actor: Actor, id: string): Promise<Answer<Nothing>> {
    return this.change(() => this.parts.channels.setIdentitySecret(actor, id, null));
  }

  /** The numbers that an agent may start sessions from (AG-02). */
  sendersOf(agent: string) {
    return this.parts.senders.of(agent);
  }

  listLabels() {
    return this.parts.labels.list();
  }

  changeLabels(actor: Actor, change: LabelChange) {
    return this.change(() => this.parts.labels.apply(actor, change));
  }

  /** Those that everybody has, and this agent's own. */
  cannedResponsesOf(agent: string) {
    return this.parts.cannedResponses.of(agent);
  }

  changeCannedResponses(keeper: Keeper, change: CannedResponseChange) {
    return this.change(() => this.parts.cannedResponses.apply(keeper, change));
  }

  // ── Contacts ──────────────────────────────────────────────────────────────────────────────────────────

  listContacts(query: ContactsQuery): ContactsAnswer {
    return this.parts.contacts.page(query);
  }

  contact(id: string): Contact | null {
    return this.parts.contacts.get(id);
  }

  createContact(actor: Actor, input: ContactInput): Promise<Answer<Contact>> {
    return this.change(() => this.parts.contacts.create(actor, input));
  }

  changeContact(actor: Actor, id: string, input: ContactInput): Promise<Answer<Contact>> {
    return this.change(() => this.parts.contacts.change(actor, id, input));
  }

  changeContacts(actor: Actor, change: ContactsChange) {
    return this.change(() => this.parts.contacts.apply(actor, change));
  }

  duplicateContacts(): DuplicatesAnswer {
    return this.parts.contacts.duplicates();
  }

  listPhonebooks() {
    return this.parts.phonebooks.list();
  }

  changePhonebooks(actor: Actor, change: PhonebookChange) {
    return this.change(() => this.parts.phonebooks.apply(actor, change));
  }

  // ── Campaigns ─────────────────────────────────────────────────────────────────────────────────────────

  listCampaigns(query: CampaignsQuery): CampaignsAnswer {
    return this.parts.campaigns.page(query);
  }

  /** A campaign's line of the list; null when there is none. */
  campaignRow(id: string): CampaignRow | null {
    return this.parts.campaigns.row(id);
  }

  changeCampaigns(actor: Actor, change: CampaignsChange) {
    return this.change(() => this.parts.campaigns.apply(actor, change));
  }

  campaignTold(told: CampaignTold): Promise<void> {
    return this.change(() => this.parts.campaigns.told(told));
  }

  async campaignSurroundings(asked: CampaignQuestion): Promise<CampaignSurroundings> {
    const { route, counts } = this.parts.campaignFacts.of(asked);
    return { routing: await this.messagingRouting(asked.channel), route, counts };
  }

  phonebookPage(asked: PhonebookQuestion): PhonebookPage {
    return this.parts.campaignFacts.phonebookPage(asked);
  }

  contactNames(numbers: string[]): Record<string, string> {
    return this.parts.contacts.namesOf(numbers);
  }
}
