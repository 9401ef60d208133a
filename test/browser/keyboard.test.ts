/** A whole conversation by keyboard alone (AG-15): two agents without a mouse, who always see where they are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe } from '../support/browser.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startGuide, type GuideStage } from '../support/guideStage.ts';
import { Keyboard } from '../support/keyboard.ts';
import { agentPassword, type TestAgent } from '../support/workspace.ts';

let stage: GuideStage;
const screens: Screen[] = [];

beforeAll(async () => {
  stage = await startGuide();
  const hello = { shortcut: 'hello', title: '', text: 'Hello, how can I help?', shared: true };
  await stage.workspace.call('POST', '/api/canned-responses', hello);
});
afterAll(() => stage.stop());

/** Signs in by keys; the inbox is what an agent comes to. */
async function signIn({ agent }: TestAgent): Promise<Keyboard> {
  const screen = await openConsole(stage.browser, stage.server, '', '/sign-in', { reducedMotion: 'reduce' });
  screens.push(screen);
  const { page } = screen;
  const keys = new Keyboard(page);
  await keys.isAt(page.getByLabel('E-mail or extension'));
  await keys.type(agent.email);
  await keys.moveTo(page.getByLabel('Password', { exact: true }));
  await keys.type(agentPassword);
  await keys.press('Enter', page.getByRole('heading', { name: 'Inbox' }));
  return keys;
}

const rowOf = ({ page }: Keyboard, text: string) =>
  page.getByRole('tabpanel').getByRole('link').filter({ hasText: text });
const logOf = ({ page }: Keyboard) => page.getByRole('log');
const noticeOf = ({ page }: Keyboard, text: string) => page.locator('pl-empty').filter({ hasText: text });
const boxOf = ({ page }: Keyboard, name: 'Message' | 'Note') => page.getByRole('textbox', { name });
const dialogOf = ({ page }: Keyboard) => page.locator('wa-dialog[open]');

it('[AG-15] [AG-03] [AG-04] [AG-06] [AG-09] goes from sign-in to the end of a session without a mouse', async () => {
  const visitor = await stage.visit('my lamp is broken');
  const ada = await signIn(stage.ada);
  const row = rowOf(ada, 'my lamp is broken');
  await ada.press('j', row);
  await ada.isAt(row);
  await ada.press('Enter', logOf(ada).getByText('my lamp is broken'));
  await ada.press('p', logOf(ada).getByText('You picked up this session'));

  await ada.press('r', boxOf(ada, 'Message'));
  await ada.isAt(boxOf(ada, 'Message'));
  await ada.type('/hel');
  await ada.press([], ada.page.getByRole('option').filter({ hasText: '/hello' }));
  await ada.press('Enter', ada.page.getByRole('button', { name: 'Send', exact: true, disabled: false }));
  const heard = visitor.hears('Hello, how can I help?');
  await ada.press('Enter', logOf(ada).getByText('Hello, how can I help?'));
  await heard;
  await ada.isAt(boxOf(ada, 'Message'));

  await ada.page.keyboard.press('Escape');
  await ada.isAt(rowOf(ada, 'Hello, how can I help?'));
  await ada.press('n', boxOf(ada, 'Note'));
  await ada.isAt(boxOf(ada, 'Note'));
  await ada.type('Can you, @ben');
  await ada.press([], ada.page.getByRole('option', { name: 'Ben Agent' }));
  await ada.page.keyboard.press('Enter');
  await ada.type('?');
  await ada.press('Enter', logOf(ada).getByText('Can you, @Ben Agent ?'));
  await ada.isAt(boxOf(ada, 'Note'));

  await ada.page.keyboard.press('Escape');
  await ada.isAt(rowOf(ada, 'Hello, how can I help?'));
  await ada.press('l', ada.page.getByRole('dialog', { name: 'Labels' }));
  await ada.isAt(ada.page.getByRole('textbox', { name: 'New label' }));
  await ada.type('Urgent');
  await ada.press('Enter', ada.page.getByRole('checkbox', { name: 'Urgent', checked: true }));
  await ada.page.keyboard.press('Escape');
  await ada.isAt(rowOf(ada, 'Urgent'));

  await ada.press('a', ada.page.getByRole('dialog', { name: 'Add to contacts' }));
  await ada.moveTo(dialogOf(ada).getByLabel('Name', { exact: true }));
  await ada.type('Grace Hopper');
  await ada.press('Enter', ada.page.getByRole('heading', { name: 'Grace Hopper' }));
  await ada.isAt(rowOf(ada, 'Grace Hopper'));

  await ada.press('t', ada.page.getByRole('dialog', { name: 'Transfer session' }));
  await ada.isAt(dialogOf(ada).getByRole('searchbox'));
  await ada.type('ben');
  await ada.moveTo(dialogOf(ada).getByRole('radio', { name: 'Ben Agent' }));
  await ada.page.keyboard.press('Space');
  await ada.moveTo(dialogOf(ada).getByRole('button', { name: 'Transfer', exact: true }));
  await ada.press('Enter', ada.page.getByText('Transferred to Ben Agent'));
  await ada.isAt(noticeOf(ada, 'Transferred to Ben Agent'));
  await ada.moveTo(ada.page.getByRole('button', { name: 'Back to the list' }));
  await ada.press('Enter', ada.page.getByText('No sessions of yours'));

  const ben = await signIn(stage.ben);
  const given = rowOf(ben, 'Grace Hopper');
  await ben.press('j', given);
  await ben.isAt(given);
  await ben.press('Enter', logOf(ben).getByText('Ada Agent transferred this session to you'));
  await ben.press('r', boxOf(ben, 'Message'));
  await ben.isAt(boxOf(ben, 'Message'));
  await ben.type('A new one is on its way');
  const answered = visitor.hears('A new one is on its way');
  await ben.press('Enter', logOf(ben).getByText('A new one is on its way'));
  await answered;
  await ben.page.keyboard.press('Escape');
  await ben.isAt(given);
  const question = ben.page.getByRole('group', { name: /End this session/ });
  await ben.press('x', question);
  await ben.isAt(question.getByRole('button', { name: 'End session' }));
  await ben.press('Escape', given);
  await ben.isAt(given);
  await ben.press('x', question);
  await ben.press('Enter', logOf(ben).getByText('You ended the session'));
  await visitor.until(() => visitor.log.list.some(({ body }) => body.kind === 'closed'), 'the end');
  expect(await axe(ben.page, 'pl-app')).toEqual([]);
  for (const { errors } of screens) expect(errors).toEqual([]);
});

it('[AG-15] the focus stays in the page when a colleague is faster', async () => {
  await stage.visit('who takes me');
  const [ada, ben] = [await signIn(stage.ada), await signIn(stage.ben)];
  for (const one of [ada, ben]) {
    await one.moveTo(one.page.getByRole('tab', { selected: true }));
    const queues = one.page.getByRole('tab', { name: 'Queues' });
    await one.press(['Home', 'ArrowRight'], rowOf(one, 'who takes me'));
    await one.isAt(queues);
    await one.press('j', rowOf(one, 'who takes me'));
    await one.press('Enter', logOf(one).getByText('who takes me'));
  }
  await ben.press('r', boxOf(ben, 'Message'));
  await ben.isAt(boxOf(ben, 'Message'));
  await ben.type('I can');
  await ada.moveTo(ada.page.getByRole('button', { name: 'Pick Up' }));
  await ada.press('Enter', logOf(ada).getByText('You picked up this session'));
  await ada.isAt(ada.page.getByRole('region', { name: 'Conversation' }));
  await ben.press([], ben.page.getByRole('heading', { name: 'Picked up by Ada Agent' }));
  await ben.isAt(noticeOf(ben, 'Picked up by Ada Agent'));
  await ben.moveTo(ben.page.getByRole('button', { name: 'Back to the list' }));
  await ben.press('Enter', ben.page.getByRole('tabpanel'));
});

it('[AG-15] takes no letter of a word for a key when what it was typed into has gone', async () => {
  const { page } = await signIn(stage.ben);
  const dialog = page.locator('pl-start-dialog dialog[open]');
  await page.keyboard.press('/');
  await page.keyboard.type('ab');
  const isTaken = await page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    // Whoever takes a key for themselves keeps the browser from it.
    const press = (on: Element) => {
      const key = { key: 'c', bubbles: true, composed: true, cancelable: true };
      return !on.dispatchEvent(new KeyboardEvent('keydown', key));
    };
    if (!(at instanceof HTMLInputElement)) throw new Error('nothing is being typed into');
    press(at);
    at.blur();
    return press(document.body);
  });
  expect(isTaken).toBe(false);
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await dialog.waitFor();
});
