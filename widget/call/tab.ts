/**
 * Which tab a call belongs to. The tab remembers its call, so that a page that is loaded anew goes on with it; a lock
 * keeps a copy of the tab from doing the same.
 */

/** How long the page before may take to be gone. */
const patienceMs = 3000;

const key = (channelNumber: string) => `parley:${channelNumber}:call`;

/** The call that this tab took part in last; null when that is over. */
export function keptCall(channelNumber: string): string | null {
  try {
    return sessionStorage.getItem(key(channelNumber));
  } catch {
    return null;
  }
}

export function keepCall(channelNumber: string, call: string | null): void {
  try {
    if (call === null) sessionStorage.removeItem(key(channelNumber));
    else sessionStorage.setItem(key(channelNumber), call);
  } catch {
    return;
  }
}

/**
 * Takes a call for this page; answers the function that gives it back, or null when another page has it. `waits`: the
 * page before this one may just be going.
 */
export function claim(channelNumber: string, call: string, waits: boolean): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const how = waits ? { signal: AbortSignal.timeout(patienceMs) } : {};
    navigator.locks
      .request(`${key(channelNumber)}:${call}`, how, () => new Promise<void>((release) => resolve(release)))
      .catch(() => resolve(null));
  });
}
