/** What a website sees of the widget: `window.Parley` (LC-22). Documented in docs/widget-api.md. */
import type { CallOutcome } from '../core/log.ts';

/** A message as the website hears of it. */
export interface ParleyMessage {
  id: string;
  from: 'visitor' | 'agent' | 'auto';
  /** Null for an image. */
  text: string | null;
  /** Epoch ms by the server's clock. */
  at: number;
}

/** A call as the website hears of it. */
export interface ParleyCall {
  id: string;
  /** Who calls. */
  from: 'visitor' | 'agent';
  state: 'ringing' | 'connecting' | 'active' | 'ended';
  /** How it ended; null before. */
  outcome: CallOutcome | null;
}

/** Event names and what their listeners are given. */
export interface ParleyEvents {
  /** The panel is loaded and knows its channel. */
  ready: { channelNumber: string };
  opened: undefined;
  closed: undefined;
  message: ParleyMessage;
  unread: { count: number };
  call: ParleyCall;
}

export type ParleyListener<K extends keyof ParleyEvents> = (detail: ParleyEvents[K]) => void;

/** Calls that need the panel; made earlier, they wait for it in order. */
export interface PanelApi {
  open(): Promise<void>;
  close(): Promise<void>;
  toggle(): Promise<void>;
  /**
   * Ties the conversation to a user of the website. `token` is a JWT that the website's server signed with
   * the channel's identity secret. Throws without a token: nobody becomes a guest by mistake. Rejects when
   * the token is not valid. Another user than before starts clean.
   */
  identify(token: string): Promise<void>;
  /** What agents see of the visitor besides the form, such as `{ plan: 'pro' }`. Unsigned. */
  setAttributes(attributes: Record<string, string>): Promise<void>;
  /** Sends a text as the visitor. Resolves once it is safe in the page's outbox. */
  send(text: string): Promise<void>;
}

export interface Parley extends PanelApi {
  readonly channelNumber: string;
  /** Shows the launcher again. */
  show(): void;
  /** Takes launcher and panel off the page. */
  hide(): void;
  on<K extends keyof ParleyEvents>(event: K, listener: ParleyListener<K>): void;
  off<K extends keyof ParleyEvents>(event: K, listener: ParleyListener<K>): void;
}

declare global {
  interface Window {
    Parley?: Parley;
  }
}
