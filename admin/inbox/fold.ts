/** A log as it is drawn, folded once for each of its states however often the screen is drawn. */
import { messagesOf, type Message } from '../../core/conversation.ts';
import type { LogEvent } from '../../core/log.ts';
import { chunked, timeline, type Chunk } from './timeline.ts';

export interface Folded {
  messages: ReadonlyMap<string, Message>;
  chunks: readonly Chunk[];
}

export class Fold {
  #last: (Folded & { events: readonly LogEvent[]; self: string | null }) | null = null;

  /** `self` is the reading agent's id. The same answer until one of the two is another. */
  of(events: readonly LogEvent[], self: string | null): Folded {
    if (this.#last?.events !== events || this.#last.self !== self) {
      const messages = messagesOf(events);
      this.#last = { events, self, messages, chunks: chunked(timeline(events, self, messages)) };
    }
    return this.#last;
  }
}
