/** LC-06: images from the visitor, from the choice of a file to its expiry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { png, type Widget } from '../support/site.ts';
import { startStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

describe('images', () => {
  const input = (widget: Widget) => widget.page.locator('parley-composer input[type=file]');
  const problem = (widget: Widget) => widget.page.locator('parley-composer .problem');

  it('[LC-06] are refused before upload when too large, damaged or of another kind', async () => {
    const widget = await stage.visit();
    const uploads: string[] = [];
    widget.page.on(
      'request',
      (request) => request.url().includes('/visitor/media') && uploads.push(request.url()),
    );
    await widget.open();
    const large = Buffer.concat([png(10, 10), Buffer.alloc(10 * 1024 * 1024)]);
    await input(widget).setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: large });
    await expect.poll(() => problem(widget).innerText()).toContain('larger than 10 MB');
    await input(widget).setInputFiles({
      name: 'cut.png',
      mimeType: 'image/png',
      buffer: png(50, 50).subarray(0, 40),
    });
    await expect.poll(() => problem(widget).innerText()).toContain('damaged');
    await input(widget).setInputFiles({
      name: 'a.gif',
      mimeType: 'image/gif',
      buffer: Buffer.from('GIF89a'),
    });
    await expect.poll(() => problem(widget).innerText()).toContain('Only PNG and JPEG');
    expect(uploads).toEqual([]);
    await widget.page.context().close();
  });

  it('[LC-06] are previewed, removed, pasted, dropped and sent', async () => {
    const widget = await stage.visit();
    const { page } = widget;
    const session = await stage.begin(widget, 'image: hello');
    const previews = page.locator('parley-composer .attachments img');
    await input(widget).setInputFiles({ name: 'one.png', mimeType: 'image/png', buffer: png(60, 40) });
    await previews.waitFor();
    await page.getByRole('button', { name: 'Remove the image one.png' }).click();
    expect(await previews.count()).toBe(0);

    const bytes = [...png(60, 40)];
    const transfer = await page.evaluateHandle((data) => {
      const made = new DataTransfer();
      made.items.add(new File([new Uint8Array(data)], 'two.png', { type: 'image/png' }));
      return made;
    }, bytes);
    await page.locator('parley-chat .panel').dispatchEvent('drop', { dataTransfer: transfer });
    await previews.waitFor();
    await widget.composer.evaluate((field, data) => {
      field.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data as DataTransfer, bubbles: true, composed: true }),
      );
    }, transfer);
    await expect.poll(() => previews.count()).toBe(2);
    await widget.composer.press('Enter');
    const shown = page.locator('parley-messages button.image img');
    await expect.poll(() => shown.count()).toBe(2);
    expect(await shown.first().getAttribute('width')).toBe('60');
    await stage.desk.until(
      () =>
        stage.desk
          .logOf(session)
          .list.filter(({ body }) => body.kind === 'message' && body.content.kind === 'image').length === 2,
      'both images',
    );
    await widget.page.context().close();
  });

  it('[LC-06] show their progress and can be taken back while they are uploaded', async () => {
    const widget = await stage.visit();
    const { page } = widget;
    const session = await stage.begin(widget, 'cancel: hello');
    // The upload stays under way until the visitor takes it back.
    await page.route('**/visitor/media*', () => undefined);
    await input(widget).setInputFiles({
      name: 'slow.png',
      mimeType: 'image/png',
      buffer: png(600, 400, true),
    });
    await page.locator('parley-composer .attachments img').waitFor();
    await widget.composer.press('Enter');
    const progress = page.getByRole('progressbar', { name: 'Uploading' });
    await progress.waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    await widget.say('cancel: after');
    await stage.desk.until(() => stage.desk.logOf(session).has('cancel: after'), 'the message after it');
    expect(await page.locator('parley-messages .image').count()).toBe(0);
    await widget.page.context().close();
  });

  it('[LC-06] are not offered where the channel takes text only', async () => {
    const widget = await stage.visit({ supports: 'text' });
    await widget.open();
    await widget.composer.waitFor();
    expect(await input(widget).count()).toBe(0);
    await widget.page.context().close();
  });

  it('[LC-17] show that the file has expired after 72 hours', async () => {
    const widget = await stage.visit({}, {}, (page) => page.clock.install());
    const { page } = widget;
    await stage.begin(widget, 'expiry: hello');
    await input(widget).setInputFiles({ name: 'old.png', mimeType: 'image/png', buffer: png(60, 40) });
    await page.locator('parley-composer .attachments img').waitFor();
    await widget.composer.press('Enter');
    await page.locator('parley-messages button.image img').waitFor();
    await page.clock.fastForward(73 * 3_600_000);
    await widget.composer.fill('expiry: later');
    await widget.composer.press('Enter');
    await page.getByText('File expired').waitFor();
    await widget.page.context().close();
  });
});
