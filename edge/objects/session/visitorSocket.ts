/** A visitor's socket: what it remembers, what comes in by it, and how a visitor sees what goes out. */
import type { ChatEvent, LogEvent, SourcePage } from '../../../core/log.ts';
import { visitorFrame, type VisitorFrame } from '../../../core/protocol.ts';
import { eventForVisitor } from '../../../core/summary.ts';
import type { VisitorClaims } from '../../tokens.ts';
import type { LiveChatRouting } from '../contracts.ts';

/** What a socket remembers through hibernation. */
export interface Attachment {
  claims: VisitorClaims;
  page: SourcePage | null;
  /** Whether the page has said hello: before it, an event would leave a hole in what the page holds. */
  greeted: boolean;
  /** Whether the page can make and take calls. */
  calls?: boolean;
  /** The end of a call that speaks through it. */
  end?: string;
}

export function parseFrame(data: string | ArrayBuffer): VisitorFrame | null {
  if (typeof data !== 'string') return null;
  try {
    return visitorFrame.parse(JSON.parse(data));
  } catch {
    return null;
  }
}

export function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}

export function forVisitor(events: readonly LogEvent[], routing: LiveChatRouting): ChatEvent[] {
  const { agentDisplay } = routing.channel;
  return events.flatMap((event) => eventForVisitor(event, agentDisplay, routing.defaultAgent) ?? []);
}

export function clean(page: SourcePage): SourcePage {
  const isWeb = /^https?:\/\//i.test(page.url);
  return { url: isWeb ? page.url.slice(0, 2000) : '', title: page.title.slice(0, 200) };
}
