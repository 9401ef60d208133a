/** Measures inside a page what a person waits for: when something is on the screen, and how evenly it scrolls. */
import type { Page } from 'playwright-core';

export interface Frames {
  /** Frames a second. */
  rate: number;
  /** Share of frames that came later than a screen of 60 Hz wants them, 0 to 1. */
  late: number;
}

interface Probe {
  /** Begins to wait for the text to be painted, from the next event of this type (empty: from the navigation) on. */
  watch(type: string, selector: string, text: string): void;
  /** Ms that the last one that was watched for has taken. */
  taken: Promise<number>;
  /** Scrolls by so many pixels each frame and answers the times between frames, ms. */
  scroll(selector: string, pixels: number, frames: number): Promise<number[]>;
}

/** One frame at 60 Hz, and what its time stamp may be off, ms. */
const frameMs = 1_000 / 60;
const slackMs = 1;

/** Who waits longer sees that something is wrong, ms. */
const waitMs = 30_000;

/** Runs in the page, before anything of it does. */
function install(waitMs: number): void {
  /** The first match, in shadow roots too. */
  const find = (selector: string, text: string, root: ParentNode = document): HTMLElement | null => {
    for (const element of root.querySelectorAll<HTMLElement>(selector)) {
      if (text === '' || element.textContent?.trim() === text) return element;
    }
    for (const element of root.querySelectorAll('*')) {
      const found = element.shadowRoot && find(selector, text, element.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  const event = (type: string) =>
    new Promise<number>((resolve) => {
      addEventListener(type, ({ timeStamp }) => resolve(timeStamp), { capture: true, once: true });
    });
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const shown = async (from: Promise<number> | number, selector: string, text: string) => {
    const start = await from;
    while (!find(selector, text)) {
      if (performance.now() - start > waitMs) throw new Error(`"${text}" in ${selector} was not shown.`);
      await frame();
    }
    // What is found before a frame is painted with it; a task behind the frame comes after.
    await frame();
    await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - start;
  };
  const probe: Probe = {
    taken: Promise.resolve(0),
    watch(type, selector, text) {
      this.taken = shown(type === '' ? 0 : event(type), selector, text);
      // It is asked for later.
      this.taken.catch(() => undefined);
    },
    async scroll(selector, pixels, frames) {
      const scroller = find(selector, '');
      if (!scroller) throw new Error(`There is no ${selector}.`);
      const between: number[] = [];
      let before = await frame();
      for (let count = 0; count < frames; count += 1) {
        scroller.scrollTop += pixels;
        const now = await frame();
        between.push(now - before);
        before = now;
      }
      return between;
    },
  };
  Object.assign(globalThis, { probe });
}

/** Puts the probe into a page and all that it will load. */
export async function addProbe(page: Page): Promise<void> {
  await page.addInitScript(install, waitMs);
}

interface Wait {
  selector: string;
  /** The whole text of the element; any, when it is not said. */
  text?: string;
}

/** Ms from the event of this type that `act` brings until the element is painted. */
export async function shownAfter(
  page: Page,
  type: 'click' | 'keydown',
  { selector, text = '' }: Wait,
  act: () => Promise<unknown>,
): Promise<number> {
  await page.evaluate(
    ([of, what, words]) => (globalThis as unknown as { probe: Probe }).probe.watch(of, what, words),
    [type, selector, text] as const,
  );
  await act();
  return page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.taken);
}

/** Ms from the navigation to `url` until the element is painted. */
export async function shownAt(page: Page, url: string, selector: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  return page.evaluate((what) => {
    const { probe } = globalThis as unknown as { probe: Probe };
    probe.watch('', what, '');
    return probe.taken;
  }, selector);
}

/** Scrolls for so many frames, `pixels` in each; negative ones go up. */
export async function scroll(page: Page, selector: string, pixels: number, frames: number): Promise<Frames> {
  const between = await page.evaluate(
    ([what, by, count]) => (globalThis as unknown as { probe: Probe }).probe.scroll(what, by, count),
    [selector, pixels, frames] as const,
  );
  const total = between.reduce((sum, one) => sum + one, 0);
  return {
    rate: (between.length / total) * 1_000,
    late: between.filter((one) => one > frameMs + slackMs).length / between.length,
  };
}
