/** The inbox of one agent at a desk or on a phone: the same operations, each by the way that it has there. */
import type { Browser, CDPSession, Locator, Page } from 'playwright-core';
import { openConsole, type Screen } from './console.ts';
import type { TestAgent } from './workspace.ts';

/** Both widths, for `describe.each`. On a phone everything is touched. */
export const widths = [
  { width: 'desk', where: 'at a desk' },
  { width: 'phone', where: '[AG-14] on a phone' },
] as const;
export type Width = (typeof widths)[number]['width'];

type TabName = 'Mine' | 'Queues' | 'Campaigns' | 'Archived';

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export class AgentScreen {
  readonly page: Page;
  /** Exceptions and console errors so far. */
  readonly errors: string[];
  private readonly screen: Screen;
  private readonly touch: CDPSession | null;

  private constructor(screen: Screen, touch: CDPSession | null) {
    this.screen = screen;
    this.page = screen.page;
    this.errors = screen.errors;
    this.touch = touch;
  }

  /** Opens an agent's inbox. Nothing moves, so that axe-core looks at finished dialogs. */
  static async open(
    browser: Browser,
    server: { url: string },
    agent: TestAgent,
    width: Width = 'desk',
    path = '/inbox',
  ): Promise<AgentScreen> {
    const screen = await openConsole(browser, server, agent.api.cookie, path, {
      reducedMotion: 'reduce',
      ...(width === 'phone' ? phone : {}),
    });
    const { page } = screen;
    return new AgentScreen(screen, width === 'phone' ? await page.context().newCDPSession(page) : null);
  }

  close(): Promise<void> {
    return this.screen.close();
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  /** The open dialog with what is slotted into it. */
  get dialog(): Locator {
    return this.page.locator('wa-dialog[open]');
  }

  /** Rows of the list that is shown. */
  row(text: string): Locator {
    return this.page.getByRole('tabpanel').getByRole('link').filter({ hasText: text });
  }

  button(name: string, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  /** A click at a desk, a tap on a phone. */
  press(control: Locator): Promise<void> {
    return this.touch ? control.tap() : control.click();
  }

  /** The way back to the list, where that is hidden. */
  async toList(): Promise<void> {
    const back = this.button('Back to the list');
    if (this.touch && (await back.isVisible())) await this.press(back);
  }

  async showTab(name: TabName): Promise<void> {
    await this.toList();
    await this.press(this.page.getByRole('tab', { name }));
  }

  /** Opens the session whose row shows `text`, which is its last message. */
  async openSession(text: string, tab: TabName = 'Queues'): Promise<void> {
    await this.showTab(tab);
    await this.press(this.row(text));
    await this.log.getByText(text).first().waitFor();
  }

  async pickUp(): Promise<void> {
    await this.press(this.button('Pick Up'));
    await this.log.getByText('You picked up this session').waitFor();
  }

  /** Something in the head of the open conversation, or in its menu where there is no room. */
  async act(name: string): Promise<void> {
    const head = this.page.locator('pl-conversation-head');
    const button = this.button(name, head);
    if (await button.isVisible()) {
      await this.press(button);
      return;
    }
    await this.press(this.button('More', head));
    await this.press(this.page.getByRole('menuitem', { name, exact: true }));
  }

  /** Shows the details, where they are not beside the conversation already. */
  async showDetails(): Promise<Locator> {
    const details = this.page.getByRole('region', { name: 'Session details' });
    if (!(await details.isVisible())) await this.act('Details');
    await details.waitFor();
    return details;
  }

  /** Asks who the customer is: in the details where they are shown, else in the head. */
  async addToContacts(): Promise<void> {
    const button = this.button('Add to contacts', this.page.locator('pl-details'));
    if (await button.isVisible()) await this.press(button);
    else await this.act('Add to contacts');
  }

  /** The row of the open session, in whichever tab is shown later. */
  ownRow(): Locator {
    const { pathname } = new URL(this.page.url());
    return this.page.getByRole('tabpanel').locator(`a[href="${pathname}"]`);
  }

  /** Something in the menu of a row: by a right click, or a finger that holds. */
  async actOnRow(text: string, name: string): Promise<void> {
    const row = this.row(text);
    await row.scrollIntoViewIfNeeded();
    if (this.touch) {
      const box = await row.boundingBox();
      if (!box) throw new Error(`The row with "${text}" is not on the screen.`);
      const finger = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      await this.touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
      await this.page.getByRole('menu', { name: /^Session with/ }).waitFor();
      await this.touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    } else await row.click({ button: 'right' });
    await this.press(this.page.getByRole('menuitem', { name, exact: true }));
  }

  /** Types an answer and sends it: by Enter at a desk, by the button on a phone, whose Enter breaks the line. */
  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    if (this.touch) await this.press(this.button('Send'));
    else await this.composer.press('Enter');
  }

  /** In the dialog that asks for it. */
  async transferTo(name: string): Promise<void> {
    await this.dialog.getByRole('searchbox').fill(name.slice(0, 3));
    await this.dialog.getByRole('radio', { name }).check();
    await this.press(this.button('Transfer', this.dialog));
  }
}
