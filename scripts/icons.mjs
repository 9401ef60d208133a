/**
 * `node scripts/icons.mjs`: draws the app's PNG icons (admin/public) anew from its SVGs, in the tests' browser. Phones
 * and desktops that install the app do not all take SVG. The files are kept in the repository, so that a build needs
 * no browser.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root, say } from './install.mjs';

const folder = join(root, 'admin/public');

/** The maskable one fills its square, as a home screen wants it; the badge is what Android shows in white. */
const icons = [
  { source: 'icon.svg', size: 192, name: 'icon-192.png' },
  { source: 'icon.svg', size: 512, name: 'icon-512.png' },
  { source: 'icon-maskable.svg', size: 192, name: 'icon-maskable-192.png' },
  { source: 'icon-maskable.svg', size: 512, name: 'icon-maskable-512.png' },
  { source: 'icon-maskable.svg', size: 180, name: 'apple-touch-icon.png' },
  { source: 'badge.svg', size: 96, name: 'badge-96.png' },
];

await prepare();
process.removeAllListeners('warning');
const { launchBrowser } = await import('../test/support/browser.ts');
const browser = await launchBrowser();
const page = await browser.newPage();
for (const { source, size, name } of icons) {
  const svg = readFileSync(join(folder, source), 'utf8');
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  );
  writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
say('Written: admin/public/*.png.');
process.exit(0);
