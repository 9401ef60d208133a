/**
 * A conversation as the panel's elements see it: what to show and what can be done. The real one is
 * `client.ts`; the preview in the console brings its own.
 */
import type { Availability, WidgetConfig } from '../core/visitorProtocol.ts';
import type { CustomerProfile, ChatEvent, Marks } from '../core/log.ts';

/** A message that the edge has not confirmed yet. */
export interface Pending {
  id: string;
  /** Epoch ms by this machine's clock. */
  at: number;
  text?: string;
  file?: Blob;
  name?: string;
  width?: number;
  height?: number;
  /** Share of the file that is uploaded, 0 to 1; absent while it waits. */
  progress?: number;
  /** Not stored yet: it is lost with the page. */
  entering?: boolean;
  /** Why it was refused for good, as a problem code; it then stays until sent again or deleted. */
  problem?: string;
}

/** `idle`: not needed yet. `down`: lost or not reached, being tried again. */
export type Link = 'idle' | 'connecting' | 'up' | 'down';

export interface ChatState {
  /** Null until the edge has said hello. */
  config: WidgetConfig | null;
  availability: Availability | null;
  link: Link;
  /** Rising by seq, without a gap. */
  events: readonly ChatEvent[];
  /** Whether nothing older than `events` exists. */
  complete: boolean;
  pending: readonly Pending[];
  marks: Marks;
  /** Whether a session is open. */
  open: boolean;
  formDue: boolean;
  profile: CustomerProfile;
  agentTyping: boolean;
  /** How the call stands that goes on, as the edge said it last (`toCall` of core/callProtocol.ts). */
  call: unknown;
  /** Add to this machine's clock to get the edge's, ms. */
  clockOffset: number;
}

/** A refusal in the form of a problem code, and the field it concerns. */
export interface Refused {
  code: string;
  field?: string | undefined;
}

export interface Image {
  file: Blob;
  name: string;
  width: number;
  height: number;
}

export interface Chat {
  readonly state: ChatState;
  /** Calls `listener` after every change of state; answers the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Both take the message over at once, in the order of calls, and resolve when the outbox has stored it. */
  send(text: string): Promise<void>;
  sendImage(image: Image): Promise<void>;
  resend(id: string): Promise<void>;
  /** Takes a message out of the outbox, and stops its upload. */
  discard(id: string): Promise<void>;
  submitForm(profile: CustomerProfile, consent: boolean): Promise<Refused | null>;
  setTyping(on: boolean): void;
  end(): Promise<Refused | null>;
  loadOlder(): Promise<void>;
  /** The visitor has the newest messages before their eyes. */
  seen(): void;
}

export const emptyState: ChatState = {
  config: null,
  availability: null,
  link: 'idle',
  events: [],
  complete: true,
  pending: [],
  marks: { customer: { delivered: 0, read: 0 }, agents: { delivered: 0, read: 0 } },
  open: false,
  formDue: false,
  profile: {},
  agentTyping: false,
  call: null,
  clockOffset: 0,
};

/** Whether a channel asks something of visitors that it does not know yet. */
export function needsForm({ preChat, consent }: WidgetConfig): boolean {
  return preChat !== null || consent?.explicit === true;
}
