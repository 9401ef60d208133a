/** The app's shell in caches: the page itself and all of its parts, one cache for each version. */

const prefix = 'parley-shell-';
const current = prefix + VERSION;
/** Any page of the app is this one; its address decides what it shows. */
const shellPage = '/inbox';
/** Versions whose parts stay for pages that are still open. */
const keptVersions = 3;
/** A page that takes longer is opened from the cache. */
const patienceMs = 4_000;

/** Everything below these is not the app. */
const elsewhere = /^\/(admin|api|desk|files|guides|health|media|sw\.js|visitor|webhook|widget)(\/|\.|$)/;

export function isPage(path: string): boolean {
  return !elsewhere.test(path);
}

export function isPart(path: string): boolean {
  return path.startsWith('/admin/');
}

/** Whether a part's name says its content, so that what is cached is never out of date. */
function isHashed(path: string): boolean {
  return /-[\w-]{8,}\.[a-z]+$/.test(path);
}

/** Caches the whole version; throws when a part is missing, and the worker is installed another time. */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(current);
  const page = await fetch(shellPage, { headers: { accept: 'text/html' }, cache: 'no-cache' });
  if (!page.ok) throw new Error(`the page answered ${page.status}`);
  await cache.put(shellPage, page);
  await cache.addAll(
    SHELL.map((path) => new Request(path, { cache: isHashed(path) ? 'default' : 'no-cache' })),
  );
}

/** Deletes versions that no page can still need; caches are listed from the oldest on. */
export async function sweepShells(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== current);
  await Promise.all(
    versions.slice(0, Math.max(0, versions.length - (keptVersions - 1))).map((name) => caches.delete(name)),
  );
}

/** The newest page from the network; the cached one when that is away, broken or slow. */
export async function answerPage(event: FetchEvent): Promise<Response> {
  const network = (async () => {
    const answer = ((await event.preloadResponse) as Response | undefined) ?? (await fetch(event.request));
    if (answer.status === 502 || answer.status === 504) throw new Error('a proxy without a server');
    return answer;
  })();
  const cached = async (wait: Promise<unknown>) => {
    await wait;
    return (await (await caches.open(current)).match(shellPage)) ?? network;
  };
  return Promise.race([
    network.catch(() => cached(Promise.resolve())),
    cached(new Promise((resolve) => setTimeout(resolve, patienceMs))),
  ]);
}

/** A part by its name, of whatever version; what has no content in its name comes from the network first. */
export async function answerPart(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const cached = () => caches.match(request, { ignoreVary: true });
  if (!isHashed(pathname)) {
    return fetch(request).catch(async () => (await cached()) ?? Response.error());
  }
  const known = await cached();
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(current);
    await cache.put(request, answer.clone()).catch(() => undefined);
  }
  return answer;
}
