/** What needs the sealing key or a webhook's address: saving a provider's channel, and routing to it. */
import type { ChannelDraft } from '../../../core/channelApi.ts';
import type { Destination } from '../../../core/destination.ts';
import type { MessagingChannel, MessagingInput } from '../../../core/messagingChannel.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { providers, type ProviderId } from '../../../core/providers/registry.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import type { Env } from '../../env.ts';
import { addressesOf, addressWarnings } from '../../publicUrl.ts';
import { seal, unseal } from '../../seal.ts';
import { newId } from '../../secrets.ts';
import { newNonce, oursOf, webhookToken } from '../../webhookAddress.ts';
import type { MessagingRouting } from '../contracts.ts';
import type { Actor } from './audit.ts';
import type { Settings } from './settings.ts';
import type { Draft, MessagingChannels, StoredChannel } from './messagingChannels.ts';

export class Messaging {
  constructor(
    private readonly env: Env,
    readonly channels: MessagingChannels,
    private readonly settings: Settings,
  ) {}

  /** All that webhooks and sending need of a channel; of a draft only what a handshake needs. */
  async routing(id: string): Promise<MessagingRouting | null> {
    const stored = this.channels.stored(id);
    if (!stored) return this.draftRouting(id);
    const { config, provider, nonce, deleted } = stored;
    const [fields, ours, webhookUrl] = await Promise.all([
      this.fields(stored),
      oursOf(this.env, id, nonce),
      this.url(config.webhookBase, provider, id, nonce),
    ]);
    return {
      id,
      provider,
      type: config.type,
      name: config.name,
      enabled: config.enabled && !deleted,
      saved: true,
      rate: config.rate,
      timeoutDays: config.timeoutDays,
      fields,
      ours,
      // No address leads to a deleted channel.
      nonce: deleted ? '' : nonce,
      webhookUrl,
      webhookBase: config.webhookBase,
      numbers: this.channels.routed(id),
      workspaceName: this.settings.get().workspaceName,
    };
  }

  async view(id: string): Promise<Answer<MessagingChannel>> {
    const stored = this.channels.stored(id);
    if (!stored || stored.deleted) return refuse('not_found');
    const url = await this.url(stored.config.webhookBase, stored.provider, id, stored.nonce);
    return { value: this.channels.view(stored, url) };
  }

  /** What to paste at the provider, at every address of the deployment; `base` is where the admin is now. */
  async draftView({ id, provider, nonce }: Draft, base: string): Promise<ChannelDraft> {
    const bases = [...new Set([...this.publicUrls(), base])];
    const { webhookFragment } = providers[provider] as Provider;
    return {
      id,
      provider,
      ours: await oursOf(this.env, id, nonce),
      webhooks: await Promise.all(
        bases.map(async (one) => ({
          base: one,
          url: `${await this.url(one, provider, id, nonce)}${webhookFragment}`,
          warnings: addressWarnings(one),
        })),
      ),
    };
  }

  /**
   * Checks an input and seals its secrets; what it answers is written by the caller in one transaction. A secret
   * that the input leaves out stays.
   */
  async prepare(
    id: string | null,
    input: MessagingInput,
    refuseDestination: (destination: Destination) => Refusal | null,
  ): Promise<Answer<Prepared>> {
    const before = id === null ? null : this.channels.stored(id);
    if (before && before.provider !== input.provider) return refuse('invalid_input', { field: 'provider' });
    const draft = id === null ? null : this.channels.draftById(id);
    if (draft && draft.provider !== input.provider) return refuse('draft_unknown');
    const known = before ? await this.fields(before) : {};
    const provider: Provider = providers[input.provider];
    const secret = new Set(provider.form.filter(({ kind }) => kind === 'secret').map(({ name }) => name));
    const kept = Object.fromEntries(Object.entries(known).filter(([name]) => secret.has(name)));
    const fields = present({ ...kept, ...input.fields });
    const adjusted = withOwnNumber(
      { ...input, fields: present(omit(input.fields, secret)) },
      provider,
      fields,
    );
    const place = before?.id ?? draft?.id ?? newId();
    const refusal = this.channels.refuse(place, adjusted, fields, refuseDestination);
    if (refusal) return refusal;
    const sealed: Record<string, string> = {};
    for (const [field, value] of Object.entries(input.fields)) {
      if (!secret.has(field)) continue;
      sealed[field] =
        value === '' ? '' : await seal(this.env.PARLEY_SEALING_KEY, placeOf(place, field), value);
    }
    return { value: { id: place, before, nonce: draft?.nonce ?? newNonce(), input: adjusted, sealed } };
  }

  write(actor: Actor, { id, before, nonce, input, sealed }: Prepared): void {
    if (before) this.channels.change(actor, before, input, sealed);
    else this.channels.create(actor, id, nonce, input, sealed);
  }

  /** Addresses of this deployment, the first one preferred. */
  private publicUrls(): string[] {
    return addressesOf(this.settings.get().publicUrls, this.env);
  }

  private async draftRouting(id: string): Promise<MessagingRouting | null> {
    const draft = this.channels.draftById(id);
    if (!draft) return null;
    const base = this.publicUrls()[0] ?? '';
    const provider: Provider = providers[draft.provider];
    return {
      id,
      provider: draft.provider,
      type: provider.kind,
      name: provider.label,
      enabled: false,
      saved: false,
      rate: provider.rate,
      timeoutDays: null,
      fields: {},
      ours: await oursOf(this.env, id, draft.nonce),
      nonce: draft.nonce,
      webhookUrl: await this.url(base, draft.provider, id, draft.nonce),
      webhookBase: base,
      numbers: [],
      workspaceName: this.settings.get().workspaceName,
    };
  }

  /** All values of the form. A secret that cannot be opened counts as not given, which the log explains. */
  private async fields({ id, config, sealed }: StoredChannel): Promise<Record<string, string>> {
    const fields: Record<string, string> = { ...config.fields };
    for (const [field, value] of Object.entries(sealed)) {
      try {
        fields[field] = await unseal(this.env.PARLEY_SEALING_KEY, placeOf(id, field), value);
      } catch (error) {
        console.error(JSON.stringify({ event: 'unseal.failed', channel: id, field, error: String(error) }));
      }
    }
    return fields;
  }

  private async url(base: string, provider: ProviderId, id: string, nonce: string): Promise<string> {
    return `${base}/webhook/${provider}/${await webhookToken(this.env, provider, id, nonce)}`;
  }
}

export interface Prepared {
  id: string;
  before: StoredChannel | null;
  nonce: string;
  input: MessagingInput;
  /** Sealed secrets that change; an empty one goes away. */
  sealed: Record<string, string>;
}

function placeOf(channel: string, field: string) {
  return { workspace: 'workspace', channel, field };
}

/** Channels with one number have it in their form. */
function withOwnNumber(
  input: MessagingInput,
  provider: Provider,
  fields: Readonly<Record<string, string>>,
): MessagingInput {
  if (provider.numbers.kind === 'many') return input;
  const number = fields[provider.numbers.field];
  return number === undefined
    ? input
    : { ...input, numbers: input.numbers.map((one) => ({ ...one, number })) };
}

function omit(fields: Record<string, string>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));
}

function present(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}
