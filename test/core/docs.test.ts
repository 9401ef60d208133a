/** What people read, held against the code: links lead somewhere, names exist, the tag is the real one. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = ['.', 'docs', 'docs/providers'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The anchor that a heading gets. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** All sources that could define a name. */
function sources(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|toml)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe('the documentation', () => {
  it('[DOC-02] [DOC-03] links only to pages, files and headings that exist', () => {
    for (const page of pages) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?|mailto):/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        expect(existsSync(join(root, file)), `${page} → ${target}`).toBe(true);
        if (anchor !== undefined && file.endsWith('.md')) {
          expect(anchors(read(file)), `${page} → ${target}`).toContain(anchor);
        }
      }
    }
  });

  it('[DOC-02] has a way for each kind of website, all with the script tag that the console shows', () => {
    const install = read('docs/install.md');
    expect(anchors(install)).toEqual(
      expect.arrayContaining([
        'wordpress',
        'with-the-plugin-wpcode',
        'in-the-theme',
        'joomla',
        'drupal',
        'wix',
        'squarespace',
        'single-page-apps',
        'content-security-policy',
      ]),
    );
    const tag =
      /<script src="https:\/\/chat\.example\.com\/widget\.js\?channelNumber=LC00000" async><\/script>/;
    expect(install).toMatch(tag);
    const shown = sources('edge').match(/<script src="[^`]*<\/script>/)?.[0] ?? '';
    expect(
      shown.replace(/\$\{[^}]*\}/, 'https://chat.example.com').replace(/\$\{[^}]*\}/, 'LC00000'),
    ).toMatch(tag);
  });

  it('[DOC-03] names only settings and commands that exist, and explains every setting', () => {
    const code = `${sources('edge')}\n${sources('scripts')}`;
    const written = pages.map(read).join('\n');
    const named = new Set(written.match(/PARLEY_[A-Z_]+[A-Z]/g));
    // The website's own server keeps this one, in the sample of widget-api.md.
    named.delete('PARLEY_IDENTITY_SECRET');
    expect([...named].filter((name) => !code.includes(name))).toEqual([]);
    const settings = /const settings = \[([^\]]*)\]/.exec(read('scripts/workerd.mjs'))?.[1] ?? '';
    for (const [name] of settings.matchAll(/PARLEY_[A-Z_]+/g)) expect(named, name).toContain(name);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, name = ''] of written.matchAll(
      /npm (?:run )?(start|test|demo|dev|build|bench|check|deploy)\b/g,
    )) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  it('says of every table who writes and who deletes it', () => {
    const code = sources('edge/objects');
    const gone = new Set([...code.matchAll(/DROP TABLE (\w+)/g)].map(([, name]) => name));
    const made = [...code.matchAll(/CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(
      ([, name = '']) => name,
    );
    const explained = [...read('docs/tables.md').matchAll(/^\| `(\w+)` +\|(.+)\|(.+)\|(.+)\|$/gm)];
    const names = new Set(explained.map(([, name]) => name));
    expect(made.filter((name) => !gone.has(name) && !names.has(name) && name !== 'schema_version')).toEqual(
      [],
    );
    for (const [, name, ...cells] of explained) {
      expect(made, name).toContain(name);
      for (const cell of cells) expect(cell.trim(), name).not.toBe('');
    }
  });

  it('names in the architecture only files that exist', () => {
    for (const [, path = ''] of read('ARCHITECTURE.md').matchAll(
      /`((?:core|edge|widget|admin|scripts|docs)\/[\w./-]+)`/g,
    )) {
      expect(existsSync(join(root, path)), path).toBe(true);
    }
  });
});
