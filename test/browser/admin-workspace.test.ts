/** Agents, groups, queues, hours, settings and audit, through the console. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { openConsole, press, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
let workspace: TestWorkspace;
let screen: Screen;
let page: Page;

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  browser = await launchBrowser();
  screen = await openConsole(browser, server, workspace.cookie, '/agents');
  page = screen.page;
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const open = (path: string) => page.goto(`${server.url}${path}`);

describe('people', () => {
  it('[GEN-04] adds, finds, changes, disables and deletes an agent', async () => {
    await workspace.agent({ name: 'Sales Agent', extension: '1201', email: 'robin@example.com' });
    await open('/agents');
    await page.getByRole('link', { name: 'Sales Agent' }).click();
    await page.getByLabel('Extension').fill('1000');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Another agent has this extension number.').waitFor();

    await page.getByLabel('Extension').fill('1299');
    await press(page, 'Enabled');
    await press(page, 'May call out');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();

    await open('/agents');
    await page.getByLabel('Search agents').fill('1299');
    const row = page.getByRole('row').filter({ hasText: 'Sales Agent' });
    await row.getByText('Disabled').waitFor();
    expect(await page.getByRole('row').count()).toBe(2);

    await page.getByRole('link', { name: 'Sales Agent' }).click();
    await page.getByRole('button', { name: 'Delete agent' }).click();
    await page.getByText('Delete Sales Agent? Their messages stay.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Sales Agent' }).count()).toBe(0);
  });

  it('[GEN-04] makes a group, and shows Default_All_Extensions locked', async () => {
    await workspace.agent({ name: 'Other Agent', extension: '1202', email: 'sam@example.com' });
    await open('/groups/new');
    await page.getByLabel('Name', { exact: true }).fill('Sales');
    await page.getByLabel('Search available agents').fill('1202');
    await page.getByRole('button', { name: 'Add Other Agent 1202' }).click();
    await page.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('row').filter({ hasText: 'Sales' }).getByText('1', { exact: true }).waitFor();
    await page.getByText('Default_All_Extensions').waitFor();
    expect(await page.getByRole('link', { name: 'Default_All_Extensions' }).count()).toBe(0);
  });
});

describe('queues', () => {
  it('[MQ-01] creates a queue with agents and groups, and changes its mode', async () => {
    await open('/queues');
    await page
      .getByRole('button', { name: 'Create a queue' })
      .or(page.getByRole('link', { name: 'Create a queue' }))
      .click();
    await page.getByRole('button', { name: 'Create queue' }).click();
    await page.getByText('Enter a name.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Support');
    await page.getByRole('button', { name: 'Add Sales Group of 1 agent' }).click();
    await page.getByRole('button', { name: 'Add First Admin 1000' }).click();
    await page.getByRole('button', { name: 'Create queue' }).click();
    await page.getByRole('link', { name: 'Support' }).click();
    await page.getByRole('radio', { name: /Auto-Pickup/ }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await open('/queues');
    await page.getByRole('row').filter({ hasText: 'Support' }).getByText('Auto-Pickup').waitFor();
  });

  it('[MQ-01] refuses to delete a queue that a channel sends to, naming the channel, and deletes others in bulk', async () => {
    const { queues } = (await workspace.call('GET', '/api/queues')) as { queues: { id: string }[] };
    await workspace.channel({ kind: 'queue', id: queues[0]?.id ?? '' }, { name: 'Shop window' });
    await workspace.queue([], 'manual', 'Spare one');
    await workspace.queue([], 'manual', 'Spare two');
    await open('/queues');
    await page.getByLabel('Select all').check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Delete 3 queues?').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'Shop window' }).waitFor();
    expect(await page.getByRole('link', { name: /Spare/ }).count()).toBe(2);

    await page.getByLabel('Select Support').uncheck();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('link', { name: 'Spare one' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('link', { name: 'Support' }).count()).toBe(1);
  });

  it('[MQ-06] picks among 500 agents by search, and all at once', async () => {
    await page.route('**/api/agents', async (route) => {
      const answer = await route.fetch();
      const { agents } = (await answer.json()) as { agents: Record<string, unknown>[] };
      const many = Array.from({ length: 500 }, (_, index) => ({
        ...agents[0],
        id: `made-${index}`,
        name: `Person ${index}`,
        extension: String(20_000 + index),
      }));
      await route.fulfill({ response: answer, json: { agents: many } });
    });
    await open('/queues/new');
    const available = page.getByRole('group', { name: 'Available' });
    const selected = page.getByRole('group', { name: 'Selected' });
    await page.getByLabel('Search available').fill('20499');
    await available.getByRole('button', { name: /Add Person 499/ }).click();
    await page.getByLabel('Search available').fill('Person 1');
    await available.getByRole('button', { name: 'Add all' }).click();
    // Person 1, 10–19 and 100–199 are 111, and one came before.
    await selected.getByText('112', { exact: true }).waitFor();
    await page.unroute('**/api/agents');
  });
});

describe('the workspace', () => {
  it('[GEN-06] keeps several periods a day and holidays, and says whether it is open now', async () => {
    await open('/hours');
    await page.getByText('You are open now.').waitFor();
    await page.getByRole('button', { name: 'Set times on Monday' }).click();
    await page.getByRole('button', { name: 'Add a period on Monday' }).click();
    const monday = page.getByRole('group', { name: 'Monday' });
    await monday.getByLabel('Monday from').first().fill('10:00');
    await monday.getByLabel('Monday to').first().fill('09:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The end has to be after the start.').waitFor();
    await monday.getByLabel('Monday to').first().fill('12:00');
    await page.getByRole('button', { name: 'Add holiday' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Founding day');
    await press(page, 'Every year');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Today is a holiday: you are closed.').waitFor();

    await open('/hours');
    await monday.getByLabel('Monday from').nth(1).waitFor();
    expect(await monday.getByLabel('Monday to').first().inputValue()).toBe('12:00');
    await page.getByRole('button', { name: 'Remove Founding day' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Today is a holiday').waitFor({ state: 'detached' });
  });

  it('[CH-03] warns about public addresses that providers and browsers refuse, and renames the workspace', async () => {
    await open('/settings');
    await page.getByLabel('Address 1').fill('http://my_chat.example.com');
    await page.getByText('is not HTTPS').waitFor();
    await page.getByText('has an underscore').waitFor();
    await page.getByLabel('Address 1').fill('https://chat.example.com');
    await page.getByText('is not HTTPS').waitFor({ state: 'detached' });
    await page.getByLabel('Workspace name').fill('Renamed Shop');
    await page.getByLabel('Text', { exact: true }).fill('No placeholder');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Keep {{code}} in the text.').waitFor();
    await page.getByLabel('Text', { exact: true }).fill('Please add this: {{code}}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('link', { name: 'Renamed Shop' }).waitFor();
    await page.getByText('Not set up.').waitFor();
  });

  it('[GEN-08] lists who did what, when, and what it was before and after', async () => {
    await open('/audit');
    const entry = page.getByRole('listitem').filter({ hasText: 'First Admin changed the settings' });
    await entry.getByText('Example Shop').waitFor();
    await entry.getByText('Renamed Shop').waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: /deleted the queue\s+Spare one/ })
      .waitFor();
    expect(await page.getByText('a long admin password').count()).toBe(0);
    expect(screen.errors).toEqual([]);
  });
});
