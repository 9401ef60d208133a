/** What the deployment gives the Worker. The same names on Cloudflare and in `workerd serve`. */
import type { Archive } from './objects/archive.ts';
import type { Campaign } from './objects/campaign.ts';
import type { Channel } from './objects/channel.ts';
import type { Desk } from './objects/desk.ts';
import type { Pusher } from './objects/pusher.ts';
import type { Sender } from './objects/sender.ts';
import type { Session } from './objects/session.ts';
import type { Workspace } from './objects/workspace.ts';

export interface Env {
  SESSION: DurableObjectNamespace<Session>;
  CHANNEL: DurableObjectNamespace<Channel>;
  SENDER: DurableObjectNamespace<Sender>;
  DESK: DurableObjectNamespace<Desk>;
  PUSHER: DurableObjectNamespace<Pusher>;
  ARCHIVE: DurableObjectNamespace<Archive>;
  CAMPAIGN: DurableObjectNamespace<Campaign>;
  WORKSPACE: DurableObjectNamespace<Workspace>;

  /** Built files: Cloudflare's static assets, or a disk service. */
  ASSETS: Fetcher;
  /** Media and pictures: an R2 bucket, or a writable disk service. */
  MEDIA: R2Bucket | Fetcher;
  /** Cloudflare's mail binding; absent when self-hosted. */
  EMAIL?: SendEmail;

  /** `cloudflare` or `workerd`: which adapters stand behind the bindings above. */
  PARLEY_PLATFORM: 'cloudflare' | 'workerd';
  /** Signs visitor tokens, upload tickets and links; at least 32 random bytes, base64url. */
  PARLEY_SIGNING_KEY: string;
  /** Seals credentials at rest; 32 random bytes, base64url. */
  PARLEY_SEALING_KEY: string;
  /** Such as https://chat.example.com; used in links and embed codes until settings name one. */
  PARLEY_PUBLIC_URL?: string;
  /** smtp://user:password@host:587 or smtps://…:465 */
  PARLEY_SMTP_URL?: string;
  /** Sender of mails, such as `Parley <chat@example.com>`. */
  PARLEY_MAIL_FROM?: string;
  /** The first admin, for unattended set-up; used once, while there is no admin. */
  PARLEY_ADMIN_EMAIL?: string;
  PARLEY_ADMIN_PASSWORD?: string;
  /** A JSON map from provider to the URL that stands in for its own, for simulators and other fakes. */
  PARLEY_PROVIDER_URLS?: string;
  /** Multiplies every rate limit, such as `10`; for load tests and special cases. */
  PARLEY_RATE_FACTOR?: string;
  /** The header with the client's address set by a trusted proxy, such as `X-Forwarded-For`. */
  PARLEY_CLIENT_ADDRESS_HEADER?: string;
}

/**
 * An object's methods as a caller uses them. The platform's own type says the same in a way that loses tuples
 * and the members of unions.
 */
export type Remote<T> = {
  [K in keyof T]: T[K] extends (...parameters: infer P) => infer R
    ? (...parameters: P) => Promise<Awaited<R>>
    : never;
};

/** One company's workspace per deployment: one object each. */
export const workspaceOf = (env: Env) => env.WORKSPACE.getByName('workspace') as unknown as Remote<Workspace>;
export const sessionOf = (env: Env, conversation: string) =>
  env.SESSION.getByName(conversation) as unknown as Remote<Session>;
export const channelOf = (env: Env, id: string) => env.CHANNEL.getByName(id) as unknown as Remote<Channel>;
export const campaignOf = (env: Env, id: string) => env.CAMPAIGN.getByName(id) as unknown as Remote<Campaign>;
export const pusherOf = (env: Env) => env.PUSHER.getByName('pusher') as unknown as Remote<Pusher>;
/** The words of one month, such as `2026-11`. */
export const archiveOf = (env: Env, period: string) =>
  env.ARCHIVE.getByName(period) as unknown as Remote<Archive>;
export const deskOf = (env: Env) => env.DESK.getByName('desk');
