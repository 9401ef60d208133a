/**
 * What the panel shows of calls. Most channels have no phone, so that all of it is fetched where there is one, or
 * where the conversation holds a call (`call/`).
 */
import type { ChatEventBody } from '../core/log.ts';

export type CallEvent = Extract<ChatEventBody, { kind: 'call' }>;

export interface CallParts {
  /** Stands before the title of the page while somebody calls. */
  readonly sign: string;
  /** For the header. */
  button(): unknown;
  /** The call itself: in the panel, or beside the launcher while the panel is closed. */
  card(beside: boolean): unknown;
  /** What stands in the conversation of a call that is over. */
  line(event: CallEvent): string;
}
