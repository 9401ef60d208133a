/** The types of channel that can be added. Another type joins by one entry here and an editor of its own. */
import { html, type TemplateResult } from 'lit';
import type { Channel, ChannelInput } from '../../core/channel.ts';
import type { ChannelKind } from '../../core/providers/provider.ts';
import { providerIds, providers, type ProviderId } from '../../core/providers/registry.ts';
import type { IconName } from '../elements/icons.ts';

export interface ChannelType {
  type: ChannelInput['type'];
  label: string;
  icon: IconName;
  help: string;
  load: () => Promise<unknown>;
  /** The editor; `channel` is null for a new one, of the provider that the address names (empty: none yet). */
  draw: (channel: Channel | null, provider: string) => TemplateResult | null;
}

export const channelTypes: readonly ChannelType[] = [
  {
    type: 'sms',
    label: 'SMS',
    icon: 'messageSquare',
    help: 'Text and multimedia messages by your numbers at a provider.',
    load: loadMessaging,
    draw: (channel, provider) =>
      channel || provider
        ? drawMessaging('sms', channel, provider)
        : html`<pl-sms-providers></pl-sms-providers>`,
  },
  {
    type: 'facebook',
    label: 'Facebook Messenger',
    icon: 'messages',
    help: 'Messages to your Facebook page.',
    load: loadMessaging,
    draw: (channel, provider) => drawMessaging('facebook', channel, provider),
  },
  {
    type: 'whatsapp',
    label: 'WhatsApp',
    icon: 'phone',
    help: 'Messages to your WhatsApp Business number.',
    load: loadMessaging,
    draw: (channel, provider) => drawMessaging('whatsapp', channel, provider),
  },
  {
    type: 'liveChat',
    label: 'Live Chat',
    icon: 'message',
    help: 'A chat widget on your website.',
    load: () => import('./live-chat/editor.ts'),
    draw: (channel) => html`<pl-live-chat .channel=${channel}></pl-live-chat>`,
  },
];

export function channelType(type: string): ChannelType | null {
  return channelTypes.find((one) => one.type === type) ?? null;
}

function loadMessaging(): Promise<unknown> {
  return Promise.all([import('./messaging/editor.ts'), import('./messaging/choice.ts')]);
}

/** A kind with one provider needs no choice of it. Null when there is no such provider. */
function drawMessaging(kind: ChannelKind, channel: Channel | null, name: string): TemplateResult | null {
  const ofKind = providerIds.filter((id) => providers[id].kind === kind);
  const provider: ProviderId | undefined = name ? ofKind.find((id) => id === name) : ofKind[0];
  return provider ? html`<pl-messaging .channel=${channel} .provider=${provider}></pl-messaging>` : null;
}
