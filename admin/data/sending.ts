/** What leaves for the edge of a draft whose files are uploaded. Pure. */
import type { AgentFrame } from '../../core/protocol.ts';
import { filesOf, type OutgoingDraft } from './desk-state.ts';

type Sending = Omit<Extract<AgentFrame, { kind: 'send' }>, 'kind' | 'id' | 'session'>;

/** The frame's part that differs from message to message. Files without a ticket are left out. */
export function sendingOf(content: OutgoingDraft, replyTo: string | null): Sending {
  const answered = replyTo === null ? {} : { replyTo };
  const uploads = filesOf(content).flatMap(({ ticket }) => (ticket === null ? [] : [ticket]));
  switch (content.kind) {
    case 'text':
      return { text: content.text, ...answered };
    case 'files':
      return { uploads, ...(content.text === '' ? {} : { text: content.text }), ...answered };
    case 'place':
      return { place: content.place, ...answered };
    case 'template': {
      const { input } = content;
      const [ticket] = uploads;
      const header = ticket === undefined ? input.header : { kind: 'file' as const, ticket };
      return { template: { ...input, header }, ...answered };
    }
  }
}
