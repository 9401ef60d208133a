/**
 * What a provider of SMS, WhatsApp or Messenger is to Parley: pure functions between its HTTP dialect and ours.
 * A provider is one file that exports one `Provider`, plus its line in `registry.ts` (SMS-11). Nothing here
 * does I/O: requests and answers are data, and the clock comes in as `now` (epoch ms).
 *
 * Order of use. In: `handshake` → `verify` → `parse`. Out: `admit` → `split` → `compose` → `interpret`.
 */
import type { SendError } from '../sendError.ts';
import type { Contact, Place } from '../content.ts';
import type { Template } from '../template.ts';
import type { InboundEvent } from './events.ts';

export type ChannelKind = 'sms' | 'facebook' | 'whatsapp';

// ── The channel as its provider sees it ─────────────────────────────────────────────────────────────────

/** One field of the channel's form. Secrets are sealed at rest and never go back to a browser (GEN-09). */
export interface FormField {
  /** Key in `ProviderChannel.fields`. */
  name: string;
  label: string;
  /** One sentence under the field: what it is and where to find it at the provider. */
  help: string;
  kind: 'text' | 'secret' | 'url' | 'select';
  required: boolean;
  /** Choices of a `select`. */
  options?: readonly { value: string; label: string }[];
  /** What a new channel starts with. */
  initial?: string;
  placeholder?: string;
  /** Folded away under "Advanced". */
  advanced?: boolean;
  /** The field belongs to the form only while that other field has that value. */
  onlyIf?: { field: string; value: string };
}

export interface ProviderChannel {
  id: string;
  /** Values of the form by field name, trimmed; a field left empty is absent. */
  fields: Readonly<Record<string, string>>;
  /** The channel's own numbers as the admin entered them: E.164, short code, alphanumeric, Page ID. */
  numbers: readonly string[];
  /** The full URL that the admin was given for the provider, without fragment. */
  webhookUrl: string;
  /** Made by us per channel and pasted at the provider; which of them is used, the provider says (`ours`). */
  ours: { verifyToken: string; user: string; password: string };
  /** The short-lived token that `token` asked for; null where the provider has none. */
  token: string | null;
}

// ── HTTP as data ────────────────────────────────────────────────────────────────────────────────────────

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Absolute, at one of the provider's own origins (the executor replaces those by PARLEY_PROVIDER_URLS). */
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** At most the first 256 KB, decoded as UTF-8. */
  body: string;
}

/** What goes back to whoever called the webhook. */
export interface HttpReply {
  status: number;
  headers: Record<string, string>;
  body: string | null;
}

/** A request to the webhook, as it came. */
export interface WebhookRequest {
  method: string;
  /** The path's query exactly as received, without `?`; empty when there is none. */
  rawQuery: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

export type Verdict =
  | { ok: true }
  /** `log` is null where a refusal is part of the normal exchange (Bandwidth's first request). */
  | { ok: false; reply: HttpReply; log: string | null };

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface OutgoingFile {
  /** Public, signed, expiring; answers HEAD and GET with the right type. */
  url: string;
  name: string;
  /** MIME type by content, without parameters. */
  type: string;
  /** Bytes. */
  size: number;
}

/** A value of a template's variable; `name` is null for positional ones. */
export interface TemplateValue {
  name: string | null;
  text: string;
}

/** A template with all that it needs, as `core/template.ts` has filled it in. */
export interface OutgoingTemplate {
  name: string;
  language: string;
  header:
    | { kind: 'text'; values: TemplateValue[] }
    | { kind: 'image' | 'video' | 'document'; file: OutgoingFile }
    | { kind: 'location'; place: Place }
    | null;
  body: TemplateValue[];
  /** Buttons that need a value, by their index among all buttons of the template. */
  buttons: { index: number; kind: 'url' | 'quickReply' | 'copyCode'; value: string }[];
}

export type OutgoingContent =
  | { kind: 'text'; text: string }
  | { kind: 'files'; text: string; files: OutgoingFile[] }
  | { kind: 'location'; place: Place }
  | { kind: 'contacts'; contacts: Contact[] }
  | { kind: 'template'; template: OutgoingTemplate };

export interface Outgoing {
  /** Ours, at most 64 of `[A-Za-z0-9_-]`: goes wherever the provider gives something back. */
  ref: string;
  /** As in `ProviderChannel.numbers`. */
  from: string;
  /** The customer's address: E.164, short code, PSID, BSUID. */
  to: string;
  content: OutgoingContent;
  /** Provider's id of the message that this one answers. */
  replyTo: string | null;
  /** Written by a person, not by a campaign or a rule: Messenger's HUMAN_AGENT tag depends on it. */
  byHuman: boolean;
  /** When the customer last did something that opens a window, epoch ms; null for never. */
  lastInboundAt: number | null;
  /** How often this very message was tried before. */
  attempt: number;
  /** Files go as files, not as pictures, sounds or videos: the provider took them for something else. */
  plainFiles?: boolean;
}

export type SendResult =
  /** `providerId` is null where the provider gives none. `customer` is the address it answered with. */
  | { kind: 'accepted'; providerId: string | null; status: 'queued' | 'sent'; customer?: string }
  /** It certainly did not go out. `retry` null: do not try again by yourself. */
  | {
      kind: 'refused';
      error: SendError;
      retry: {
        /** Who waits meanwhile: everybody on the channel, or this customer only. */
        scope: 'channel' | 'recipient';
        /** As the provider says (Retry-After), ms; null leaves it to the backoff. */
        afterMs: number | null;
        /** Give up after this many tries in all; null for the usual number. */
        tries?: number;
        /** The short-lived token was refused: get another one before the next try. */
        newToken?: boolean;
        /** The files are not what the provider takes them for: the next try has `Outgoing.plainFiles`. */
        plainFiles?: boolean;
      } | null;
    }
  /** It may or may not have gone out, so it is not repeated. */
  | { kind: 'unknown'; error: SendError };

/** What a look-up found of a message whose outcome was unknown. */
export type LookUpResult = { kind: 'found'; providerId: string } | { kind: 'absent' } | { kind: 'unclear' };

// ── Channel status (CH-12) ──────────────────────────────────────────────────────────────────────────────

export const channelHealths = [
  'connected',
  'unauthorized',
  'unavailable',
  'unknown',
  'requestFailed',
] as const;
export interface ChannelHealth {
  status: (typeof channelHealths)[number];
  /** One sentence for the admin; empty when connected. */
  cause: string;
}

// ── The provider ────────────────────────────────────────────────────────────────────────────────────────

export interface Provider {
  /** Stands in URLs and in PARLEY_PROVIDER_URLS. */
  id: string;
  kind: ChannelKind;
  label: string;
  /** Origins of its API, such as `https://api.twilio.com`; what PARLEY_PROVIDER_URLS replaces. */
  origins(channel: Pick<ProviderChannel, 'fields'>): string[];
  form: readonly FormField[];
  /** What is wrong with a field beyond being required; null when all is well. */
  validate?(fields: Readonly<Record<string, string>>): { field: string; message: string } | null;
  /** Which of `ProviderChannel.ours` the admin has to paste at the provider, and under which name. */
  ours: readonly { key: keyof ProviderChannel['ours']; label: string; help: string }[];
  /** Appended to the webhook URL that the admin is shown (Twilio's `#rc=3&rp=…`); empty mostly. */
  webhookFragment: string;
  /** What a number of this provider may look like. `page` and `phone` mean: exactly one, from this field. */
  numbers: { kind: 'many'; alphanumeric: boolean } | { kind: 'one'; field: string; label: string };
  /** Messages a second that a new channel starts with. */
  rate: number;
  /** Messages that the provider takes more slowly than others, and how many of them a second, whatever the channel's rate. */
  slower?: { perSecond: number; includes(message: Outgoing): boolean };
  limits: {
    /** UTF-16 code units of one text as an agent may write it. */
    textLength: number;
    /** Bytes of one file. */
    fileBytes: number;
    /** Files in one message. */
    files: number;
    /** Whether text is counted in SMS segments (CH-13). */
    segments: boolean;
  };
  /** Whether an agent may write first (FB-03). */
  canStart: boolean;
  /** Who answers STOP, START and HELP: the provider, or we, because nobody else does. */
  optOut: 'provider' | 'ours' | 'recordOnly';
  /** How long after the customer's last message free answers are accepted, ms; null for always (FB-04, WA-04). */
  windows: { freeMs: number; humanMs: number } | null;
  webhook: {
    /** Bytes of a body; above it 413. */
    maxBytes: number;
    methods: readonly ('GET' | 'POST')[];
    /** Everything is stored, or was known already, or is ignored on purpose. */
    accepted: HttpReply;
    /** Verified, but not usable. */
    malformed: HttpReply;
    /** Not stored: makes this provider try again. */
    busy: HttpReply;
    /**
     * How two requests are known to be the same when a message carries no id: the same content within this
     * time, ms. 0 for providers whose messages always have one.
     */
    sameWithinMs: number;
  };
  /** Answers requests that come before any event, such as Meta's GET; null when this is none of them. */
  handshake?(request: WebhookRequest, channel: ProviderChannel): HttpReply | null;
  /** Whether the request is the provider's own. Reads nothing of the body but its bytes. */
  verify(request: WebhookRequest, channel: ProviderChannel, now: number): Promise<Verdict>;
  /** What a verified request says. Never throws; what it cannot use is an `ignored` or `malformed` event. */
  parse(request: WebhookRequest, channel: ProviderChannel, now: number): InboundEvent[];
  /**
   * Whether the message can go at all, before anything is stored or sent; null when it can. `channel` is for
   * limits that an admin may raise; without it the provider's usual ones hold.
   */
  admit(message: Outgoing, now: number, channel?: Pick<ProviderChannel, 'fields'>): SendError | null;
  /** As several messages where the provider takes less at once; each is paced and reported on its own. */
  split(message: Outgoing): Outgoing[];
  compose(message: Outgoing, channel: ProviderChannel, now: number): HttpRequest | Promise<HttpRequest>;
  interpret(answer: HttpAnswer, message: Outgoing, now: number): SendResult;
  /** A repeat of a message whose outcome is unknown cannot make it arrive twice (VoiceMeUp). */
  repeatable: boolean;
  /** How to find out what became of a message whose outcome is unknown. */
  lookUp?: {
    request(message: Outgoing, channel: ProviderChannel, attemptedAt: number): HttpRequest;
    interpret(answer: HttpAnswer, message: Outgoing, attemptedAt: number): LookUpResult;
  };
  /** How to get the short-lived token that `compose` needs; null when the channel's fields need none. */
  token?: {
    request(channel: ProviderChannel): HttpRequest | null;
    /** `expiresAt` is epoch ms. Null when the credentials were refused. */
    interpret(answer: HttpAnswer, now: number): { token: string; expiresAt: number } | null;
  };
  /**
   * Requests that tell whether the channel can work, in order; the first that does not say "connected" is the
   * result. `challenge` is 32 random letters and digits. An empty list: there is nothing to ask.
   */
  checks(channel: ProviderChannel, challenge: string): HttpRequest[] | Promise<HttpRequest[]>;
  /** `answer` is null when there was no HTTP answer. `index` counts the requests of `checks` from 0. */
  judge(answer: HttpAnswer | null, index: number, challenge: string, channel: ProviderChannel): ChannelHealth;
  /** How files of customers are fetched. */
  media: {
    /**
     * The request for a file's bytes by its URL, or null when that URL must not be fetched. `redirected` is
     * true from the second hop on: credentials go to the provider's own hosts only. `refused` is true when the
     * same URL has just been answered with 401 or 403: another request may do better, null says that none will.
     */
    download(
      url: string,
      channel: ProviderChannel,
      redirected: boolean,
      refused?: boolean,
    ): HttpRequest | null;
    /** For files that come as an id: asks for their URL. */
    locate?: {
      request(id: string, channel: ProviderChannel): HttpRequest;
      interpret(answer: HttpAnswer): string | null;
    };
    /** Hosts that files may be fetched from, exact or `*.suffix`; null for any public host. */
    hosts: readonly string[] | null;
  };
  /** How to ask for a customer's name and photo where webhooks do not carry them (FB-02). */
  profile?: {
    request(customer: string, channel: ProviderChannel): HttpRequest | Promise<HttpRequest>;
    /** Null when the provider does not tell. `photo` is a URL to copy. */
    interpret(answer: HttpAnswer): { firstName?: string; lastName?: string; photo?: string } | null;
  };
  /** How to read the channel's message templates (WA-03). */
  templates?: {
    /** `cursor` is null for the first page. */
    request(channel: ProviderChannel, cursor: string | null): HttpRequest;
    interpret(answer: HttpAnswer): { templates: unknown[]; cursor: string | null } | { error: SendError };
    /** Those of all pages that can be used; `more` says how many beyond the limit were left out. */
    keep(rows: readonly unknown[]): { templates: Template[]; more: number };
  };
}
