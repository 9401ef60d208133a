/**
 * The Agent Guide's "Start a messaging session" and what agents write, find and are told of, each operation at a desk
 * and on a phone. On a phone more can be done than the guide has there: WhatsApp as well.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyContact } from '../../core/contact.ts';
import { widths, type AgentScreen } from '../support/agentScreen.ts';
import { axe } from '../support/browser.ts';
import { startGuide, type GuideStage } from '../support/guideStage.ts';
import { samplePng } from '../support/samplePicture.ts';

let stage: GuideStage;

beforeAll(async () => {
  stage = await startGuide();
});
afterAll(() => stage.stop());

describe.each(widths)('$where', ({ width }) => {
  let ada: AgentScreen;
  /** Words that no test at the other width uses. */
  const own = (text: string) => `${text} (${width})`;
  /** Customers' numbers are of one width each as well. */
  const number = (last: number) => `+1415555${width === 'desk' ? '01' : '02'}${last}`;
  const message = (text: string) => ada.log.locator('.message').filter({ hasText: text }).last();

  beforeAll(async () => {
    ada = await stage.open(stage.ada, width);
  });
  afterAll(async () => {
    expect(ada.errors).toEqual([]);
    await ada.close();
  });

  async function pressNew(): Promise<void> {
    await ada.toList();
    await ada.press(ada.button('New session'));
    await ada.dialog.getByLabel('Recipient').waitFor();
  }

  /** Fills in the dialog; the type is the one that was chosen last. */
  async function create(recipient: string): Promise<void> {
    await ada.dialog.getByLabel('Recipient').fill(recipient);
    await ada.press(ada.button('Create', ada.dialog));
  }

  /** What one of the dialog's lists offers; the first is chosen. */
  async function choices(list: string): Promise<string[]> {
    await ada.press(ada.dialog.getByRole('combobox', { name: list }));
    const options = ada.dialog.getByRole('option');
    await options.first().waitFor();
    const words = (await options.allInnerTexts()).map((text) => text.trim());
    await ada.press(options.first());
    return words;
  }

  it('[AG-02] starts a session by SMS, from permitted numbers only; who has one gets no second', async () => {
    const to = number(31);
    await pressNew();
    await ada.dialog.getByRole('combobox', { name: 'Session type' }).waitFor();
    const [first, second, forbidden] = stage.twilio.numbers;
    expect(await choices('Sender')).toEqual([`${first} · Texting`, `${second} · Texting`]);
    expect(forbidden).toBeDefined();
    await create('12');
    await ada.dialog.getByText('not a phone number that exists').waitFor();
    expect(await axe(ada.page, 'pl-app')).toEqual([]);
    await create(to);
    await ada.page.getByRole('heading', { name: to }).first().waitFor();
    await ada.log.getByText('You started this session').waitFor();
    const address = ada.page.url();
    await ada.write('Your appointment is tomorrow');
    await message('Your appointment is tomorrow').getByText('Delivered').waitFor();
    const sent = stage.twilio.accepted.filter((one) => one.to === to);
    expect(sent.map(({ from, text }) => [from, text])).toEqual([[first, 'Your appointment is tomorrow']]);
    await ada.showTab('Mine');
    await ada.row(to).getByText('Your appointment is tomorrow').waitFor();

    await pressNew();
    await create(to);
    await ada.page.waitForURL(address);
    await message('Your appointment is tomorrow').waitFor();
  });

  it('[AG-02] [WA-04] [WA-05] starts one by WhatsApp with a template', async () => {
    const to = number(32);
    await pressNew();
    await ada.press(ada.dialog.getByRole('combobox', { name: 'Session type' }));
    await ada.press(ada.dialog.getByRole('option', { name: 'WhatsApp' }));
    await create(to);
    await ada.page.getByText('On WhatsApp only a template can be sent until they do.').waitFor();
    expect(await ada.composer.count()).toBe(0);
    await ada.press(ada.button('Choose a template'));
    await ada.dialog.getByRole('searchbox', { name: 'Search templates' }).fill('lamps');
    await ada.press(ada.dialog.getByRole('button', { name: /new_lamps/ }));
    await ada.dialog.getByLabel('first_name', { exact: true }).fill('Anna');
    await ada.dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'lamp.png', mimeType: 'image/png', buffer: samplePng() });
    await ada.dialog.getByRole('region', { name: 'Preview' }).getByText('Hallo Anna, neue Lampen!').waitFor();
    await ada.press(ada.button('Send template', ada.dialog));
    await message('Hallo Anna, neue Lampen!').getByText('Delivered').waitFor();
    expect(stage.whatsapp.accepted.filter((one) => one.to.endsWith(to.slice(1)))).toHaveLength(1);
  });

  it('[AG-02] says whom to ask where no number is permitted', async () => {
    const ben = await stage.open(stage.ben, width);
    await ben.press(ben.button('New session'));
    await ben.dialog.getByText('No number to start from').waitFor();
    await ben.close();
  });

  it('[AG-12] [WA-02] sends text, an emoji, a file and a template, each marked when it has arrived', async () => {
    const text = own('which lamp is this?');
    await stage.whatsapp.customerSends({ from: number(33), to: stage.whatsapp.phoneNumber, text });
    await ada.openSession(text);
    await ada.write(own('Send me a picture'));
    await message(own('Send me a picture')).getByText('Delivered').waitFor();

    await ada.composer.fill('like this one ');
    await ada.press(ada.button('Emoji'));
    const picker = ada.page.locator('emoji-picker');
    await picker.getByRole('combobox').fill('rocket');
    await ada.press(picker.getByRole('option', { name: /rocket/i }).first());
    await expect.poll(() => ada.composer.inputValue()).toBe('like this one 🚀');
    const chooser = ada.page.waitForEvent('filechooser');
    await ada.press(ada.button('Attach files'));
    await (await chooser).setFiles({ name: 'lamp.png', mimeType: 'image/png', buffer: samplePng() });
    await ada.button('Remove lamp.png').waitFor();
    await ada.press(ada.button('Send'));
    const sent = message('like this one 🚀');
    await ada.button('Open lamp.png', sent).waitFor();
    await sent.getByText('Delivered').waitFor();

    await ada.press(ada.button('Template or location'));
    await ada.press(ada.page.getByRole('menuitem', { name: 'Template' }));
    await ada.press(ada.dialog.getByRole('button', { name: /pick_up/ }));
    await ada.press(ada.button('Send template', ada.dialog));
    await ada.dialog.getByText('Fill this in.', { exact: true }).first().waitFor();
    const fields = {
      'Google Maps address':
        'https://www.google.com/maps/place/Main+Station/@47.37,8.54,17z/data=!3d47.3769!4d8.5417',
      Address: 'Example Square 1',
      'Text, variable 1': 'Anna',
      'Text, variable 2': 'A-17',
      'Button "See the order"': '17',
    };
    for (const [label, words] of Object.entries(fields)) {
      await ada.dialog.getByLabel(label, { exact: true }).fill(words);
    }
    await ada.press(ada.button('Send template', ada.dialog));
    await message('Hello Anna, order A-17 is ready.').getByText('Delivered').waitFor();
    const got = stage.whatsapp.accepted.filter((one) => one.to.endsWith(number(33).slice(1)));
    expect(got.slice(0, 2).map((one) => one.text)).toEqual([own('Send me a picture'), 'like this one 🚀']);
    expect(got).toHaveLength(3);
  });

  it('[AG-12] [ERR-02] sends again what failed, once', async () => {
    const text = own('are you there?');
    await stage.whatsapp.customerSends({ from: number(34), to: stage.whatsapp.phoneNumber, text });
    await ada.openSession(text);
    stage.whatsapp.behave({ refuse: ['131026'] });
    await ada.write(own('We are'));
    const failed = message(own('We are'));
    await failed.getByText('Invalid Phone Number').waitFor();
    await ada.press(ada.button('Send again', failed));
    await failed.getByText('Delivered').waitFor();
    expect(await failed.getByText('Invalid Phone Number').count()).toBe(0);
    expect(stage.whatsapp.accepted.filter((one) => one.text === own('We are'))).toHaveLength(1);
  });

  it('[AG-13] switches sound off and on, and chooses what to be told of, for all devices', async () => {
    const bell = () => ada.press(ada.button('Sound and notifications'));
    const item = (name: string) => ada.page.getByRole('menuitemcheckbox', { name });
    const stored = async () => {
      const { settings } = (await stage.ada.api.call('GET', '/api/me/notifications')) as {
        settings: { sound: boolean; about: string };
      };
      return { sound: settings.sound, about: settings.about };
    };
    await ada.toList();
    for (const [name, expected] of [
      ['Sound', { sound: false, about: 'all' }],
      ['Only my sessions', { sound: false, about: 'mine' }],
      ['Sound', { sound: true, about: 'mine' }],
      ['All in my queues', { sound: true, about: 'all' }],
    ] as const) {
      await bell();
      await ada.press(item(name));
      await expect.poll(stored).toEqual(expected);
    }
    await bell();
    expect(await item('Sound').getAttribute('aria-checked')).toBe('true');
    await ada.press(ada.page.getByRole('menuitem', { name: 'All settings' }));
    await ada.page.getByRole('heading', { name: 'Notifications' }).first().waitFor();
    await ada.page.goto(`${stage.server.url}/inbox`);
  });

  it('[AG-01] [AG-06] finds sessions by last message and by contact, and opens what was found', async () => {
    const text = own('what is the orbit?');
    const name = own('Katherine Johnson');
    await stage.workspace.call('POST', '/api/contacts', {
      ...emptyContact,
      name,
      numbers: [{ type: 'mobile', number: number(35) }],
    });
    const to = stage.twilio.numbers[0] ?? '';
    await stage.twilio.customerSends({ from: number(35), to, text });
    await ada.toList();
    const search = ada.page.getByRole('searchbox', { name: 'Search', exact: true });
    const results = ada.page.getByRole('region', { name: 'Search results' });
    const found = results.getByRole('link').filter({ hasText: text }).first();
    await search.fill('nothing like it');
    await ada.page.getByText('No session, message or contact has these words.').waitFor();
    await search.fill(text);
    await found.waitFor();
    await search.fill(name);
    await ada.press(found);
    await ada.log.getByText(text).waitFor();
    await ada.page.getByRole('heading', { name }).first().waitFor();
    await ada.toList();
    await search.fill('');
    await ada.showTab('Queues');
    await ada.row(text).waitFor();
  });
});
