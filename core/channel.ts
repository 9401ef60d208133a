/** Channels as stored, edited and sent: live chat here, the providers' in `messagingChannel.ts`. */
import * as z from 'zod';
import { liveChatNumber } from './address.ts';
import { pictureUrl } from './agent.ts';
import { destination, type Destination } from './destination.ts';
import { languages } from './language.ts';
import { messagingChannel, messagingInput } from './messagingChannel.ts';
import { websiteDomain } from './origin.ts';
import { richText } from './richText.ts';

const text = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);
const requiredText = (max: number) => text(max).min(1, 'Enter a text.');

export const fieldRule = z.enum(['off', 'optional', 'required']);
export type FieldRule = z.infer<typeof fieldRule>;

export const preChatForm = z.object({
  enabled: z.boolean(),
  title: text(80),
  subtitle: text(200),
  firstName: fieldRule,
  lastName: fieldRule,
  email: fieldRule,
  phone: fieldRule,
});
export type PreChatForm = z.infer<typeof preChatForm>;

export const consentRule = z.object({
  enabled: z.boolean(),
  text: richText,
  /** A box to tick before the chat starts; without it the text is only shown. */
  explicit: z.boolean(),
});
export type ConsentRule = z.infer<typeof consentRule>;

export const appearance = z.object({
  accent: z.string().regex(/^#[0-9a-f]{6}$/i, 'Use a colour such as #2f5bea.'),
  theme: z.enum(['light', 'dark', 'auto']),
  launcher: z.object({
    style: z.enum(['circle', 'pill']),
    icon: z.enum(['chat', 'smile', 'help']),
    /** Shown on a pill; empty means the language's own word for it. */
    label: text(30),
  }),
  title: text(60),
  logo: pictureUrl.nullable(),
  welcome: text(200),
  position: z.enum(['bottomRight', 'bottomLeft']),
  /** CSS pixels from the side and from the bottom. */
  offset: z.object({ side: z.int().min(0).max(200), bottom: z.int().min(0).max(200) }),
});
export type Appearance = z.infer<typeof appearance>;

export const language = z.enum(
  Object.keys(languages) as [keyof typeof languages, ...(keyof typeof languages)[]],
);

/** The guide's. */
export const defaultMaxCalls = 5;

/** What an admin edits of a live chat channel. */
export const liveChatInput = z.object({
  type: z.literal('liveChat'),
  name: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
  enabled: z.boolean(),
  domains: z.array(websiteDomain).min(1, 'Enter at least one website domain.').max(100),
  interaction: z.enum(['chat', 'phoneAndChat']),
  destination,
  supports: z.enum(['text', 'textAndImage']),
  /** Days without activity after which a session closes by itself; null keeps it open. */
  timeoutDays: z.int().min(1, 'Use 1 to 365 days.').max(365, 'Use 1 to 365 days.').nullable(),
  /** Calls at once, those of agents and of visitors together (LC-05). Channels of before have the guide's default. */
  maxCalls: z.int().min(1, 'Use 1 or more.').max(100_000, 'Use at most 100,000.').default(defaultMaxCalls),
  /** Active sessions at once; null is no limit (LC-15). */
  sessionLimit: z.int().min(1).max(1_000_000).nullable(),
  appearance,
  agentDisplay: z.enum(['none', 'name', 'nameAndPhoto']),
  /** `auto` takes the language of the visitor's browser. */
  language: z.union([z.literal('auto'), language]),
  preChat: preChatForm,
  consent: consentRule,
  messages: z.object({
    online: requiredText(1000),
    offline: requiredText(1000),
    /** Empty sends none. */
    autoResponse: text(1000),
    closed: requiredText(1000),
  }),
});
export type LiveChatInput = z.infer<typeof liveChatInput>;

export const channelInput = z.discriminatedUnion('type', [liveChatInput, messagingInput]);
export type ChannelInput = z.infer<typeof channelInput>;

export const liveChatChannel = liveChatInput.extend({
  id: z.string(),
  createdAt: z.number(),
  status: z.enum(['connected', 'disabled']),
  number: liveChatNumber,
  /** Whether a secret for signed visitor identities exists; its value is shown once, when it is made. */
  identitySecretSet: z.boolean(),
});
export type LiveChatChannel = z.infer<typeof liveChatChannel>;

export const channel = z.discriminatedUnion('type', [liveChatChannel, messagingChannel]);
export type Channel = z.infer<typeof channel>;

/** What a new live chat channel starts with: the guide's defaults and its wording's sense. */
export function newLiveChat(destinationOfChoice: Destination): LiveChatInput {
  return {
    type: 'liveChat',
    name: 'Live Chat',
    enabled: true,
    domains: [],
    interaction: 'chat',
    destination: destinationOfChoice,
    supports: 'textAndImage',
    timeoutDays: 1,
    maxCalls: defaultMaxCalls,
    sessionLimit: null,
    appearance: {
      accent: '#2f5bea',
      theme: 'auto',
      launcher: { style: 'circle', icon: 'chat', label: '' },
      title: 'Chat with us',
      logo: null,
      welcome: 'Ask us anything. We answer here.',
      position: 'bottomRight',
      offset: { side: 24, bottom: 24 },
    },
    agentDisplay: 'nameAndPhoto',
    language: 'auto',
    preChat: {
      enabled: false,
      title: 'Hello 👋',
      subtitle: 'Tell us who you are before the chat starts.',
      firstName: 'required',
      lastName: 'optional',
      email: 'optional',
      phone: 'off',
    },
    consent: { enabled: false, text: [], explicit: false },
    messages: {
      online: 'Hello! How can we help you?',
      offline: 'We are away right now. Leave us a message and we will get back to you.',
      autoResponse: '',
      closed: 'This chat has ended. Write again whenever you have another question.',
    },
  };
}
