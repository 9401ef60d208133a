/** Channels of both families, live chat and the providers', as the console deals with them. */
import type { ChannelDraft } from '../../../core/channelApi.ts';
import type { Channel, ChannelInput, LiveChatChannel } from '../../../core/channel.ts';
import type { MessagingInput } from '../../../core/messagingChannel.ts';
import type { ProviderId } from '../../../core/providers/registry.ts';
import { refuse, type Answer } from '../../answer.ts';
import type { Actor } from './audit.ts';
import type { Channels } from './channels.ts';
import type { Messaging } from './messaging.ts';

export interface ChannelChanges {
  /** Runs a change in one transaction and tells others of it. */
  change<T>(work: () => T): Promise<T>;
  /** A provider's channel was saved. */
  saved(id: string): void;
  /** A channel is going: its sessions have to be closed. */
  removed(id: string): void;
  /** Open sessions by channel. */
  openSessions(ids: string[]): Promise<Map<string, number>>;
  /** Names of campaigns that still want to send by these channels. */
  campaigns(ids: string[]): string[];
}

export class AllChannels {
  constructor(
    private readonly chats: Channels,
    private readonly messaging: Messaging,
    private readonly around: ChannelChanges,
  ) {}

  /** Live chat first, then the providers' channels in the order they were made. */
  async list(): Promise<{ channel: Channel; destination: string }[]> {
    const { channels } = this.messaging;
    const views = await Promise.all(channels.ids().map((id) => this.messaging.view(id)));
    const others = views.flatMap((view) =>
      'value' in view ? [{ channel: view.value, destination: channels.destinationName(view.value.id) }] : [],
    );
    return [...this.chats.list(), ...others];
  }

  async get(id: string): Promise<Answer<Channel>> {
    const chat = this.chats.get(id);
    return chat ? { value: chat } : this.messaging.view(id);
  }

  chat(id: string): Answer<LiveChatChannel> {
    const chat = this.chats.get(id);
    return chat ? { value: chat } : refuse('not_found');
  }

  create(actor: Actor, input: ChannelInput, draft: string | null): Promise<Answer<Channel>> {
    if (input.type === 'liveChat') return this.around.change(() => this.chats.create(actor, input));
    return this.save(actor, draft, input);
  }

  async change(actor: Actor, id: string, input: ChannelInput): Promise<Answer<Channel>> {
    if (input.type === 'liveChat') return this.around.change(() => this.chats.change(actor, id, input));
    const found = await this.messaging.view(id);
    return 'refusal' in found ? found : this.save(actor, id, input);
  }

  /** What to paste at the provider: of this agent's open form for it. */
  async draft(agent: string, provider: ProviderId, base: string): Promise<ChannelDraft> {
    const draft = await this.around.change(() => this.messaging.channels.draft(agent, provider));
    return this.messaging.draftView(draft, base);
  }

  /** What to paste at the provider for a saved channel; with `renew` at a new address. */
  async webhook(actor: Actor, id: string, base: string, renew: boolean): Promise<Answer<ChannelDraft>> {
    const { channels } = this.messaging;
    const stored = channels.stored(id);
    if (!stored || stored.deleted) return refuse('not_found');
    const { provider } = stored;
    const nonce = renew ? await this.around.change(() => channels.changeNonce(actor, stored)) : stored.nonce;
    return { value: await this.messaging.draftView({ id, provider, nonce }, base) };
  }

  /** Deletes all of them or none; sessions still open are closed only if `endSessions` says so (CH-15). */
  async remove(actor: Actor, chosen: string[], endSessions: boolean): Promise<Answer<Record<string, never>>> {
    const ids = [...new Set(chosen)];
    const open = await this.around.openSessions(ids);
    const busy = ids.filter((id) => (open.get(id) ?? 0) > 0);
    return this.around.change(() => {
      const campaigns = this.around.campaigns(ids);
      if (campaigns.length > 0) {
        return refuse('in_use', {
          message: 'Campaigns still use it. Cancel or delete them first.',
          details: campaigns,
        });
      }
      if (busy.length > 0 && !endSessions) {
        return refuse('in_use', {
          message: 'Sessions are still open there. Confirm that they are closed with the channel.',
          details: busy.map((id) => `${this.nameOf(id)}: ${open.get(id)}`),
        });
      }
      const { channels } = this.messaging;
      const others = ids.map((id) => channels.stored(id)).filter((found) => found !== null);
      const removed = this.chats.remove(
        actor,
        ids.filter((id) => !others.some((other) => other.id === id)),
      );
      if ('refusal' in removed) return removed;
      for (const other of others) if (!other.deleted) channels.remove(actor, other);
      for (const id of ids) this.around.removed(id);
      return removed;
    });
  }

  /** Deletes a hidden channel for good. */
  drop(id: string): void {
    this.chats.drop(id);
    this.messaging.channels.drop(id);
  }

  private async save(actor: Actor, id: string | null, input: MessagingInput): Promise<Answer<Channel>> {
    const prepared = await this.messaging.prepare(id, input, (to) => this.chats.refuseDestination(to));
    if ('refusal' in prepared) return prepared;
    await this.around.change(() => {
      this.messaging.write(actor, prepared.value);
      this.around.saved(prepared.value.id);
    });
    return this.messaging.view(prepared.value.id);
  }

  private nameOf(id: string): string {
    return this.chats.get(id)?.name ?? this.messaging.channels.stored(id)?.config.name ?? id;
  }
}
