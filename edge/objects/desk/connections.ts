/** The agents' sockets: who is connected, what they send, and what is sent to them. */
import { take, type Bucket } from '../../../core/limits.ts';
import {
  agentFrame,
  closeCodes,
  maxFrameBytes,
  type AgentFrame,
  type ToAgentFrame,
} from '../../../core/protocol.ts';
import type { Env } from '../../env.ts';
import { allowances } from '../../limits.ts';

/** What a socket remembers through hibernation. */
interface Attachment {
  agent: string;
  signIn: string;
  /** Epoch ms: when the sign-in ends, and since when the socket is there. */
  expiresAt: number;
  since: number;
  /** Whether its page is on the screen, as far as it has said, and until when it was (epoch ms). */
  visible?: boolean;
  seenUntil?: number;
  /** The end of a call that speaks through it. */
  callEnd?: { session: string; end: string };
}

/** Clients ping every 30 seconds; who was silent for three pings is asleep, whatever the socket says. */
const silenceMs = 95_000;

export class Connections {
  private readonly byAgent = new Map<string, Set<WebSocket>>();
  private readonly pace = new Map<WebSocket, Bucket>();

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly env: Env,
  ) {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
    for (const socket of ctx.getWebSockets()) this.index(socket);
  }

  accept(attachment: Attachment): Response {
    const pair = new WebSocketPair();
    this.ctx.acceptWebSocket(pair[1]);
    pair[1].serializeAttachment(attachment);
    this.index(pair[1]);
    return new Response(null, { status: 101, webSocket: pair[0] });
  }

  /** A frame and who sent it; null when there is nothing to do, with the socket closed where it must be. */
  read(
    socket: WebSocket,
    data: string | ArrayBuffer,
    now: number,
  ): { frame: AgentFrame; agent: string } | null {
    const { agent, expiresAt } = attachmentOf(socket);
    if (expiresAt <= now) {
      socket.close(closeCodes.unauthorized, 'expired');
      return null;
    }
    const size = typeof data === 'string' ? data.length : data.byteLength;
    if (size > maxFrameBytes) {
      socket.close(1009, 'too large');
      return null;
    }
    const { bucket, waitMs } = take(this.pace.get(socket), allowances(this.env).agentFrames, now);
    this.pace.set(socket, bucket);
    if (waitMs > 0) {
      socket.close(closeCodes.flooding, '10');
      return null;
    }
    const frame = parse(data);
    if (!frame) console.warn(JSON.stringify({ event: 'desk.frame_invalid', agent }));
    return frame && { frame, agent };
  }

  /** Forgets a closed socket. Answers its agent when it was their last one. */
  drop(socket: WebSocket): string | null {
    const { agent } = attachmentOf(socket);
    this.pace.delete(socket);
    const sockets = this.byAgent.get(agent);
    if (!sockets?.delete(socket) || sockets.size > 0) return null;
    this.byAgent.delete(agent);
    return agent;
  }

  /** Agents with a socket. */
  agents(): ReadonlySet<string> {
    return new Set(this.byAgent.keys());
  }

  /** Whether one of the agent's sockets has shown life lately. */
  isConnected(agent: string, now: number): boolean {
    return this.alive(agent, now).length > 0;
  }

  setVisible(socket: WebSocket, visible: boolean, now: number): void {
    const before = attachmentOf(socket);
    const seenUntil = before.visible ? { seenUntil: now } : {};
    socket.serializeAttachment({ ...before, ...seenUntil, visible });
  }

  /**
   * Whether the agent has a page on the screen, and when one was there last for certain (epoch ms): it showed life, or
   * said that it goes to the background.
   */
  looks(agent: string, now: number): { on: boolean; lastAt: number } {
    const pages = this.alive(agent, now).map((socket) => {
      const { visible = false, seenUntil = 0 } = attachmentOf(socket);
      return { on: visible, lastAt: visible ? this.heardAt(socket) : seenUntil };
    });
    return { on: pages.some(({ on }) => on), lastAt: Math.max(0, ...pages.map(({ lastAt }) => lastAt)) };
  }

  /** Remembers through which socket an end of a call speaks. */
  speaksFor(socket: WebSocket, session: string, end: string): void {
    const before = attachmentOf(socket);
    if (before.callEnd?.end !== end) socket.serializeAttachment({ ...before, callEnd: { session, end } });
  }

  spokeFor(socket: WebSocket): { session: string; end: string } | null {
    return attachmentOf(socket).callEnd ?? null;
  }

  /** Closes the sockets of these sign-ins of an agent; null closes all. */
  close(agent: string, signIns: readonly string[] | null): void {
    for (const socket of [...(this.byAgent.get(agent) ?? [])]) {
      if (signIns !== null && !signIns.includes(attachmentOf(socket).signIn)) continue;
      this.drop(socket);
      socket.close(closeCodes.unauthorized, 'signed out');
    }
  }

  send(agent: string, frame: ToAgentFrame): void {
    this.sendText(agent, JSON.stringify(frame));
  }

  sendText(agent: string, text: string): void {
    for (const socket of this.byAgent.get(agent) ?? []) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    }
  }

  tell(socket: WebSocket, frame: ToAgentFrame): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  private alive(agent: string, now: number): WebSocket[] {
    return [...(this.byAgent.get(agent) ?? [])].filter((socket) => now - this.heardAt(socket) < silenceMs);
  }

  private heardAt(socket: WebSocket): number {
    const pinged = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(pinged, attachmentOf(socket).since);
  }

  private index(socket: WebSocket): void {
    const { agent } = attachmentOf(socket);
    const sockets = this.byAgent.get(agent);
    if (sockets) sockets.add(socket);
    else this.byAgent.set(agent, new Set([socket]));
  }
}

function parse(data: string | ArrayBuffer): AgentFrame | null {
  if (typeof data !== 'string') return null;
  try {
    return agentFrame.parse(JSON.parse(data));
  } catch {
    return null;
  }
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}
