/** The two ends of a call without a browser: what they ask, say and hear. Sound there is none. */
import { randomUUID } from 'node:crypto';
import type { CallAsk, CallNote, CallView, IceServer, ToCall } from '../../core/callProtocol.ts';
import { toCall } from '../../core/callProtocol.ts';
import type { AgentClient, VisitorClient } from './clients.ts';

/** How an end reaches its edge. */
interface Way {
  ask(ask: CallAsk): Promise<unknown>;
  note(note: CallNote): void;
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
}

export class CallEnd {
  /** The id of this page. */
  readonly end = randomUUID();
  readonly heard: ToCall[] = [];

  constructor(private readonly way: Way) {}

  /** How the call stands, as far as this end has heard. */
  get view(): CallView | null {
    return this.heard.findLast((frame) => frame.kind === 'state')?.call ?? null;
  }

  /** The servers that came with a call. */
  get servers(): IceServer[] | null {
    return this.heard.findLast((frame) => frame.kind === 'ice')?.servers ?? null;
  }

  /** Whether sound may go through a TURN server only. */
  get relayOnly(): boolean {
    return this.heard.findLast((frame) => frame.kind === 'ice')?.relayOnly ?? false;
  }

  ask(ask: CallAsk): Promise<unknown> {
    return this.way.ask(ask);
  }

  /** Begins a call; its id. */
  async start(call: string = randomUUID()): Promise<string> {
    await this.ask({ kind: 'start', call, end: this.end });
    return call;
  }

  answer(call: string): Promise<unknown> {
    return this.ask({ kind: 'answer', call, end: this.end });
  }

  hangUp(call: string): Promise<unknown> {
    return this.ask({ kind: 'hangUp', call });
  }

  beat(call: string, connected = true): void {
    this.way.note({ kind: 'beat', call, end: this.end, connected });
  }

  /** Says something to the other end. */
  say(call: string, to: string, sdp: string): void {
    this.way.note({ kind: 'rtc', call, from: this.end, to, description: { type: 'offer', sdp } });
  }

  /** What the other end has said, in its order. */
  get said(): string[] {
    return this.heard.flatMap((frame) => (frame.kind === 'rtc' ? (frame.description?.sdp ?? []) : []));
  }

  until(fits: (view: CallView | null) => boolean, what: string, timeoutMs?: number): Promise<void> {
    return this.way.until(() => fits(this.view), what, timeoutMs);
  }

  untilSaid(sdp: string): Promise<void> {
    return this.way.until(() => this.said.includes(sdp), `the other end to say ${sdp}`);
  }
}

export function visitorEnd(visitor: VisitorClient): CallEnd {
  const end = new CallEnd({
    ask: (ask) => visitor.ask({ kind: 'call', ask }),
    note: (note) => visitor.tell({ kind: 'callNote', note }),
    until: (...waiting) => visitor.until(...waiting),
  });
  visitor.listeners.add((frame) => {
    if (frame.kind === 'call') end.heard.push(toCall.parse(frame.call));
  });
  return end;
}

export function agentEnd(desk: AgentClient, session: () => string): CallEnd {
  const end = new CallEnd({
    ask: (ask) => desk.ask({ kind: 'call', session: session(), ask }),
    note: (note) => desk.tell({ kind: 'callNote', session: session(), note }),
    until: (...waiting) => desk.until(...waiting),
  });
  desk.listeners.add((frame) => {
    if (frame.kind === 'call') end.heard.push(frame.call);
  });
  return end;
}
