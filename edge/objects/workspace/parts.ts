/** What the workspace is made of, and how its parts reach each other. */
import type { Env } from '../../env.ts';
import type { DeskNotice } from '../contracts.ts';
import { Outbox } from '../outbox.ts';
import { Timers } from '../timers.ts';
import { Accounts } from './accounts.ts';
import { Agents } from './agents.ts';
import { AllChannels } from './allChannels.ts';
import { Audit } from './audit.ts';
import { CallSetup } from './callSetup.ts';
import { CampaignFacts } from './campaignFacts.ts';
import { Campaigns } from './campaigns.ts';
import { CannedResponses } from './cannedResponses.ts';
import { Changes } from './changes.ts';
import { Channels } from './channels.ts';
import { Contacts } from './contacts.ts';
import { Groups } from './groups.ts';
import { Labels } from './labels.ts';
import { Limits } from './limits.ts';
import { Membership } from './membership.ts';
import { Messaging } from './messaging.ts';
import { MessagingChannels } from './messagingChannels.ts';
import { countOpenSessions, deliver, type Letter } from './neighbours.ts';
import { Notifications } from './notifications.ts';
import { PasswordLinks } from './passwordLinks.ts';
import { Pbx } from './pbx.ts';
import { Phonebooks } from './phonebooks.ts';
import { Queues } from './queues.ts';
import { Senders } from './senders.ts';
import { Settings } from './settings.ts';
import { SignIns } from './signIns.ts';

export class Parts {
  readonly timers: Timers;
  readonly outbox: Outbox<Letter>;
  readonly changes: Changes;
  readonly audit: Audit;
  readonly settings: Settings;
  readonly agents: Agents;
  readonly groups: Groups;
  readonly queues: Queues;
  readonly channels: Channels;
  readonly messaging: Messaging;
  readonly all: AllChannels;
  readonly signIns: SignIns;
  readonly links: PasswordLinks;
  readonly limits: Limits;
  readonly accounts: Accounts;
  readonly labels: Labels;
  readonly cannedResponses: CannedResponses;
  readonly contacts: Contacts;
  readonly phonebooks: Phonebooks;
  readonly senders: Senders;
  readonly notifications: Notifications;
  readonly calls: CallSetup;
  readonly pbx: Pbx;
  readonly campaigns: Campaigns;
  readonly campaignFacts: CampaignFacts;

  constructor(storage: DurableObjectStorage, env: Env) {
    const { sql } = storage;
    this.timers = new Timers(storage);
    this.outbox = new Outbox(storage, this.timers, (letter) =>
      deliver(env, letter, {
        channel: (id) => this.all.drop(id),
        campaign: (id) => this.campaigns.drop(id),
      }),
    );
    this.changes = new Changes(storage, () => this.outbox.drain());
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
      change: (work) => this.changes.run(work),
      saved: (id) => this.outbox.add({ channelSaved: id }),
      removed: (id) => this.outbox.add({ endChannel: id }),
      openSessions: (ids) => countOpenSessions(env, 'channel', ids),
      campaigns: (ids) => this.campaigns.using(ids),
    });
    this.campaigns = new Campaigns(sql, this.audit, this.messaging.channels, (letter) =>
      this.outbox.add(letter),
    );
    this.campaignFacts = new CampaignFacts(sql);
    this.signIns = new SignIns(sql, notify);
    this.links = new PasswordLinks(sql);
    this.labels = new Labels(sql, this.audit);
    this.cannedResponses = new CannedResponses(sql, this.audit);
    this.contacts = new Contacts(sql, this.audit, notify);
    this.phonebooks = new Phonebooks(sql, this.audit, (id) => this.contacts.leavePhonebook(id));
    this.senders = new Senders(sql);
    this.limits = new Limits(sql);
    const { agents, signIns, links, limits, settings, audit } = this;
    this.accounts = new Accounts(agents, signIns, links, limits, settings, audit);
    this.calls = new CallSetup(env, settings, audit, this.changes);
    this.pbx = new Pbx(sql, env, settings, agents, audit, this.changes);
    this.notifications = new Notifications(sql, env, settings, notify);
  }
}
