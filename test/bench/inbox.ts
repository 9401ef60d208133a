/**
 * The agents' inbox in Chromium: opening it, going from one conversation to another, sending, and scrolling long lists,
 * each beside a plain page with the same rows or messages, or beside a bare object for what goes over the network.
 */
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { BareClient, startBare } from './bare.ts';
import { servePlainPages, words } from './plain.ts';
import { addProbe, scroll, shownAfter, shownAt, type Frames } from './probe.ts';
import { greet, inParallel, setStage, type Conversation, type Stage } from './stage.ts';
import { ms, printTable, quantile } from './table.ts';

const few = 1_000;
const many = 10_000;
/** Samples of each time; the table shows their medians. */
const samples = 15;
const navigations = 7;
const scrolledFrames = 300;
/** A quick turn of the wheel: ten screens a second. */
const pixelsPerFrame = 150;
const width = 40;
const localLimitMs = 100;
/** Below 60 a second only where the plain page is, too. */
const rateLimit = 57;

const rowsOf = '.rows';
const row = 'a.session';
const bubble = '.log .message .words';
const scroller = '.scroller[aria-label="Conversation"]';

const median = (taken: readonly number[]) => quantile(taken, 0.5);

/** Opens sessions until there are `count`, each with the first message of a visitor who has left since. */
async function fill(stage: Stage, conversations: Conversation[], count: number): Promise<void> {
  const start = conversations.length;
  await inParallel(count - start, width, async (index) => {
    const at = start + index;
    const visitor = stage.visitor(at);
    await visitor.connect(60_000);
    conversations[at] = await greet(stage, visitor, at);
    visitor.close();
  });
}

/** A page of the agent's, signed in and measuring. */
async function openInbox(stage: Stage, page: Page): Promise<void> {
  const [name = '', value = ''] = (stage.desks[0]?.cookie ?? '').split(/=(.*)/s);
  await page.context().addCookies([{ name, value, url: stage.server.url }]);
  await page.goto(`${stage.server.url}/inbox`);
}

async function navigate(page: Page, url: string, selector: string): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count <= navigations; count += 1) {
    const time = await shownAt(page, url, selector);
    // The first one fills the browser's caches.
    if (count > 0) taken.push(time);
  }
  return median(taken);
}

/** Clicks through rows of the list and answers the median times: at the first visit, and when they are in the page. */
async function switching(page: Page): Promise<{ first: number; again: number }> {
  const visit = async (at: number) => {
    const link = page.locator(row).nth(at);
    const text = (await link.locator('.line').innerText()).trim();
    return shownAfter(page, 'click', { selector: bubble, text }, () => link.click());
  };
  const round = async () => {
    const taken: number[] = [];
    for (let at = 0; at < samples; at += 1) taken.push(await visit(at));
    return median(taken);
  };
  return { first: await round(), again: await round() };
}

async function sending(page: Page): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count < samples; count += 1) {
    const text = `answer ${count}`;
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    const press = () => page.keyboard.press('Enter');
    taken.push(await shownAfter(page, 'keydown', { selector: bubble, text }, press));
  }
  return median(taken);
}

async function storing(): Promise<number> {
  const server = await startBare();
  const client = new BareClient(server.url, 'inbox');
  try {
    await client.opened;
    const taken: number[] = [];
    for (let count = 0; count < samples; count += 1) {
      const start = performance.now();
      await client.echo(`answer ${count}`);
      taken.push(performance.now() - start);
    }
    return median(taken);
  } finally {
    client.close();
    await server.stop();
  }
}

/** Scrolls to the end until all sessions are in the page. */
async function loadAll(page: Page, count: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const size = await page
      .locator(row)
      .first()
      .evaluate((link) => link.parentElement?.ariaSetSize);
    if (Number(size) >= count) return;
    if (Date.now() > deadline) throw new Error(`The list has ${size} of ${count} sessions.`);
    await page.locator(rowsOf).evaluate((rows) => rows.scrollTo(0, rows.scrollHeight));
  }
}

/** Scrolls up until the first of the messages is in the page. */
async function loadMessages(page: Page): Promise<void> {
  const deadline = Date.now() + 240_000;
  const oldest = page.locator('.log').getByText('Session started', { exact: false });
  while ((await oldest.count()) === 0) {
    if (Date.now() > deadline) throw new Error('The oldest messages did not come.');
    await page.locator(scroller).evaluate((log) => log.scrollTo(0, 0));
  }
}

async function reopening(page: Page): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count < samples; count += 1) {
    await page.evaluate(() => {
      history.pushState({}, '', '/profile');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await page.locator('pl-profile').waitFor();
    const link = page.getByRole('navigation').getByRole('link', { name: /^Inbox/ });
    taken.push(await shownAfter(page, 'click', { selector: row }, () => link.click()));
  }
  return median(taken);
}

/** Goes to and fro between the conversation of this text and the one above it in the list. */
async function returning(page: Page, last: string): Promise<number> {
  const taken: number[] = [];
  const long = page.locator(row).filter({ hasText: last });
  const other = page.locator(row).filter({ hasNotText: last }).first();
  for (let count = 0; count < samples; count += 1) {
    await other.click();
    await page.locator(bubble).getByText(last, { exact: true }).waitFor({ state: 'detached' });
    taken.push(await shownAfter(page, 'click', { selector: bubble, text: last }, () => long.click()));
  }
  return median(taken);
}

/** One conversation of 10,000 messages, the newest of the list; answers the text of its last one. */
async function talk({ desk, session }: Conversation): Promise<string> {
  await inParallel(many - 1, width, async (at) => void (await desk.send(session, words(at))));
  const last = 'the last of many';
  await desk.send(session, last);
  return last;
}

export async function inbox(): Promise<string[]> {
  const stage = await setStage(1);
  const plain = await servePlainPages();
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const bare = await context.newPage();
  const rows: string[][] = [];
  const missed: string[] = [];
  const time = (name: string, taken: number, base: number, limit: number | null) => {
    rows.push([name, ms(taken), ms(base), limit === null ? '' : `${limit} ms`]);
    if (limit !== null && taken > limit) missed.push(`${name} takes ${ms(taken)}, at most ${limit} ms`);
  };
  const even = (name: string, frames: Frames, base: Frames) => {
    const say = ({ rate, late }: Frames) => `${rate.toFixed(1)}/s, ${(late * 100).toFixed(0)}% late`;
    rows.push([name, say(frames), say(base), `${rateLimit}/s`]);
    if (frames.rate < Math.min(rateLimit, base.rate * 0.95))
      missed.push(`${name}: ${frames.rate.toFixed(1)} frames a second, at least ${rateLimit}`);
  };
  try {
    await Promise.all([addProbe(page), addProbe(bare)]);
    const conversations: Conversation[] = [];
    await fill(stage, conversations, few);
    await openInbox(stage, page);
    await bare.goto(`${plain.url}/rows?n=${few}`);
    const plainShow = async () => {
      const taken: number[] = [];
      for (let count = 1; count <= samples; count += 1) {
        const wait = { selector: '.message', text: `shown ${count}` };
        taken.push(await shownAfter(bare, 'click', wait, () => bare.getByRole('button').click()));
      }
      return median(taken);
    };

    await page.bringToFront();
    const opening = await navigate(page, `${stage.server.url}/inbox`, row);
    await bare.bringToFront();
    time(
      `open with ${few} sessions`,
      opening,
      await navigate(bare, `${plain.url}/rows?n=${few}`, 'li'),
      null,
    );
    const showing = await plainShow();
    await page.bringToFront();
    const { first, again } = await switching(page);
    time('go to a conversation, from the edge', first, showing, null);
    time('go to a conversation, from local data', again, showing, localLimitMs);
    time('send → shown as stored', await sending(page), await storing(), null);

    await fill(stage, conversations, many);
    const long = conversations[many - 1];
    if (!long) throw new Error('There is no conversation.');
    const last = await talk(long);
    await page.reload();
    await page.locator(row).first().waitFor();
    await loadAll(page, many);
    await page.locator(rowsOf).evaluate((list) => list.scrollTo(0, 0));
    time(`open with ${many} sessions, from local data`, await reopening(page), showing, localLimitMs);
    const list = await scroll(page, rowsOf, pixelsPerFrame, scrolledFrames);
    await page.locator(rowsOf).evaluate((element) => element.scrollTo(0, 0));
    await page.locator(row).filter({ hasText: last }).click();
    await page.locator(bubble).getByText(last, { exact: true }).waitFor();
    await loadMessages(page);
    time(`go to ${many} messages, from local data`, await returning(page, last), showing, localLimitMs);
    const log = await scroll(page, scroller, -pixelsPerFrame, scrolledFrames);

    await bare.bringToFront();
    await bare.goto(`${plain.url}/rows?n=${many}`);
    even(`scroll ${many} sessions`, list, await scroll(bare, rowsOf, pixelsPerFrame, scrolledFrames));
    await bare.goto(`${plain.url}/messages?n=${many}`);
    even(`scroll ${many} messages`, log, await scroll(bare, scroller, pixelsPerFrame, scrolledFrames));

    const title = `The inbox in Chromium, medians (beside: a plain page; for sending, a bare object that stores)`;
    printTable(title, ['', 'inbox', 'beside', 'limit'], rows);
    return missed;
  } finally {
    await browser.close();
    await plain.stop();
    await stage.stop();
  }
}
