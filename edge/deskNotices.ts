/**
 * What webhooks change in conversations, on its way to Desk: one call of an isolate at a time, and whatever piles up
 * meanwhile goes with the next. So a quiet workspace hears at once, and a busy one pays for a call once for many
 * messages. A Session whose notice gets lost here tells Desk itself a few seconds later.
 */
import { deskOf, type Env } from './env.ts';
import type { Letter, Told } from './objects/contracts.ts';
import type { Context } from './webhookLog.ts';

interface Waiting {
  conversation: string;
  letter: Letter;
}

/** A call that takes longer than this belongs to a request that has ended: the next one does not wait for it. */
const stuckAfterMs = 5_000;
/** Conversations of which it is remembered what Desk has heard. */
const maxTold = 10_000;

let waiting: Waiting[] = [];
/** When the call under way began, epoch ms; null while there is none. */
let callingSince: number | null = null;
const told = new Map<string, Told>();

/** What Desk has heard of a conversation through this isolate; null when that is not known. */
export function toldOf(conversation: string): Told | null {
  return told.get(conversation) ?? null;
}

/** Takes a notice along to Desk without holding anybody up. */
export function tellDesk(env: Env, context: Context, conversation: string, letter: Letter): void {
  waiting.push({ conversation, letter });
  if (callingSince !== null && Date.now() - callingSince < stuckAfterMs) return;
  context.waitUntil(callDesk(env));
}

async function callDesk(env: Env): Promise<void> {
  while (waiting.length > 0) {
    const letters = waiting;
    waiting = [];
    callingSince = Date.now();
    try {
      await deskOf(env).sessionsChanged(letters.map(({ letter }) => letter.notice));
      for (const one of letters) remember(one);
    } catch (error) {
      console.error(JSON.stringify({ event: 'notices.failed', error: String(error) }));
    }
  }
  callingSince = null;
}

function remember({ conversation, letter }: Waiting): void {
  if (told.size >= maxTold) told.clear();
  told.set(conversation, letter.told);
}
