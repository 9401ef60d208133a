/** Section "Basic" of a campaign's form: its name, and whom it is from. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChannelRow } from '../../core/channelApi.ts';
import type { MessagingChannel } from '../../core/messagingChannel.ts';
import { channelType } from '../channels/registry.ts';
import { selectField, textField } from '../elements/fields.ts';
import type { Form } from '../elements/form.ts';
import type { CampaignDraft } from './draft.ts';

export interface General {
  form: Form<CampaignDraft>;
  /** Those that campaigns can use. */
  channels: readonly ChannelRow[];
  /** The chosen one; null while it is being read. */
  channel: MessagingChannel | null;
  chooseChannel: (id: string) => void;
}

export function generalSection({ form, channels, channel, chooseChannel }: General): TemplateResult {
  const { values } = form;
  return html`<section>
    <header><h2>Basic</h2></header>
    ${textField({
      label: 'Name',
      value: values.name,
      error: form.error('name'),
      maxlength: 120,
      autocomplete: 'off',
      help: 'For you and your agents; customers do not see it.',
      change: (name) => form.set({ name }),
    })}
    <div class="pair">
      ${selectField({
        label: 'Message channel',
        value: values.channel,
        error: form.error('channel'),
        placeholder: 'Choose a channel',
        choices: channels.map(({ id, name, type }) => ({
          value: id,
          label: `${name} (${channelType(type)?.label ?? type})`,
        })),
        change: chooseChannel,
      })}
      ${
        channel && channel.id === values.channel
          ? selectField({
              label: 'Sender',
              value: values.number,
              error: form.error('number'),
              placeholder: 'Choose a number',
              choices: channel.numbers.map(({ number }) => ({ value: number, label: number })),
              change: (number) => form.set({ number }),
            })
          : nothing
      }
    </div>
  </section>`;
}
