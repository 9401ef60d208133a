/** What a visitor's browser has to load, in gzip bytes, beside the limits. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/install.mjs';
import { printTable } from './table.ts';

const folder = join(root, 'dist/assets/widget');
/** Bytes before the launcher shows, and what is loaded to chat when the visitor acts. Two budgets; the sum is shown. */
const loaderLimit = 3_000;
const panelLimit = 30_000;

const read = (name: string) => readFileSync(join(folder, name));
const gzip = (name: string) => gzipSync(read(name), { level: 9 }).length;

/** The modules that a module needs before it runs, itself included: static imports, followed. */
function closure(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const source = read(name).toString();
  for (const [, found] of source.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g)) {
    if (found && existsSync(join(folder, found))) closure(found, seen);
  }
  return seen;
}

/** Prints loader, panel and lazy parts; answers which limits are missed. */
export function weights(): string[] {
  const manifest = JSON.parse(read('manifest.json').toString()) as { panel: string };
  const panel = manifest.panel.replace(/^\/widget\//, '');
  const loader = gzip('widget.js');
  const needed = [...closure(panel)];
  const panelSize = needed.reduce((sum, name) => sum + gzip(name), 0);
  const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  const lazy = scripts.filter((name) => name !== 'widget.js' && !needed.includes(name));
  const locales = lazy.filter((name) => /locale|(^|\/)[a-z]{2}(-[A-Z][A-Za-z]+)?-/.test(name));
  const largest = Math.max(0, ...locales.map(gzip));

  const verdict = (size: number, limit: number) => (size <= limit ? 'ok' : 'OVER');
  printTable(
    'Widget, gzip bytes',
    ['', 'bytes', 'limit', ''],
    [
      [
        'loader (one request before the launcher shows)',
        String(loader),
        String(loaderLimit),
        verdict(loader, loaderLimit),
      ],
      [
        'panel: what is needed to chat, with Lit and English',
        String(panelSize),
        String(panelLimit),
        verdict(panelSize, panelLimit),
      ],
      ['  both together', String(loader + panelSize), '', ''],
      [`  later: the largest of ${locales.length} more languages`, String(largest), '', ''],
      ...lazy
        .filter((name) => !locales.includes(name))
        .map((name) => [`  later: ${name}`, String(gzip(name)), '', '']),
    ],
  );
  return [
    ...(loader > loaderLimit ? [`the loader has ${loader} bytes, at most ${loaderLimit}`] : []),
    ...(panelSize > panelLimit ? [`the panel has ${panelSize} bytes, at most ${panelLimit}`] : []),
  ];
}
