/** Chromium for browser tests: launched by playwright-core, checked by axe-core. */
import { createRequire } from 'node:module';
import { chromium as playwright, type Browser, type LaunchOptions, type Page } from 'playwright-core';
import { chromium } from '../../scripts/chromium.mjs';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const microphones = {
  /** One that hums, and pages get it when they ask. */
  granted: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  denied: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'],
  none: ['--disable-audio-input', '--use-fake-ui-for-media-stream'],
};

/** Starts a headless Chromium; close it in the end. */
export function launchBrowser(
  options: LaunchOptions = {},
  microphone: keyof typeof microphones = 'granted',
): Promise<Browser> {
  const args = [
    // Root in a container has no sandbox to use.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-dev-shm-usage',
    ...microphones[microphone],
    '--autoplay-policy=no-user-gesture-required',
    ...(options.args ?? []),
  ];
  return playwright.launch({ ...options, executablePath: chromium(), args });
}

export interface Violation {
  id: string;
  impact: string | null;
  help: string;
  nodes: string[];
}

/**
 * What axe-core finds wrong on the page (WCAG 2.2 A and AA, best practices); empty is what tests want. Several
 * selectors lead through shadow roots, each within the one before.
 */
export async function axe(page: Page, selector?: string | string[]): Promise<Violation[]> {
  // By the debugger, so that no content security policy of the page stands in the way.
  const loaded = await page.evaluate(() => 'axe' in globalThis);
  if (!loaded) {
    const { readFile } = await import('node:fs/promises');
    await page.evaluate(await readFile(axePath, 'utf8'));
  }
  return page.evaluate(async (within) => {
    interface Result {
      id: string;
      impact?: string | null;
      help: string;
      nodes: { target: unknown; html: string }[];
    }
    const { axe: checker } = globalThis as unknown as {
      axe: { run(context: unknown, options: unknown): Promise<{ violations: Result[] }> };
    };
    const context = Array.isArray(within) ? { fromShadowDom: within } : within;
    const { violations } = await checker.run(context ?? document, { resultTypes: ['violations'] });
    return violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact: impact ?? null,
      help,
      nodes: nodes.map(({ target, html }) => `${JSON.stringify(target)} ${html.slice(0, 200)}`),
    }));
  }, selector);
}

/**
 * What axe-core finds in the light and in the dark theme, by theme; empty is what tests want. The page is not loaded
 * again, as only colours depend on it. Open it with reduced motion, so that they change at once.
 */
export async function axeInBothThemes(
  page: Page,
  selector?: string | string[],
): Promise<Record<string, Violation[]>> {
  const found: Record<string, Violation[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await axe(page, selector);
    if (violations.length > 0) found[colorScheme] = violations;
  }
  return found;
}

/** Errors of a page: exceptions, failed loads and what the console calls an error. Filled as they come. */
export function pageErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`);
  });
  return errors;
}

/** How much one of the page's stores in IndexedDB holds. */
export function countStore(page: Page, database: string, store: string): Promise<number> {
  return page.evaluate(
    ([name, within]) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open.`));
        opening.onsuccess = () => {
          const { result } = opening;
          result.transaction(within).objectStore(within).count().onsuccess = ({ target }) => {
            resolve((target as IDBRequest<number>).result);
            result.close();
          };
        };
      }),
    [database, store] as const,
  );
}

/**
 * Keeps one of the page's stores in IndexedDB busy, as a slow disk does: whatever is to be written waits until the answer
 * is called.
 */
export async function holdStore(page: Page, database: string, store: string): Promise<() => Promise<void>> {
  await page.evaluate(
    async ([name, within]) => {
      const opened = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(`${name} does not open.`));
      });
      const transaction = opened.transaction(within, 'readwrite');
      // A transaction lasts for as long as something is asked of it.
      const ask = () => {
        if ('storeIsFree' in globalThis) return opened.close();
        transaction.objectStore(within).count().onsuccess = ask;
      };
      ask();
    },
    [database, store] as const,
  );
  return () => page.evaluate(() => void Object.assign(globalThis, { storeIsFree: true }));
}
