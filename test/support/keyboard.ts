/** A person with a keyboard and no mouse: presses keys, and always sees where they are. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** More presses of Tab than anybody has patience for. */
const mostTabs = 30;

export class Keyboard {
  constructor(readonly page: Page) {}

  /** Presses keys, one after the other, and waits for what comes of them; the focus is seen before and after. */
  async press(keys: string | readonly string[], outcome: Locator): Promise<void> {
    await this.seesFocus();
    for (const key of typeof keys === 'string' ? [keys] : keys) await this.page.keyboard.press(key);
    await outcome.waitFor();
    await this.seesFocus();
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    await this.seesFocus();
    await this.page.keyboard.type(text);
    await this.seesFocus();
  }

  /** Presses Tab, or another key, until `target` has the focus, which stays in the page on its way. */
  async moveTo(target: Locator, key = 'Tab'): Promise<void> {
    for (let pressed = 0; pressed < mostTabs; pressed += 1) {
      if (await hasFocus(target)) return;
      await this.page.keyboard.press(key);
      await this.seesFocus();
    }
    throw new Error(`${mostTabs} times ${key} do not lead to ${target.toString()}.`);
  }

  /** Waits until `target` has the focus, which nobody has to look for. */
  async isAt(target: Locator): Promise<void> {
    const look = async () => ({ there: await hasFocus(target), ...(await this.page.evaluate(focusState)) });
    await expect.poll(look, { message: `the focus at ${target.toString()}` }).toMatchObject({ there: true });
    await this.seesFocus();
  }

  /** Something in the page has the focus, is on the screen, and shows it. */
  private async seesFocus(): Promise<void> {
    await expect.poll(() => this.page.evaluate(focusState)).toMatchObject({ where: 'seen' });
  }
}

async function hasFocus(target: Locator): Promise<boolean> {
  const found = target.first();
  return (await found.count()) > 0 && found.evaluate((element) => element.matches(':focus'));
}

/** Runs in the page. A text field shows the focus by its caret, all else by an outline around it or what holds it. */
function focusState(): { where: 'lost' | 'off the screen' | 'not shown' | 'seen'; what: string } {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const what = at?.outerHTML.slice(0, 160) ?? '';
  if (!at || at === document.body || at === document.documentElement) return { where: 'lost', what };
  const box = at.getBoundingClientRect();
  const isOut = box.right <= 0 || box.bottom <= 0 || box.left >= innerWidth || box.top >= innerHeight;
  if (isOut || !at.checkVisibility({ visibilityProperty: true })) return { where: 'off the screen', what };
  // A dialog that has just opened is seen as a whole.
  if (at.matches('input:not([type=radio], [type=checkbox]), textarea, dialog[open]')) {
    return { where: 'seen', what };
  }
  let holder: Element | null = at;
  for (let up = 0; holder && up < 4; up += 1) {
    const { outlineStyle, outlineWidth } = getComputedStyle(holder);
    if (outlineStyle !== 'none' && outlineWidth !== '0px') return { where: 'seen', what };
    const marked = holder.matches('label:has(:focus-visible), [role=menuitem]');
    if (marked) return { where: 'seen', what };
    const root = holder.getRootNode();
    holder = holder.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return { where: 'not shown', what };
}
