/** From an empty server to signed-in people, in the browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { openConsole } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';

let server: Server;
let browser: Browser;

const admin = { email: 'first@example.com', password: 'a long first password' };

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('E-mail or extension').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /presence and profile/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: /Sign in to/ }).waitFor();
}

describe('the way in', () => {
  it('[GEN-01] leads every address to setup, says what is wrong beside each field, and makes the admin', async () => {
    const { page, errors, close } = await openConsole(browser, server, '', '/channels');
    await page.getByRole('heading', { name: 'Set up Parley' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/setup');

    await page.getByRole('button', { name: 'Create workspace' }).click();
    await page.getByText('Use an address such as name@example.com.').waitFor();
    await page.getByText('Use at least 10 characters.').waitFor();
    expect(await page.getByLabel('Workspace name').getAttribute('aria-invalid')).toBe('true');

    await page.getByLabel('Workspace name').fill('Example Shop');
    await page.getByLabel('Your name').fill('First Admin');
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    expect(await page.getByLabel('Extension').inputValue()).toBe('1000');
    await page.getByRole('button', { name: 'Create workspace' }).click();

    await page.getByRole('heading', { name: 'Add an agent' }).waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: 'Create a queue' }).count()).toBe(1);
    await page.goto(`${server.url}/setup`);
    await page.getByRole('heading', { name: 'Add an agent' }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('[GEN-02] signs in by e-mail and by extension, signs out, and leads back to the page asked for', async () => {
    const { page, close } = await openConsole(browser, server, '', '/queues');
    await signIn(page, admin.email, 'not the password');
    await page.getByText('The e-mail, extension or password is not right.').waitFor();
    expect(await page.getByLabel('E-mail or extension').inputValue()).toBe(admin.email);

    await signIn(page, admin.email, admin.password);
    await page.getByRole('heading', { name: 'Queues', exact: true }).waitFor();
    await signOut(page);
    await signIn(page, '1000', admin.password);
    await page.getByRole('heading', { name: 'Example Shop' }).waitFor();
    await close();
  });

  it('[GEN-02] [GEN-03] gives a new agent a one-time link, and the agent sees no page of the console', async () => {
    const { page, close } = await openConsole(browser, server, '', '/agents/new');
    await signIn(page, admin.email, admin.password);
    await page.getByRole('heading', { name: 'New agent' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Second Agent');
    await page.getByLabel('E-mail').fill('second@example.com');
    expect(await page.getByLabel('Extension').inputValue()).toBe('1001');
    await page.getByRole('button', { name: 'Add agent' }).click();
    const link = await page.getByRole('region', { name: 'Password link' }).innerText();

    const agent = await openConsole(browser, server, '', new URL(link).pathname);
    await agent.page.getByRole('heading', { name: 'Welcome, Second Agent' }).waitFor();
    await agent.page.getByLabel('New password').fill('a long second password');
    await agent.page.getByRole('button', { name: 'Save and sign in' }).click();
    await agent.page.getByRole('heading', { name: 'Inbox' }).waitFor();
    expect(await agent.page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
      'Inbox',
      'Contacts',
      'Canned responses',
    ]);
    await agent.page.goto(`${server.url}/settings`);
    await agent.page.getByRole('heading', { name: 'Inbox' }).waitFor();

    const again = await openConsole(browser, server, '', new URL(link).pathname);
    await again.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
    await Promise.all([close(), agent.close(), again.close()]);
  });

  it('[GEN-02] changes name and password in the profile, and signs out everywhere', async () => {
    const { page, close } = await openConsole(browser, server, '', '/profile');
    await signIn(page, 'second@example.com', 'a long second password');
    await page.getByLabel('Name', { exact: true }).fill('Second Person');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('button', { name: /Second Person Available/ }).waitFor();

    await page.getByLabel('Current password').fill('not the password');
    await page.getByLabel('New password').fill('a longer second password');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The current password is not right. Type it again.').waitFor();
    await page.getByLabel('Current password').fill('a long second password');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed').waitFor();

    const other = await openConsole(browser, server, '', '/sign-in');
    await signIn(other.page, '1001', 'a longer second password');
    await other.page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: /Sign in to/ }).waitFor();
    // The other device hears it over its socket.
    await other.page.getByRole('heading', { name: /Sign in to/ }).waitFor();
    await Promise.all([close(), other.close()]);
  });
});
