/** LC-10: the widget's languages, from the channel or from the visitor's browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages, type Language } from '../../core/language.ts';
import { newLiveChat } from '../../core/channel.ts';
import { launchBrowser } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { embed, startSite, Widget, type Site } from '../support/site.ts';
import { setUp } from '../support/workspace.ts';
import type { CallWords } from '../../widget/call/words.ts';
import { words as englishCalls } from '../../widget/call/locales/en.ts';
import type { Words } from '../../widget/words.ts';
import { words as english } from '../../widget/locales/en.ts';

let server: Server;
let browser: Browser;
let site: Site;
const tags = Object.keys(languages) as Language[];

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  const workspace = await setUp(server);
  const destination = { kind: 'queue' as const, id: (await workspace.queue([await workspace.agent()])).id };
  const { preChat, appearance } = newLiveChat(destination);
  const shown = {
    preChat: {
      ...preChat,
      enabled: true,
      lastName: 'optional',
      email: 'optional',
      phone: 'optional',
    } as const,
    appearance: { ...appearance, launcher: { style: 'pill', icon: 'chat', label: '' } as const },
  };
  const pages: Record<string, { body: string }> = {};
  for (const language of [...tags, 'auto'] as const) {
    const { number } = await workspace.channel(destination, { ...shown, language });
    pages[`/${language}`] = { body: embed(server.url, number) };
  }
  site = await startSite(pages);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await server.stop();
});

/** All texts of a language by their paths. */
function texts(words: Words | CallWords): Record<string, string> {
  return Object.fromEntries(
    Object.entries(words).flatMap(([name, text]: [string, string | Record<string, string>]) =>
      typeof text === 'string'
        ? [[name, text]]
        : Object.entries(text).map(([inner, said]) => [`${name}.${inner}`, said]),
    ),
  ) as Record<string, string>;
}

const prefixed = (words: CallWords) =>
  Object.fromEntries(Object.entries(texts(words)).map(([name, text]) => [`calls.${name}`, text]));

const loadWords = async (language: Language) =>
  ((await import(`../../widget/locales/${language}.ts`)) as { words: Words }).words;

const loadCallWords = async (language: Language) =>
  ((await import(`../../widget/call/locales/${language}.ts`)) as { words: CallWords }).words;

describe('languages', () => {
  it.each(tags)(
    '[LC-10] %s is whole, fills the same places, and is not English left over',
    async (language) => {
      const own = { ...texts(await loadWords(language)), ...prefixed(await loadCallWords(language)) };
      const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();
      for (const [name, text] of Object.entries({ ...texts(english), ...prefixed(englishCalls) })) {
        expect(own[name]?.trim(), name).toBeTruthy();
        expect(holes(own[name] ?? ''), name).toEqual(holes(text));
        // Words may be the same in two languages; sentences are not.
        if (language !== 'en' && text.includes(' ') && text.endsWith('.'))
          expect(own[name], name).not.toBe(text);
      }
    },
  );

  it.each(tags)('[LC-10] %s is what the panel speaks, laid out in its direction', async (language) => {
    const words = await loadWords(language);
    const page = await browser.newPage();
    await page.goto(`${site.url}/${language}`);
    const widget = new Widget(page);
    await expect.poll(() => widget.launcher.innerText()).toBe(words.chat);
    await widget.open();
    expect(await widget.panel.getAttribute('lang')).toBe(language);
    expect(await widget.panel.getAttribute('dir')).toBe(languages[language].rtl ? 'rtl' : 'ltr');
    const form = page.locator('parley-form');
    for (const label of [words.firstName, words.email, words.startChat]) {
      await form.getByText(label, { exact: false }).first().waitFor();
    }
    await form.locator('input[name=firstName]').fill('X');
    await form.locator('.primary').click();
    await page.getByPlaceholder(words.writeMessage).waitFor();
    // The sending button stands at the end of the line, wherever that is.
    const [send, emoji] = [page.locator('parley-composer .send'), page.locator('parley-composer .emoji')];
    const after = ((await send.boundingBox())?.x ?? 0) > ((await emoji.boundingBox())?.x ?? 0);
    expect(after).toBe(!languages[language].rtl);
    await page.close();
  });

  it.each([
    ['pt-BR', 'pt'],
    ['zh-TW', 'zh-Hant'],
    ['zh-CN', 'zh-Hans'],
    ['fi', 'en'],
  ])('[LC-10] a browser in %s gets %s when the channel leaves it open', async (locale, language) => {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(`${site.url}/auto`);
    const widget = new Widget(page);
    await widget.open();
    expect(await widget.panel.getAttribute('lang')).toBe(language);
    await context.close();
  });
});
