/**
 * What the tabs of one browser know of each other, by Web Locks, which a tab that ends gives back by itself: which one
 * tells of messages, and what is on the screen in any of them. Where there are no locks, a tab knows only itself.
 */
import { v7 as uuid } from 'uuid';

const tells = 'parley.tells';
const shows = 'parley.shows';
/** Tells this tab's locks from the others': its own may be given back a moment late. */
const tab = uuid();

/** Absent on pages without HTTPS. */
const locks: LockManager | undefined = navigator.locks;

/** Whether this is the one tab that tells: the one that was on the screen last, because it may sound. */
export class Teller {
  #is = locks === undefined;
  #queued: AbortController | null = null;

  constructor() {
    this.#follow(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && !this.#is) this.#follow(true);
    });
  }

  get isThis(): boolean {
    return this.#is;
  }

  #follow(steal: boolean): void {
    if (!locks) return;
    this.#queued?.abort();
    const queued = new AbortController();
    this.#queued = queued;
    const hold = () => {
      this.#is = true;
      return new Promise<never>(() => undefined);
    };
    locks.request(tells, steal ? { steal } : { signal: queued.signal }, hold).catch(() => {
      // Given up by ourselves for a request that is more urgent; else another tab has taken it.
      if (queued.signal.aborted) return;
      this.#is = false;
      this.#follow(false);
    });
  }
}

/** Says to the other tabs what this one shows, while it is on the screen. */
export class Shown {
  #release: () => void = () => undefined;
  #said: string | null = null;
  #session: string | null = null;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#say());
    this.#say();
  }

  /** The session that this tab has open; null for none. */
  get session(): string | null {
    return this.#session;
  }

  set session(id: string | null) {
    this.#session = id;
    this.#say();
  }

  /** Whether any tab is on the screen, and whether one of those has the session open. */
  async onScreen(session: string): Promise<{ looks: boolean; reads: boolean }> {
    const held = locks ? ((await locks.query()).held ?? []).map(({ name }) => name ?? '') : [];
    const shown = held
      .map((name) => name.split(' '))
      .filter(([kind, of]) => kind === shows && of !== tab)
      .map(([, , open]) => open ?? '');
    if (document.visibilityState === 'visible') shown.push(this.#session ?? '');
    return { looks: shown.length > 0, reads: shown.includes(session) };
  }

  #say(): void {
    const name = document.visibilityState === 'visible' ? `${shows} ${tab} ${this.#session ?? ''}` : null;
    if (name === this.#said) return;
    this.#said = name;
    this.#release();
    if (name === null || !locks) return;
    const given = new Promise<void>((resolve) => (this.#release = resolve));
    void locks.request(name, () => given);
  }
}
