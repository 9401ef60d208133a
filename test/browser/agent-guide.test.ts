/**
 * The Agent Guide's "Manage customer queries", each operation at a desk and on a phone: pick up, transfer, contacts,
 * details, archive, end, remove, and sessions of campaigns. Calls: `pbx.test.ts`. The third-party platform is not there
 * yet.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyContact, type Contact } from '../../core/contact.ts';
import { widths, type AgentScreen } from '../support/agentScreen.ts';
import { axe } from '../support/browser.ts';
import { sendCampaign } from '../support/campaigns.ts';
import { startGuide, type GuideStage } from '../support/guideStage.ts';

let stage: GuideStage;
/** The colleague, at a desk. */
let ben: AgentScreen;

beforeAll(async () => {
  stage = await startGuide();
  ben = await stage.open(stage.ben);
});
afterAll(() => stage.stop());

describe.each(widths)('$where', ({ width }) => {
  let ada: AgentScreen;
  /** Words that no test at the other width uses. */
  const own = (text: string) => `${text} (${width})`;
  /** Customers' numbers are of one width each as well. */
  const number = (last: number) => `+1415555${width === 'desk' ? '01' : '02'}${last}`;

  beforeAll(async () => {
    ada = await stage.open(stage.ada, width);
  });
  afterAll(async () => {
    expect(ada.errors).toEqual([]);
    await ada.close();
  });

  it('[AG-03] a session is picked up from its queue, which is said, and is that agent’s alone', async () => {
    const text = own('do you have lamps');
    const visitor = await stage.visit(text);
    await ben.showTab('Queues');
    await ben.row(text).waitFor();
    await ada.openSession(text);
    await ada.pickUp();
    await ben.row(text).waitFor({ state: 'detached' });
    const heard = visitor.hears('We have three');
    await ada.write('We have three');
    await heard;
    await ada.showTab('Mine');
    await ada.row('We have three').first().waitFor();
  });

  it('[AG-03] [MQ-05] of two who press at the same instant one has it; the other is told who', async () => {
    const text = own('who is faster');
    const visitor = await stage.visit(text);
    await Promise.all([ada, ben].map((screen) => screen.openSession(text)));
    const handles = await Promise.all([ada, ben].map((one) => one.button('Pick Up').elementHandle()));
    const [first, second] = handles;
    // The button of the one who loses may be gone before it is pressed.
    await Promise.allSettled([width === 'phone' ? first?.tap() : first?.click(), second?.click()]);
    const won = (winner: AgentScreen, loser: AgentScreen, name: string) =>
      Promise.all([
        winner.log.getByText('You picked up this session').waitFor(),
        loser.page.getByRole('heading', { name: `Picked up by ${name}` }).waitFor(),
      ]).then(() => ({ winner, loser }));
    const { winner, loser } = await Promise.any([won(ada, ben, 'Ada Agent'), won(ben, ada, 'Ben Agent')]);
    await loser.press(loser.button('Back to the list'));
    expect(await loser.row(text).count()).toBe(0);
    await visitor.send(own('only for the winner'));
    await winner.log.getByText(own('only for the winner')).waitFor();
    expect(await loser.page.getByText(own('only for the winner')).count()).toBe(0);
  });

  it('[AG-04] a colleague gets it with the whole history, and it leaves the list of who gave it', async () => {
    const text = own('my lamp is broken');
    const visitor = await stage.visit(text);
    await ada.openSession(text);
    await ada.pickUp();
    await ada.act('Transfer');
    await ada.page.getByRole('dialog', { name: 'Transfer session' }).waitFor();
    expect(await axe(ada.page, 'pl-app')).toEqual([]);
    // No third-party platform is connected, so none is offered.
    const offered = await ada.dialog.locator('.name').allInnerTexts();
    expect(offered.sort()).toEqual(['Ben Agent', 'Billing', 'First Admin', 'Support']);
    await ada.transferTo('Ben Agent');
    await ada.page.getByRole('status').getByText('Transferred to Ben Agent').waitFor();
    await ada.press(ada.button('Back to the list'));
    await ada.row(text).waitFor({ state: 'detached' });

    await ben.showTab('Mine');
    await ben.row(text).getByText('1 unread').waitFor();
    await ben.openSession(text, 'Mine');
    await ben.log.getByText('Ada Agent transferred this session to you').waitFor();
    const heard = visitor.hears('I can help');
    await ben.write('I can help');
    await heard;
  });

  it('[AG-04] a queue gets it while the customer writes, and nothing of that is lost', async () => {
    const text = own('the invoice is wrong');
    const visitor = await stage.visit(text);
    await ada.openSession(text);
    await ada.pickUp();
    await ada.write('Let me see');
    await ada.act('Transfer');
    const more = ['there is', 'a lamp', 'too many', own('on it')];
    await Promise.all([
      ada.transferTo('Billing'),
      (async () => {
        for (const line of more) await visitor.send(line);
      })(),
    ]);
    await ada.page.getByText('Transferred to Billing').waitFor();
    await ada.press(ada.button('Back to the list'));
    await ben.showTab('Queues');
    await ben.row(own('on it')).getByText('Billing').waitFor();
    await ben.openSession(own('on it'));
    for (const line of [text, 'Let me see', ...more]) {
      await ben.log.getByText(line, { exact: true }).waitFor();
    }
    expect(visitor.log.texts).toEqual([text, 'Let me see', ...more]);
    expect(await ada.row(own('on it')).count()).toBe(0);
  });

  it('[AG-07] the details say where a session comes from, and what happened in it', async () => {
    const text = own('where am I');
    await stage.visit(text);
    await ada.openSession(text);
    const details = await ada.showDetails();
    const page = details.getByRole('link', { name: 'Lamps' });
    await page.waitFor();
    expect(await page.getAttribute('href')).toBe('https://shop.example/lamps');
    for (const said of ['Shop', 'Support', 'Session started in the queue Support']) {
      await details.getByText(said).first().waitFor();
    }
    await ada.press(ada.button('Close details'));
    await details.waitFor({ state: 'detached' });
  });

  it('[AG-06] a new contact is made of the customer, whose name shows at once for everybody', async () => {
    const text = own('is my parcel here?');
    const from = number(11);
    const name = own('Grace Hopper');
    const to = stage.twilio.numbers[0] ?? '';
    await stage.twilio.customerSends({ from, to, text });
    await ben.showTab('Queues');
    await ben.row(from).waitFor();
    await ada.openSession(text);
    await ada.page.getByRole('heading', { name: from }).first().waitFor();
    await ada.addToContacts();
    await ada.dialog.getByLabel('Name').fill(name);
    await ada.dialog.getByLabel('Company').fill('Navy');
    expect(await ada.dialog.getByLabel('Number', { exact: true }).inputValue()).toBe(from);
    expect(await axe(ada.page, 'pl-app')).toEqual([]);
    await ada.press(ada.button('Add contact', ada.dialog));
    await ada.page.getByRole('heading', { name }).first().waitFor();
    await ben.row(text).filter({ hasText: name }).waitFor();
    // Also in what comes later, and for who was not there.
    await stage.twilio.customerSends({ from, to, text: own('hello again') });
    await ada.page.reload();
    await ada.page.getByRole('heading', { name }).first().waitFor();
    await ada.showDetails();
    const card = ada.page.locator('pl-contact-card');
    await card.getByText('Navy').waitFor();
    await ada.press(card.getByRole('link', { name }));
    await ada.page.getByRole('heading', { name, level: 1 }).waitFor();
    await ada.page.goto(`${stage.server.url}/inbox`);
    await ada.showTab('Queues');
    await ada.row(own('hello again')).filter({ hasText: name }).waitFor();
  });

  it('[AG-06] a customer without a number is added to a contact that is there', async () => {
    const name = own('Alan Turing');
    const contact = (await stage.workspace.call('POST', '/api/contacts', {
      ...emptyContact,
      name,
      numbers: [{ type: 'mobile', number: number(12) }],
    })) as Contact;
    const text = own('can a machine think?');
    await stage.visit(text);
    await ada.openSession(text);
    await ada.addToContacts();
    await ada.press(ada.dialog.getByRole('tab', { name: 'Existing contact' }));
    await ada.dialog.getByRole('searchbox').fill(name);
    await ada.press(ada.dialog.getByRole('button', { name }));
    await ada.dialog.getByText('Linked customers').waitFor();
    expect(await axe(ada.page, 'pl-app')).toEqual([]);
    await ada.press(ada.button('Save', ada.dialog));
    await ada.page.getByRole('heading', { name }).first().waitFor();
    const stored = (await stage.workspace.call('GET', `/api/contacts/${contact.id}`)) as Contact;
    expect(stored.accounts).toHaveLength(1);
    // Without the contact the customer is who they say they are.
    await stage.workspace.call('POST', '/api/contacts/delete', { ids: [contact.id] });
    await ada.page
      .getByRole('heading', { name: /^Visitor/ })
      .first()
      .waitFor();
  });

  it('[AG-08] a session is archived and unarchived, and comes back when the agent writes in it', async () => {
    const text = own('later, please');
    await stage.visit(text);
    await ada.openSession(text);
    await ada.pickUp();
    await ada.showTab('Mine');
    await ada.actOnRow(text, 'Archive');
    await ada.row(text).waitFor({ state: 'detached' });
    await ada.openSession(text, 'Archived');
    await ada.act('Unarchive');
    await ada.showTab('Archived');
    await ada.row(text).waitFor({ state: 'detached' });
    await ada.openSession(text, 'Mine');
    await ada.act('Archive');
    await ada.openSession(text, 'Archived');
    await ada.write(own('one more thing'));
    await ada.log.getByText(own('one more thing')).waitFor();
    await ada.showTab('Mine');
    await ada.row(own('one more thing')).waitFor();
  });

  it('[AG-09] a session ends when the agent says so twice; the next message opens a new one', async () => {
    const text = own('please end me');
    const visitor = await stage.visit(text);
    await ada.openSession(text);
    const row = ada.ownRow();
    await ada.act('End session');
    const question = ada.page.getByRole('group', { name: /End this session/ });
    await ada.press(ada.button('Keep', question));
    await ada.act('End session');
    await ada.press(ada.button('End session', question));
    await ada.log.getByText('You ended the session').waitFor();
    await ada.page.getByText('This session is closed.').waitFor();
    expect(await ada.composer.count()).toBe(0);
    await visitor.until(() => visitor.log.list.some(({ body }) => body.kind === 'closed'), 'the closing');
    await visitor.send(own('me again'));
    await ada.showTab('Queues');
    await ada.row(own('me again')).waitFor();
    await ada.showTab('Archived');
    await row.getByText('Closed').waitFor();
  });

  it('[AG-10] a session is removed from all of the agent’s clients, and stays with the others', async () => {
    const text = own('remove me');
    await stage.visit(text);
    const other = await stage.open(stage.ada, width === 'desk' ? 'phone' : 'desk');
    for (const screen of [ada, other, ben]) {
      await screen.showTab('Queues');
      await screen.row(text).waitFor();
    }
    await ada.actOnRow(text, 'Remove');
    await ada.press(ada.button('Remove', ada.page.getByRole('alertdialog')));
    for (const screen of [ada, other]) await screen.row(text).waitFor({ state: 'detached' });
    expect(await ben.row(text).count()).toBe(1);
    await other.close();
  });

  it('[AG-11] sessions of campaigns are a group of their own, and are answered like all others', async () => {
    const { workspace, twilio, texting, support } = stage;
    const text = own('lamps are cheap this week');
    const customer = number(41);
    await sendCampaign(workspace, texting, {
      recipients: [{ number: customer, values: {} }],
      change: {
        name: own('Lamp week'),
        content: { kind: 'text', text },
        mode: { kind: 'sessions', destination: { kind: 'queue', id: support.id } },
      },
    });
    await ada.openSession(text, 'Campaigns');
    await ada.page
      .getByText(`Started by the campaign ${own('Lamp week')}`)
      .first()
      .waitFor();
    await twilio.customerSends({ from: customer, to: texting.number, text: own('how cheap') });
    await ada.log.getByText(own('how cheap')).waitFor();
    await ada.pickUp();
    await ada.write(own('very'));
    await expect
      .poll(() => twilio.accepted.filter(({ to }) => to === customer).map((one) => one.text))
      .toEqual([text, own('very')]);
    await ada.showTab('Campaigns');
    await ada.row(own('very')).waitFor();
    await ben.showTab('Queues');
    expect(await ben.row(own('very')).count()).toBe(0);
  });

  it('[MQ-07] an agent who is taken out of the queue while reading loses sight of it, until let in again', async () => {
    const text = own('who stays');
    await stage.visit(text);
    await ada.openSession(text);
    const change = (agents: string[]) =>
      stage.workspace.call('PATCH', `/api/queues/${stage.support.id}`, { agents });
    const both = [stage.ada.agent.id, stage.ben.agent.id];
    await change(both.slice(1));
    await ada.page.getByRole('heading', { name: 'This session is not in your list' }).waitFor();
    expect(await ada.page.getByText(text).count()).toBe(0);
    await change(both);
    await ada.log.getByText(text).waitFor();
  });
});
