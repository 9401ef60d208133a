/**
 * Several tabs, one conversation: the tab that holds a Web Lock leads and owns the socket, the others follow
 * it over a BroadcastChannel. When the leader's tab goes, the lock goes with it and the next tab leads. On
 * plain HTTP, where browsers have no locks, every tab leads for itself; the edge sorts out what comes twice.
 */
import type { ToVisitorFrame, VisitorFrame } from '../core/visitorProtocol.ts';
import type { Link } from './chat.ts';
import type { Request } from './requests.ts';
import type { Shared } from './store.ts';

export type TabMessage =
  /** Follower → leader: where are we? */
  | { kind: 'sync' }
  /** Leader → followers. */
  | { kind: 'state'; state: Shared; link: Link }
  | { kind: 'frame'; frame: ToVisitorFrame }
  | { kind: 'link'; link: Link }
  | { kind: 'progress'; id: string; share: number }
  /** Follower → leader: send this for me. */
  | { kind: 'request'; frame: Request }
  | { kind: 'note'; frame: VisitorFrame }
  /** Anybody: the outbox changed. */
  | { kind: 'outbox' };

export interface TabEvents {
  /** This tab owns the socket from now on. */
  onLead(): void;
  /** This tab lost it: another tab found it silent. */
  onDeposed(): void;
  onMessage(message: TabMessage): void;
}

/** How long a leader may be silent after a question before it is taken for frozen. */
const silenceMs = 2000;

export class Tabs {
  /** Whether there can be other tabs to lead. */
  readonly together = 'locks' in navigator;
  leading = false;
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #ending = new AbortController();
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    channelNumber: string,
    visitor: string,
    private readonly events: TabEvents,
  ) {
    this.#name = `parley:${channelNumber}:${visitor}`;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      // Any word of the leader's shows that it is awake.
      if (data.kind === 'state' || data.kind === 'frame' || data.kind === 'link') clearTimeout(this.#silence);
      this.events.onMessage(data);
    };
    if (!this.together) {
      this.leading = true;
      queueMicrotask(() => this.events.onLead());
      return;
    }
    void this.#hold({});
    document.addEventListener('visibilitychange', () => this.question(), { signal: this.#ending.signal });
    this.question();
  }

  post(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  /** Asks the leader for the state, and takes its place if it says nothing while this tab is looked at. */
  question(): void {
    if (this.leading || document.visibilityState === 'hidden') return;
    this.post({ kind: 'sync' });
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (!this.leading && document.visibilityState === 'visible') void this.#hold({ steal: true });
    }, silenceMs);
  }

  stop(): void {
    this.leading = false;
    this.#ending.abort();
    clearTimeout(this.#silence);
    this.#channel.close();
  }

  async #hold(how: { steal?: boolean }): Promise<void> {
    const { signal } = this.#ending;
    try {
      await navigator.locks.request(this.#name, how.steal ? how : { signal }, async () => {
        if (signal.aborted) return;
        clearTimeout(this.#silence);
        this.leading = true;
        this.events.onLead();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      });
    } catch {
      // Stopped while waiting, or stolen by a tab that found this one silent: then wait in line again.
      if (signal.aborted || !this.leading) return;
      this.leading = false;
      this.events.onDeposed();
      void this.#hold({});
    }
  }
}
