/** Everything that providers carry, as the agent sees it: kinds of messages, files, reports, failures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { LogEvent } from '../../core/log.ts';
import type { ToAgentFrame } from '../../core/protocol.ts';
import { axeInBothThemes } from '../support/browser.ts';
import type { Screen } from '../support/console.ts';
import { openRow, startInbox, type InboxStage } from '../support/inboxStage.ts';
import { samplePng } from '../support/samplePicture.ts';
import { silentWav } from '../support/sampleSound.ts';

const anna = '+15550001111';
const psid = '7400111222333444';
let stage: InboxStage;
let screen: Screen;
let page: Page;

const log = () => page.getByRole('log');
const composer = () => page.getByRole('textbox', { name: 'Message' });
/** The message that holds a text, with everything that was said about it. */
const message = (text: string) => log().locator('.message').filter({ hasText: text }).last();
const write = async (text: string) => {
  await composer().fill(text);
  await page.keyboard.press('Enter');
};
const says = (text: string, more: object = {}) =>
  stage.whatsapp.customerDoes(anna, { type: 'text', text: { body: text }, ...more });

beforeAll(async () => {
  stage = await startInbox();
  screen = await stage.open();
  page = screen.page;
  await says('Hello, is this lamp in stock?', { id: 'wamid.first' });
  await openRow(page, 'is this lamp in stock');
});
afterAll(async () => {
  await stage.stop();
});

describe('messages of customers', () => {
  it('[WA-02] are shown by their kind: location, contacts, and what cannot be shown', async () => {
    await stage.whatsapp.customerDoes(anna, {
      type: 'location',
      location: {
        latitude: 47.3769,
        longitude: 8.5417,
        name: 'Main station',
        address: 'Example Square 1',
      },
    });
    const place = message('Main station');
    await place.getByText('Example Square 1').waitFor();
    await place.getByText('47.37690, 8.54170').waitFor();
    const map = place.getByRole('link', { name: 'Open in a map' });
    expect(await map.getAttribute('href')).toContain('query=47.3769%2C8.5417');
    expect([await map.getAttribute('target'), await map.getAttribute('rel')]).toEqual([
      '_blank',
      'noopener noreferrer',
    ]);

    await stage.whatsapp.customerDoes(anna, {
      type: 'contacts',
      contacts: [
        {
          name: { formatted_name: 'Ben Example', first_name: 'Ben' },
          org: { company: 'Example Ltd' },
          phones: [{ phone: '+1 555 000 2222', type: 'WORK' }],
          emails: [{ email: 'ben@example.com' }],
        },
      ],
    });
    const card = message('Ben Example');
    expect(await card.getByRole('link', { name: '+1 555 000 2222' }).getAttribute('href')).toBe(
      'tel:+15550002222',
    );
    expect(await card.getByRole('link', { name: 'ben@example.com' }).getAttribute('href')).toBe(
      'mailto:ben@example.com',
    );

    await stage.whatsapp.customerDoes(anna, { type: 'poll', poll: {} });
    await message('cannot be shown here: poll').waitFor();
  });

  it('[WA-02] [CH-10] bring files: a picture to enlarge, a document to save, sound to play', async () => {
    const bytes = samplePng();
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    await stage.whatsapp.customerSends({
      from: anna,
      to: stage.numbers.whatsapp,
      text: 'My receipt',
      files: [
        { name: 'receipt.png', type: 'image/png', bytes },
        { name: 'manual.pdf', type: 'application/pdf', bytes: pdf },
      ],
    });
    await message('My receipt')
      .getByRole('button', { name: /^Open / })
      .click();
    await page.getByRole('dialog').locator('img').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const save = message('manual.pdf').getByRole('link', { name: 'Download manual.pdf' });
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    expect(download.suggestedFilename()).toBe('manual.pdf');

    await stage.whatsapp.customerSends({
      from: anna,
      to: stage.numbers.whatsapp,
      files: [{ name: 'note.wav', type: 'audio/wav', bytes: silentWav() }],
    });
    const sound = log().locator('audio');
    await sound.waitFor();
    await expect
      .poll(() => sound.evaluate((element) => (element as HTMLAudioElement).duration), { timeout: 10_000 })
      .toBeCloseTo(0.1, 2);
  });

  it('[WA-02] [CH-10] bring stickers, films and voice messages, each as what it is', async () => {
    const webp = Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64');
    const mp4 = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
    const ogg = Buffer.concat([Buffer.from('OggS\0\u0002', 'latin1'), Buffer.alloc(40)]);
    const keep = (name: string, type: string, bytes: Buffer) =>
      stage.whatsapp.keepMedia({ name, type, bytes });
    const sends = (type: string, media: object) => stage.whatsapp.customerDoes(anna, { type, [type]: media });
    await sends('sticker', keep('s.webp', 'image/webp', webp));
    const sticker = log().getByAltText('Sticker');
    await expect
      .poll(() => sticker.evaluate((image) => (image as HTMLImageElement).naturalWidth), { timeout: 10_000 })
      .toBe(1);
    await sends('video', keep('v.mp4', 'video/mp4', mp4));
    await log().locator('video[controls]').waitFor();
    await sends('audio', { ...keep('a.ogg', 'audio/ogg', ogg), voice: true });
    await log().getByText('Voice message').waitFor();
  });

  it('[WA-02] quote what they answer, and lead there', async () => {
    await says('And in green?', { context: { from: anna.slice(1), id: 'wamid.first' } });
    await message('And in green?').getByRole('button').filter({ hasText: 'is this lamp in stock' }).click();
    const quoted = log().locator('.message.found');
    await quoted.filter({ hasText: 'is this lamp in stock' }).waitFor();
    expect(await quoted.evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  it('[WA-02] say what came of an ad, and show what was taken back as such', async () => {
    const referral = {
      source_type: 'ad',
      source_url: 'https://example.com/ad',
      headline: 'Lamps, 20% off',
      source_id: '1',
    };
    await says('I saw your ad', { referral });
    await message('I saw your ad').getByText('From an ad').waitFor();
    await says('wrong chat, sorry', { id: 'wamid.wrong' });
    await stage.whatsapp.customerDoes(anna, {
      type: 'revoke',
      revoke: { original_message_id: 'wamid.wrong' },
    });
    await message('wrong chat, sorry').getByText('Deleted by the customer').waitFor();
  });

  it('[FB-02] come with the name and the photo that Messenger knows', async () => {
    const profile_pic = stage.facebook.photo(samplePng());
    stage.facebook.people.set('7400111222333555', { first_name: 'Mia', last_name: 'Example', profile_pic });
    await stage.facebook.customerDoes('7400111222333555', { message: { mid: 'm_mia', text: 'Hello there' } });
    const row = page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'Mia Example' });
    const width = () =>
      row.locator('pl-avatar img').evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(width, { timeout: 15_000 }).toBe(8);
    await row.getByText('Facebook Messenger').waitFor();
  });

  it('[FB-02] keep what they said before an edit, and stand beside what the page sent elsewhere', async () => {
    await stage.facebook.customerDoes(psid, { message: { mid: 'm_edited', text: 'Open on Sundays?' } });
    await openRow(page, 'Open on Sundays?');
    await message('Open on Sundays?').waitFor();
    await stage.facebook.customerDoes(psid, {
      message_edit: { mid: 'm_edited', text: 'Open on Mondays?', num_edit: '1' },
    });
    await message('Open on Mondays?').getByText('Edited').click();
    await message('Open on Mondays?').getByText('Open on Sundays?').waitFor();
    await stage.facebook.employeeSends(psid, 'Answered in the page inbox');
    await log().getByText('Sent outside Parley').waitFor();
    await message('Answered in the page inbox').waitFor();
  });
});

describe('messages to customers', () => {
  beforeAll(async () => {
    await openRow(page, 'Zoë Ågren');
    await message('I saw your ad').waitFor();
  });

  it('[CH-09] [WA-02] show how far each has got, and how the customer reacted', async () => {
    await write('Yes, in all sizes');
    await message('Yes, in all sizes').getByText('Delivered').waitFor();
    const sent = stage.whatsapp.accepted.find(({ text }) => text === 'Yes, in all sizes');
    await stage.whatsapp.customerReads(sent?.id ?? '');
    await message('Yes, in all sizes').getByText('Read', { exact: true }).waitFor();
    const react = (emoji: string) =>
      stage.whatsapp.customerDoes(anna, { type: 'reaction', reaction: { message_id: sent?.id, emoji } });
    await react('❤️');
    await message('Yes, in all sizes').getByText('❤️').waitFor();
    await react('');
    await message('Yes, in all sizes').getByText('❤️').waitFor({ state: 'detached' });
  });

  it('[ERR-01] [ERR-02] say why they failed, the provider’s words one press away, and go out again', async () => {
    stage.whatsapp.behave({ refuse: ['131026'] });
    await write('This one is refused');
    const failed = message('This one is refused');
    await failed.getByText('Invalid Phone Number').waitFor();
    const row = page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'This one is refused' });
    await row.getByText('Failed:').waitFor();
    expect(await failed.getByText('131026', { exact: true }).isVisible()).toBe(false);
    await failed.getByText('Details').click();
    for (const text of ['10001', '131026']) await failed.getByText(text, { exact: true }).waitFor();
    await failed.getByText('Simulated refusal').waitFor();
    await failed.getByRole('button', { name: 'Send again' }).click();
    await failed.getByText('Delivered').waitFor();
    expect(await failed.getByText('Invalid Phone Number').count()).toBe(0);
    await row.getByText('Failed:').waitFor({ state: 'detached' });
  });

  it('[ERR-02] say when nobody knows whether they arrived, and go out again only when asked', async () => {
    stage.whatsapp.behave({ swallow: 1, reports: 'none' });
    await write('Did you get this?');
    const doubtful = message('Did you get this?');
    await doubtful.getByText('Outcome unknown: it may have arrived or not.').waitFor();
    const copies = () => stage.whatsapp.accepted.filter(({ text }) => text === 'Did you get this?').length;
    expect(copies()).toBe(1);
    stage.whatsapp.behave({ reports: 'inOrder' });
    await doubtful.getByRole('button', { name: 'Send again' }).click();
    await doubtful.getByText('Delivered').waitFor();
    expect(copies()).toBe(2);
  });
});

describe('files that are not there', () => {
  /** As the edge would tell it: a picture that changes with `state`. */
  function picturesAs(change: (file: Record<string, unknown>) => void) {
    return (frame: ToAgentFrame) => {
      const events: LogEvent[] = 'events' in frame ? frame.events : [];
      for (const { body } of events) {
        if (body.kind === 'file') change(body.file);
        if (body.kind === 'message' && body.content.kind === 'files') body.content.files.forEach(change);
      }
    };
  }

  it.each([
    ['is being fetched', { state: 'fetching', url: '' }],
    ['File expired', { state: 'ready', expiresAt: 1_000 }],
    ['The link has ended.', { state: 'failed', url: '', problem: 'The link has ended.' }],
  ])('[CH-10] say so: %s', async (words, change) => {
    const other = await stage.open(
      {},
      picturesAs((file) => {
        if (file.type === 'image/png') Object.assign(file, change);
      }),
    );
    await openRow(other.page, 'Zoë Ågren');
    const shown = other.page.getByRole('log');
    await (change.state === 'fetching'
      ? shown.getByRole('img', { name: words }).waitFor()
      : shown.locator('.document').getByText(words).waitFor());
    expect(await shown.getByRole('button', { name: /^Open / }).count()).toBe(0);
    expect(other.errors).toEqual([]);
    await other.close();
  });

  it('[CH-10] have the same size before and after they are fetched', async () => {
    const box = async (at: Page) => {
      await at.locator('.tile').first().waitFor();
      return at.locator('.tile').first().boundingBox();
    };
    const before = await stage.open(
      {},
      picturesAs((file) => {
        if (file.type === 'image/png') Object.assign(file, { state: 'fetching', url: '' });
      }),
    );
    await openRow(before.page, 'Zoë Ågren');
    const reserved = await box(before.page);
    await before.close();
    const ready = await box(page);
    expect([ready?.width, ready?.height]).toEqual([reserved?.width, reserved?.height]);
  });
});

describe('the conversation', () => {
  it('[LC-20] gives axe-core nothing to find in either theme', async () => {
    const own = await stage.open({ reducedMotion: 'reduce' });
    await openRow(own.page, 'Zoë Ågren');
    await own.page.getByRole('log').getByText('Ben Example').waitFor();
    expect(await axeInBothThemes(own.page, 'pl-app')).toEqual({});
    expect(own.errors).toEqual([]);
    await own.close();
  });

  it('[AG-14] fits on a phone without moving sideways', async () => {
    const phone = await stage.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await openRow(phone.page, 'Zoë Ågren');
    await phone.page.getByRole('log').getByText('Ben Example').waitFor();
    const scroller = phone.page.getByRole('region', { name: 'Conversation' });
    expect(await scroller.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    await phone.close();
  });

  it('[AG-07] shows in its details which channel it is and how the customer is reached', async () => {
    const details = page.getByRole('region', { name: 'Session details' });
    await details.getByText('Support · WhatsApp').waitFor();
    await details.getByText(anna, { exact: true }).waitFor();
    await details.getByRole('button', { name: "Copy Customer's WhatsApp number" }).waitFor();
    expect(screen.errors).toEqual([]);
  });
});
