/**
 * What the tabs of one browser know of each other, by Web Locks, which a tab that ends gives back by itself: which one
 * tells of messages, and what is on the screen in any of them. Where there are no locks, a tab knows only itself.
 */
const tells = 'parley.tells';
const looks = 'parley.looks';
const reads = 'parley.reads ';

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

/** Says to the other tabs what this one shows. */
export class Shown {
  #release: (() => void)[] = [];
  #names = '';
  #session: string | null = null;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#say());
    this.#say();
  }

  /** The session that this tab has open; null for none. */
  set session(id: string | null) {
    this.#session = id;
    this.#say();
  }

  #say(): void {
    const names = ownNames(this.#session);
    if (names.join('\n') === this.#names) return;
    this.#names = names.join('\n');
    for (const release of this.#release) release();
    this.#release = names.map((name) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      void locks?.request(name, { mode: 'shared' }, () => promise);
      return resolve;
    });
  }
}

/** Whether any tab is on the screen, and whether one of those has the session open. */
export async function onScreen(
  session: string,
  ownSession: string | null,
): Promise<{ looks: boolean; reads: boolean }> {
  const others = locks ? ((await locks.query()).held ?? []).map(({ name }) => name ?? '') : [];
  const names = new Set([...others, ...ownNames(ownSession)]);
  return { looks: names.has(looks), reads: names.has(reads + session) };
}

function ownNames(session: string | null): string[] {
  if (document.visibilityState !== 'visible') return [];
  return session === null ? [looks] : [looks, reads + session];
}
