/** The types of channel that can be added. Another type joins by one entry here and an editor of its own. */
import { html, type TemplateResult } from 'lit';
import type { Channel, ChannelInput } from '../../core/channel.ts';
import type { IconName } from '../elements/icons.ts';

export interface ChannelType {
  type: ChannelInput['type'];
  label: string;
  icon: IconName;
  help: string;
  load: () => Promise<unknown>;
  /** The editor; `channel` is null for a new one. */
  draw: (channel: Channel | null) => TemplateResult;
}

export const channelTypes: readonly ChannelType[] = [
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
