/** What an agent can send on providers' channels, and what the composer says where they cannot. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { ToAgentFrame } from '../../core/protocol.ts';
import type { AcceptedMessage } from '../simulators/providers/simulator.ts';
import { axe, countStore } from '../support/browser.ts';
import type { Screen } from '../support/console.ts';
import { openRow, startInbox, type InboxStage } from '../support/inboxStage.ts';
import { inboxTemplates } from '../support/inboxTemplates.ts';
import { samplePng } from '../support/samplePicture.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;
const anna = '+15550001111';
const psid = '7400111222333444';
const texter = '+17045550187';

let stage: InboxStage;
let screen: Screen;
let page: Page;

const log = () => page.getByRole('log');
const composer = () => page.getByRole('textbox', { name: 'Message' });
const message = (text: string) => log().locator('.message').filter({ hasText: text }).last();
const picker = () => page.locator('pl-composer > input[type=file], pl-composer input[multiple]');
const png = (name: string) => ({ name, mimeType: 'image/png', buffer: samplePng() });
/** The next message that WhatsApp accepts, once `act` is done. */
async function next(
  act: () => Promise<unknown>,
): Promise<AcceptedMessage & { raw: Record<string, unknown> }> {
  const { accepted } = stage.whatsapp;
  const before = accepted.length;
  await act();
  await until(() => accepted.length > before, 'the message at WhatsApp');
  return accepted[before] as AcceptedMessage & { raw: Record<string, unknown> };
}
/** The open dialog with what is slotted into it. */
const dialogOf = (at: Page) => at.locator('wa-dialog[open]');
const fill = (label: string, text: string) => dialogOf(page).getByLabel(label, { exact: true }).fill(text);
const choose = async (what: 'Template' | 'Location') => {
  await page.getByRole('button', { name: 'Template or location' }).click();
  await page.getByRole('menuitem', { name: what }).click();
};

beforeAll(async () => {
  stage = await startInbox(inboxTemplates);
  const { whatsapp, facebook, twilio, numbers } = stage;
  await whatsapp.customerDoes(anna, {
    type: 'text',
    text: { body: 'Is my order ready?' },
    id: 'wamid.ask',
  });
  await facebook.customerSends({ from: psid, to: numbers.facebook, text: 'Hi from Messenger' });
  await twilio.customerSends({ from: texter, to: numbers.sms, text: 'Hi by text' });
  screen = await stage.open();
  page = screen.page;
  await openRow(page, 'Zoë Ågren');
});
afterAll(async () => {
  await stage.stop();
});

describe('the composer on WhatsApp', () => {
  it('[AG-12] [WA-02] sends several files with a text, and shows them in its place', async () => {
    await picker().setInputFiles([
      png('one.png'),
      { name: 'prices.txt', mimeType: 'text/plain', buffer: Buffer.from('Lamp 20') },
      png('not this one.png'),
    ]);
    await page.getByRole('button', { name: 'Remove not this one.png' }).click();
    await composer().fill('Both for you');
    const before = stage.whatsapp.accepted.length;
    const first = await next(() => page.keyboard.press('Enter'));
    expect(first.text).toBe('Both for you');
    await until(() => stage.whatsapp.accepted.length === before + 2, 'both files');
    const links = stage.whatsapp.accepted.slice(before).flatMap(({ media }) => media);
    const types = await Promise.all(
      links.map(async (link) => (await fetch(link)).headers.get('content-type')),
    );
    expect(types.map((type) => type?.split(';')[0])).toEqual(['image/png', 'text/plain']);
    expect(await composer().inputValue()).toBe('');
    const sent = message('Both for you');
    await sent.getByRole('button', { name: 'Open one.png' }).waitFor();
    await sent.getByRole('link', { name: 'Download prices.txt' }).waitFor();
    await sent.getByText('Delivered').waitFor();
  });

  it('[AG-12] takes files that are dropped or pasted, whatever they are', async () => {
    const give = (selector: string, kind: 'drop' | 'paste') =>
      page.locator(selector).evaluate((element, how) => {
        const data = new DataTransfer();
        data.items.add(new File(['Lamp 20'], `${how}.csv`, { type: 'text/csv' }));
        const options = { bubbles: true, composed: true, cancelable: true };
        element.dispatchEvent(
          how === 'drop'
            ? new DragEvent('drop', { ...options, dataTransfer: data })
            : new ClipboardEvent('paste', { ...options, clipboardData: data }),
        );
      }, kind);
    await give('pl-conversation', 'drop');
    await give('pl-composer textarea', 'paste');
    for (const name of ['drop.csv', 'paste.csv']) {
      await page.getByRole('button', { name: `Remove ${name}` }).click();
    }
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });

  it('[AG-12] puts text and files that were refused back into the composer', async () => {
    await page.route('**/api/media?**', (route) =>
      route.fulfill({
        status: 413,
        json: { error: { code: 'file_too_large', message: 'The file is larger than this channel allows.' } },
      }),
    );
    await picker().setInputFiles(png('refused.png'));
    await composer().fill('With a picture');
    await page.keyboard.press('Enter');
    const failure = log().getByRole('alert').filter({ hasText: 'larger than this channel allows' });
    await failure.getByRole('button', { name: 'Edit' }).click();
    await expect.poll(() => composer().inputValue()).toBe('With a picture');
    await page.getByRole('button', { name: 'Remove refused.png' }).click();
    await composer().fill('');
    expect(await failure.count()).toBe(0);
    await page.unroute('**/api/media?**');
  });

  it('[AG-12] shows how far an upload is, and takes it back', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/media?**', async (route) => {
      await held;
      // Taken back by then, so there may be nothing left to end.
      await route.abort().catch(() => undefined);
    });
    await picker().setInputFiles(png('never.png'));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await log().getByRole('progressbar', { name: 'Sending never.png' }).waitFor();
    await log().getByRole('button', { name: 'Cancel' }).click();
    await log().getByRole('progressbar').waitFor({ state: 'detached' });
    release();
    await page.unroute('**/api/media?**');
    expect(await log().getByAltText('never.png').count()).toBe(0);
    await expect.poll(() => countStore(page, 'parley-inbox', 'outbox')).toBe(0);
    await page.reload();
    await message('Both for you').waitFor();
    expect(await log().getByAltText('never.png').count()).toBe(0);
  });

  it('[AG-12] keeps files and text over a lost connection and a reload, and delivers them once', async () => {
    await stage.server.kill();
    await page.getByText('No connection. Trying again').waitFor();
    await picker().setInputFiles([png('first.png'), png('second.png')]);
    await composer().fill('Written offline');
    await page.keyboard.press('Enter');
    await log().getByText('Written offline').waitFor();
    await expect.poll(() => countStore(page, 'parley-inbox', 'outbox')).toBe(1);
    await stage.server.restart();
    await page.reload();
    const sent = message('Written offline');
    await sent.getByRole('button', { name: 'Open second.png' }).waitFor({ timeout: 40_000 });
    await sent.getByText('Delivered').waitFor();
    const { accepted } = stage.whatsapp;
    expect(accepted.filter(({ text }) => text === 'Written offline')).toHaveLength(1);
    expect(await log().getByText('Written offline').count()).toBe(1);
  });

  it('[CH-11] refuses a file over the limit before any of it is sent, and leaves the rest', async () => {
    const uploads: string[] = [];
    page.on('request', (request) => request.url().includes('/api/media') && uploads.push(request.url()));
    await openRow(page, texter);
    await picker().setInputFiles([
      { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(5_300_000) },
      png('small.png'),
    ]);
    await page.getByText('film.mp4 has 5.1 MB. This channel takes files of up to 4.8 MB.').waitFor();
    await page.getByRole('button', { name: 'Remove small.png' }).click();
    expect(await page.getByRole('button', { name: 'Remove film.mp4' }).count()).toBe(0);
    expect(uploads).toEqual([]);
    await openRow(page, 'Zoë Ågren');
  });

  it('[WA-02] answers one message, chosen by its button and taken back by Escape', async () => {
    const reply = page.getByRole('button', { name: 'Reply to: Is my order ready?' });
    await reply.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Do not reply to it' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Do not reply to it' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toMatch(/^\/inbox\/.+/);
    await reply.click();
    await page.keyboard.type('It is');
    const { raw } = await next(() => page.keyboard.press('Enter'));
    expect(raw.context).toEqual({ message_id: 'wamid.ask' });
    await log()
      .getByRole('button')
      .filter({ hasText: 'Is my order ready?' })
      .filter({ hasText: 'Zoë Ågren' })
      .waitFor();
    expect(await page.getByRole('button', { name: 'Do not reply to it' }).count()).toBe(0);
  });

  it('[WA-02] sends a place from a Google Maps address', async () => {
    await choose('Location');
    const dialog = dialogOf(page);
    await dialog.getByRole('button', { name: 'Send location' }).click();
    await dialog.getByText('Enter a number from -90 to 90.').waitFor();
    await fill('Google Maps address', 'https://maps.app.goo.gl/abc');
    await dialog.getByText('This is a short link.').waitFor();
    await fill(
      'Google Maps address',
      'https://www.google.com/maps/place/Main+Station/@47.37,8.54,17z/data=!3d47.3769!4d8.5417',
    );
    await expect.poll(() => dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('Main Station');
    await fill('Address', 'Example Square 1');
    const { raw } = await next(() => dialog.getByRole('button', { name: 'Send location' }).click());
    expect(raw.location).toEqual({
      latitude: 47.3769,
      longitude: 8.5417,
      name: 'Main Station',
      address: 'Example Square 1',
    });
    await message('Main Station').getByText('Delivered').waitFor();
  });
});

describe('a template', () => {
  it('[WA-05] is found, filled in beside its preview, with the error at each field, and sent', async () => {
    await choose('Template');
    const dialog = dialogOf(page);
    await dialog.getByRole('searchbox', { name: 'Search templates' }).fill('order');
    await dialog.getByRole('button', { name: /new_lamps/ }).waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: /pick_up/ }).click();
    await dialog.getByRole('button', { name: 'Send template' }).click();
    await dialog.getByText('WhatsApp needs all four').first().waitFor();
    expect(await dialog.getByText('Fill this in.', { exact: true }).count()).toBe(3);
    expect(await axe(page, 'pl-app')).toEqual([]);
    await fill(
      'Google Maps address',
      'https://www.google.com/maps/place/Main+Station/@47.37,8.54,17z/data=!3d47.3769!4d8.5417',
    );
    await fill('Address', 'Example Square 1');
    await fill('Text, variable 1', 'Anna');
    await fill('Text, variable 2', 'A-17');
    await fill('Button "See the order"', '17');
    const preview = dialog.getByRole('region', { name: 'Preview' });
    for (const text of ['Hello Anna, order A-17 is ready.', 'Main Station', 'Example Shop']) {
      await preview.getByText(text).waitFor();
    }
    const { raw } = await next(() => dialog.getByRole('button', { name: 'Send template' }).click());
    expect(raw.template).toMatchObject({ name: 'pick_up', language: { code: 'en' } });
    expect(JSON.stringify(raw.template)).toContain('"latitude":47.3769');
    const sent = message('Hello Anna, order A-17 is ready.');
    for (const text of ['Main Station', 'Example Shop', 'See the order', 'Thanks', 'Delivered']) {
      await sent.getByText(text).waitFor();
    }
  });

  it('[WA-05] carries a picture in its header, and values by their names', async () => {
    await choose('Template');
    const dialog = dialogOf(page);
    await dialog.getByRole('button', { name: /new_lamps/ }).click();
    await fill('first_name', 'Anna');
    await dialog.getByRole('button', { name: 'Send template' }).click();
    await dialog.getByText('WhatsApp does not send the sample.').waitFor();
    await dialog.locator('input[type=file]').setInputFiles(png('lamp.png'));
    const { media, raw } = await next(() => dialog.getByRole('button', { name: 'Send template' }).click());
    expect((await fetch(media[0] ?? '')).headers.get('content-type')).toBe('image/png');
    expect(JSON.stringify(raw.template)).toContain('"parameter_name":"first_name"');
    const sent = message('Hallo Anna, neue Lampen!');
    await sent.getByRole('button', { name: 'Open lamp.png' }).waitFor();
    await sent.getByText('Delivered').waitFor();
  });
});

describe('SMS', () => {
  it('[CH-13] counts segments while one types, and says what they are; other channels have none', async () => {
    await openRow(page, texter);
    const count = page.locator('pl-composer').getByRole('note');
    await composer().fill('a'.repeat(160));
    await expect.poll(() => count.textContent()).toContain('0/1');
    await composer().fill('a'.repeat(161));
    await expect.poll(() => count.textContent()).toContain('145/2');
    expect(await count.getAttribute('aria-label')).toContain('GSM-7');
    await composer().fill('Grüße 🙂');
    await expect.poll(() => count.textContent()).toContain('62/1');
    expect(await count.getByText('UCS-2').isVisible()).toBe(false);
    await count.focus();
    await count.getByText('UCS-2').waitFor();
    await composer().fill('');
    await openRow(page, 'Zoë Ågren');
    await composer().fill('a text');
    expect(await count.count()).toBe(0);
    await composer().fill('');
  });

  it('[CH-14] gives way to the reason when the customer opts out, and comes back with them', async () => {
    const { twilio, numbers } = stage;
    await openRow(page, texter);
    await twilio.customerSends({ from: texter, to: numbers.sms, text: 'STOP' });
    await page.getByText('has opted out of messages from this number').waitFor();
    expect(await composer().count()).toBe(0);
    await log().getByText('The customer has opted out of messages').waitFor();
    await page
      .getByRole('region', { name: 'Session details' })
      .getByText('Opted out of messages since')
      .waitFor();
    await twilio.customerSends({ from: texter, to: numbers.sms, text: 'START' });
    await composer().waitFor();
  });

  it('[CH-14] [AG-12] keeps a text that was refused, to be sent again or edited', async () => {
    const { twilio, numbers } = stage;
    const behind = await stage.open({}, (frame) => {
      if (frame.kind === 'welcome') for (const one of frame.sessions) one.optedOut = false;
      if (frame.kind === 'session') frame.session.optedOut = false;
    });
    await openRow(behind.page, texter);
    await twilio.customerSends({ from: texter, to: numbers.sms, text: 'STOP' });
    await behind.page.getByRole('log').getByText('The customer has opted out').last().waitFor();
    const area = behind.page.getByRole('textbox', { name: 'Message' });
    await area.fill('Typed too late');
    await behind.page.keyboard.press('Enter');
    const failure = behind.page.getByRole('log').getByRole('alert').filter({ hasText: 'opted out' });
    await failure.waitFor();
    await behind.page.getByRole('log').getByText('Typed too late').waitFor();
    await failure.getByRole('button', { name: 'Edit' }).click();
    await expect.poll(() => area.inputValue()).toBe('Typed too late');
    expect(await failure.count()).toBe(0);
    expect(twilio.accepted.map(({ text }) => text)).not.toContain('Typed too late');
    await behind.close();
  });
});

describe('the time to answer', () => {
  /** An inbox in which the customer wrote `ageMs` ago. */
  async function after(ageMs: number, text: string): Promise<Screen> {
    const at = Date.now() - ageMs;
    const aged = (frame: ToAgentFrame) => {
      const sessions = 'sessions' in frame ? frame.sessions : 'session' in frame ? [frame.session] : [];
      for (const one of sessions) if (typeof one === 'object') one.lastInboundAt = at;
    };
    const opened = await stage.open({}, aged);
    await openRow(opened.page, text);
    return opened;
  }

  it.each([
    [
      '[WA-04] WhatsApp, fresh',
      2 * hour + 1_000,
      'Zoë Ågren',
      /^\s*21 h 5\d min left to answer freely\s*$/,
      false,
    ],
    ['[WA-04] WhatsApp, in its last hour', 23.5 * hour, 'Zoë Ågren', /^\s*(29|30) min left/, true],
    [
      '[FB-04] Messenger, fresh',
      hour + 1_000,
      'Facebook user',
      /22 h 5\d min left to answer freely, 6 days in all/,
      false,
    ],
    [
      '[FB-04] Messenger, by hand',
      72 * hour + 1_000,
      'Facebook user',
      /3 days left to answer by hand/,
      false,
    ],
  ])('is said: %s', async (_what, age, text, words, soon) => {
    const opened = await after(age, text);
    const line = opened.page.locator('pl-composer .window');
    await expect.poll(() => line.textContent()).toMatch(words);
    expect(await line.evaluate((element) => element.classList.contains('soon'))).toBe(soon);
    expect(await opened.page.getByRole('textbox', { name: 'Message' }).count()).toBe(1);
    await opened.close();
  });

  it('[WA-04] ends while one looks on: then a template is offered', async () => {
    const opened = await after(24 * hour - 15_000, 'Zoë Ågren');
    const at = opened.page;
    await at.locator('pl-composer').getByText('Less than a minute left').waitFor();
    await at.getByRole('textbox', { name: 'Message' }).fill('Half a sent');
    await at.getByText('More than 24 hours have passed').waitFor({ timeout: 40_000 });
    expect(await at.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
    await at.getByRole('button', { name: 'Choose a template' }).click();
    await dialogOf(at)
      .getByRole('button', { name: /pick_up/ })
      .waitFor();
    await opened.close();
  });

  it('[FB-04] is over on Messenger after seven days, with the reason and nothing to send', async () => {
    const opened = await after(7 * 24 * hour + 1_000, 'Facebook user');
    await opened.page.getByText('Messenger takes answers for 7 days').waitFor();
    expect(await opened.page.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
    expect(await opened.page.getByRole('button', { name: 'Choose a template' }).count()).toBe(0);
    await opened.close();
  });
});
