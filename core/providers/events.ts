/** What providers' webhooks say, in our words. `number` is one of the channel's own, as the admin entered it. */
import type { Contact, Place } from '../content.ts';
import type { SendError } from '../sendError.ts';
import type { DeliveryStatus } from '../delivery.ts';

/** A file that a customer sent, before it is fetched. Exactly one of `url`, `id` and `data` is set. */
export interface InboundFile {
  url?: string;
  /** The provider's media id, to be located first. */
  id?: string;
  /** The file itself, base64. */
  data?: string;
  name?: string;
  /** As the provider says; the content decides. */
  type?: string;
  /** Lower-case hex, when the provider says it reliably: another content is refused. */
  sha256?: string;
  /** How it is meant to be shown. */
  use?: 'sticker' | 'voice';
}

/** What a customer wrote. Several of these may be set at once; all empty means: nothing that can be shown. */
export interface InboundContent {
  text: string;
  files: InboundFile[];
  place?: Place;
  contacts?: Contact[];
  /** What it was, where it cannot be shown: "poll", "order". */
  unsupported?: string;
}

/** Where a customer came from: an ad, a link, a product. */
export interface Referral {
  source: string;
  title?: string;
  url?: string;
}

export interface InboundContext {
  /** Provider's id of the message that this one answers. */
  replyTo?: string;
  forwarded?: boolean;
  /** What was tapped: a quick reply, a button, a postback. */
  payload?: string;
  referral?: Referral;
}

/** Who it is about: one of our numbers and the customer's address on it. */
interface Party {
  number: string;
  /** E.164, short code or alphanumeric sender for SMS; PSID; wa_id as E.164 with `+`, else BSUID. */
  customer: string;
}

export type InboundEvent =
  | ({
      kind: 'message';
      /** The provider's id, at most 255 characters; null where it gives none. */
      id: string | null;
      /** Epoch ms by the provider's clock; null where it does not say. */
      at: number | null;
      content: InboundContent;
      context?: InboundContext;
      /** Other addresses of the same customer (a BSUID beside the phone number). */
      aliases?: string[];
      /** The name that the customer chose at the provider. */
      name?: string;
      /** The provider handled the keyword itself, or says that this is one. */
      optOut?: 'stop' | 'start' | 'help';
      /**
       * Parts of one message that come as several (VoiceMeUp): those with the same key within the time, ms,
       * are one. A part with empty text adds its files.
       */
      part?: { key: string; withinMs: number };
    } & Party)
  /** Somebody sent this from our number, but not through Parley. */
  | ({ kind: 'echo'; id: string; at: number | null; content: InboundContent } & Party)
  /** Key: `id` or `ref`, whichever is known. */
  | {
      kind: 'status';
      /** The provider's id of the message. */
      id: string | null;
      /** The `Outgoing.ref` that came back; null where none does. */
      ref: string | null;
      status: DeliveryStatus;
      error: SendError | null;
      /** Epoch ms; null for now. */
      at: number | null;
    }
  /** Everything that we sent to this customer before `before` (epoch ms) got that far. */
  | ({ kind: 'watermark'; status: 'delivered' | 'read'; before: number } & Party)
  /** `emoji` null takes it back. */
  | ({
      kind: 'reaction';
      id: string;
      message: string;
      emoji: string | null;
      at: number | null;
      name?: string;
      aliases?: string[];
    } & Party)
  | ({ kind: 'edited'; id: string; message: string; text: string; at: number | null } & Party)
  | ({ kind: 'revoked'; id: string; message: string; at: number | null } & Party)
  /** The customer came back by a link without a word, which opens the window of a conversation that there is. */
  | ({ kind: 'arrival'; id: string; referral: Referral; at: number | null } & Party)
  /** The customer goes on under another address. */
  | ({ kind: 'moved'; to: string } & Party)
  | ({ kind: 'optOut'; out: boolean; scope: 'all' | 'marketing' } & Party)
  /**
   * Something for another account (Page ID, phone number ID) under the same webhook URL: the gateway finds that
   * channel and parses the request once more for it. Once per account.
   */
  | { kind: 'elsewhere'; account: string }
  /** The provider says something about the account: goes to the event log, and to the channel's status. */
  | { kind: 'account'; text: string; health?: 'unauthorized' | 'unknown' }
  /** Templates changed at the provider: read them again. */
  | { kind: 'templatesChanged'; text: string }
  /** Understood or not, nothing is to be done: goes to the event log. */
  | { kind: 'ignored'; what: string }
  /** Not usable: answered as such. */
  | { kind: 'malformed'; what: string };
