/** Calls outside of business hours, as visitors see them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alwaysOpen } from '../../core/hours.ts';
import { axe } from '../support/browser.ts';
import type { Widget } from '../support/site.ts';
import { startStage, type Stage } from '../support/stage.ts';

const open = alwaysOpen('UTC');
/** Monday first, as business hours have it. */
const today = (new Date().getUTCDay() + 6) % 7;
/** Open again in two days. */
const closed = {
  ...open,
  week: open.week.map((periods, weekday) => ((weekday - today + 7) % 7 < 2 ? [] : periods)),
};
let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const card = ({ page }: Widget) => page.locator('parley-call .card');
const call = ({ page }: Widget) => page.locator('parley-header .call').click();
/** A visitor whose browser counts how often the page asks for the microphone. */
const visit = () =>
  stage.visit({ interaction: 'phoneAndChat' }, {}, (page) =>
    page.addInitScript(() => {
      const { mediaDevices } = navigator;
      const native = mediaDevices.getUserMedia.bind(mediaDevices);
      let asked = 0;
      Object.assign(window, { asked: () => asked });
      mediaDevices.getUserMedia = (constraints) => {
        asked += 1;
        return native(constraints);
      };
    }),
  );
const asked = ({ page }: Widget) => page.evaluate(() => (window as unknown as { asked(): number }).asked());

it('[LC-03] [LC-13] [CALL-02] says at once that nobody is there, and offers to write instead', async () => {
  await stage.workspace.call('PUT', '/api/hours', closed);
  const widget = await visit();
  await widget.open();
  await call(widget);
  await card(widget).getByText('We are closed right now. Write to us here').waitFor();
  expect(await asked(widget)).toBe(0);
  expect(await card(widget).getByRole('button').allInnerTexts()).toEqual(['Chat instead']);
  expect(await axe(widget.page)).toEqual([]);
  await card(widget).getByRole('button', { name: 'Chat instead' }).click();
  await widget.page.keyboard.type('call me back');
  await widget.page.keyboard.press('Enter');
  await expect.poll(() => stage.desk.sessions.size).toBe(1);
  const [session] = stage.desk.sessions.values();
  expect(session?.call).toBeNull();
  const kinds = (await stage.desk.read(session?.id ?? '')).map(({ body }) => body.kind);
  expect(kinds).toContain('message');
  expect(kinds).not.toContain('call');
  await widget.page.context().close();
});

it('[LC-03] [CALL-02] says so as well on a page that was opened before closing time', async () => {
  await stage.workspace.call('PUT', '/api/hours', open);
  const widget = await visit();
  await stage.begin(widget, 'are you there?');
  await stage.workspace.call('PUT', '/api/hours', closed);
  // The edge looks again after two seconds; a call that it lets through until then is taken back.
  await expect
    .poll(async () => {
      await call(widget);
      await card(widget)
        .getByText(/Ringing|closed/)
        .waitFor();
      const hangUp = card(widget).getByRole('button', { name: 'Hang up' });
      if (await hangUp.isVisible()) await hangUp.click();
      return (await card(widget).allInnerTexts()).join();
    })
    .toContain('We are closed right now.');
  expect(await asked(widget)).toBeGreaterThan(0);
  await widget.page.context().close();
});
