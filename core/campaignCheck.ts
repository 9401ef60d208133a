/**
 * Whether a campaign can be sent as it stands, said before anybody gets a message: every refusal names the field of the
 * form. A file of its own, because it knows all providers, which no page has to load.
 */
import { maxCampaignText, type CampaignFile, type CampaignInput } from './campaign.ts';
import { messageFor, refuseColumns, type RecipientValues } from './campaignText.ts';
import type { File } from './content.ts';
import { problem, type Problem } from './errors.ts';
import type { Outgoing, Provider, ProviderChannel } from './providers/provider.ts';
import { providers, type ProviderId } from './providers/registry.ts';
import { instantOf } from './schedule.ts';
import { promptOf, type SendError } from './sendError.ts';
import type { Template } from './template.ts';

/** The channel of a campaign as it is now. */
export interface CampaignChannel extends Pick<ProviderChannel, 'fields' | 'numbers'> {
  provider: ProviderId;
  enabled: boolean;
}

/** What is known of a campaign beside what the form says. */
export interface CampaignFacts {
  /** Null when it is not there any more. */
  channel: CampaignChannel | null;
  /** The template that the content names; null when there is none of that id. */
  template: Template | null;
  file: CampaignFile | null;
  columns: readonly string[];
  /** How many would get the message. */
  recipients: number;
  /** Of each column the longest value that any recipient has. */
  longest: RecipientValues;
  /** Whether the destination is there and enabled. */
  destinationFound: boolean;
}

/** Why not even a draft can be for this channel and number; null when it can. */
export function refuseSender(
  { number }: Pick<CampaignInput, 'number'>,
  facts: CampaignFacts,
): Problem | null {
  const { channel } = facts;
  const wrong = (field: string, message: string) => problem('invalid_input', { field, message });
  if (!channel) return wrong('channel', 'This channel was deleted. Choose another one.');
  if ((providers[channel.provider] as Provider).kind === 'facebook') {
    return wrong('channel', 'Campaigns go by SMS and WhatsApp only. Choose another channel.');
  }
  if (!channel.numbers.includes(number)) {
    return wrong('number', 'This channel does not have this number any more. Choose another one.');
  }
  return null;
}

/** The first reason why a campaign cannot be sent as it is; null when it can. */
export function refuseSending(input: CampaignInput, facts: CampaignFacts, now: number): Problem | null {
  const { channel, columns, longest, destinationFound } = facts;
  const wrong = (field: string, message: string) => problem('invalid_input', { field, message });
  const sender = refuseSender(input, facts);
  if (sender || !channel) return sender;
  if (!channel.enabled)
    return wrong('channel', 'This channel is switched off. Switch it on, or choose another.');
  if (facts.recipients === 0) {
    return input.recipients.kind === 'list'
      ? wrong('recipients', 'Add at least one recipient who has not opted out.')
      : wrong(
          'recipients.phonebooks',
          'Nobody in these phonebooks has a number of this type who has not opted out.',
        );
  }
  const provider: Provider = providers[channel.provider];
  const { content } = input;
  if ((provider.kind === 'whatsapp') !== (content.kind === 'template')) {
    return wrong(
      'content',
      provider.kind === 'whatsapp'
        ? 'Choose a message template.'
        : 'SMS takes a text or a file, no template.',
    );
  }
  const unknown = refuseColumns(content, columns);
  if (unknown) return unknown;
  const file = facts.file && stand(facts.file);
  const made = messageFor(content, longest, { template: facts.template, file });
  if ('refusal' in made) return made.refusal;
  if (made.outgoing.kind === 'text' && made.outgoing.text.length > maxCampaignText) {
    return wrong(
      'content.text',
      `With its longest values the text has ${made.outgoing.text.length} characters; ${maxCampaignText} are allowed.`,
    );
  }
  const outgoing: Outgoing = {
    ref: 'x',
    attempt: 0,
    from: input.number,
    to: longest.number,
    content: made.outgoing,
    replyTo: null,
    byHuman: false,
    lastInboundAt: null,
  };
  const error = provider.admit(outgoing, now, channel);
  if (error) return wrong(fieldOf(error, input), wordsOf(error));
  if (!destinationFound) {
    return wrong(
      'mode.destination',
      'This agent or message queue is not there any more. Choose another one.',
    );
  }
  return refuseTime(input, now);
}

/** When sending begins; null for a draft. */
export function sendAtOf({ send }: CampaignInput, now: number): number | null {
  if (send.kind === 'draft') return null;
  return send.kind === 'now' ? now : instantOf(send.date, send.time, send.timeZone);
}

function refuseTime(input: CampaignInput, now: number): Problem | null {
  const at = sendAtOf(input, now);
  if (at === null || at >= now) return null;
  return problem('invalid_input', { field: 'send.time', message: 'This time is over. Choose a later one.' });
}

function fieldOf({ category }: SendError, { content }: CampaignInput): string {
  if (category === 'invalid_phone_number') return 'number';
  if (content.kind === 'template') return 'content.template.id';
  const isFile = category === 'exceeds_size_limit' || category === 'unsupported_media';
  return isFile && content.kind === 'file' ? 'content.file' : 'content.text';
}

function wordsOf({ category, text, hint }: SendError): string {
  return [text || promptOf(category), hint].filter(Boolean).join(' ');
}

/** A file as messages will have it, for asking whether it can go. */
function stand({ name, type, size, width, height }: CampaignFile) {
  const shown: File = { state: 'ready', name, type, size, url: '', width, height, expiresAt: 0 };
  return { shown, outgoing: { url: 'https://files.invalid/file', name, type, size } };
}
