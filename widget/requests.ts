/** Requests that wait for the edge's answer, across lost connections and from tab to tab. */
import type { ToVisitorFrame, VisitorFrame } from '../core/visitorProtocol.ts';

export type Request = VisitorFrame & { id: string };
export type Answered = Extract<ToVisitorFrame, { kind: 'done' | 'refused' | 'history' }>;

interface Waiting {
  frame: Request;
  resolvers: ((answer: Answered) => void)[];
}

export class Requests {
  #waiting = new Map<string, Waiting>();

  /** Resolves with the answer to the frame, whoever sends it; asking twice is one request. */
  expect(frame: Request): Promise<Answered> {
    return new Promise((resolve) => {
      const known = this.#waiting.get(frame.id);
      if (known) known.resolvers.push(resolve);
      else this.#waiting.set(frame.id, { frame, resolvers: [resolve] });
    });
  }

  /** Answers the request that the frame is about, if there is one. */
  settle(answer: Answered): Request | null {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return null;
    this.#waiting.delete(answer.id);
    for (const resolve of waiting.resolvers) resolve(answer);
    return waiting.frame;
  }

  /** What is not answered yet, in the order in which it was asked. */
  get open(): Request[] {
    return [...this.#waiting.values()].map(({ frame }) => frame);
  }
}
