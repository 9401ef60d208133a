/** Turns the set-up guides of the providers (docs/providers) into pages that the channels' forms link to. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import { root } from './install.mjs';

const source = join(root, 'docs/providers');

/** @typedef {{ id: string, title: string, markdown: string }} Guide */

/** The anchor that a heading gets, as on GitHub. @param {string} heading */
export const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

/** @param {string} text */
const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Where a link of a guide leads on the pages. @param {string} href @throws for what the pages do not have */
function linkOf(href) {
  if (/^https:/.test(href)) return `href="${escape(href)}" target="_blank" rel="noopener"`;
  if (/^#/.test(href)) return `href="${escape(href)}"`;
  const guide = /^([a-z]+)\.md(#[\w-]+)?$/.exec(href);
  if (guide) return `href="${guide[1]}.html${guide[2] ?? ''}"`;
  throw new Error(`docs/providers: a guide may link to other guides and to the web, not to ${href}.`);
}

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      const inner = this.parser.parseInline(tokens);
      const id = anchorOf(text);
      return depth === 1
        ? `<h1>${inner}</h1>\n`
        : `<h${depth} id="${id}">${inner}<a class="anchor" href="#${id}" aria-label="Link to ${escape(text)}">#</a></h${depth}>\n`;
    },
    link({ href, tokens }) {
      return `<a ${linkOf(href)}>${this.parser.parseInline(tokens)}</a>`;
    },
    table({ header, rows }) {
      const row = (/** @type {typeof header} */ cells, /** @type {string} */ tag) =>
        `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
      return `<div class="table" tabindex="0" role="region" aria-label="${escape(header[0]?.text ?? '')}"><table><thead>${row(header, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table></div>\n`;
    },
    code: ({ text }) => `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`,
  },
});

/** @param {string} title @param {string} style @param {string} main @param {readonly Guide[]} guides */
const page = (title, style, main, guides) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · Parley</title>
<link rel="icon" href="/admin/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
</head>
<body>
<header><a href="/channels">Parley</a><span>Set-up guides</span></header>
<main>
${main}</main>
<footer><nav aria-label="Set-up guides"><h2>All set-up guides</h2>
<ul>${guides.map(({ id, title: name }) => `<li><a href="${id}.html">${escape(name)}</a></li>`).join('')}</ul>
</nav></footer>
</body>
</html>
`;

/** Writes `dist/assets/guides`. @throws for a link that would lead nowhere */
export function buildGuides() {
  const target = join(root, 'dist/assets/guides');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const css = ['core/tokens.css', 'docs/providers/guide.css']
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  const style = `guide-${createHash('sha256').update(css).digest('hex').slice(0, 12)}.css`;
  writeFileSync(join(target, style), css);
  const guides = readdirSync(source)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => {
      const markdown = readFileSync(join(source, name), 'utf8');
      return { id: name.replace('.md', ''), title: /^# (.+)$/m.exec(markdown)?.[1] ?? name, markdown };
    });
  for (const { id, title, markdown } of guides) {
    const main = /** @type {string} */ (marked.parse(markdown));
    writeFileSync(join(target, `${id}.html`), page(`${title}: set-up guide`, style, main, guides));
  }
  const all =
    '<h1>Set-up guides</h1>\n<p>What to do at each provider before its channel works, and what its errors mean.</p>\n';
  writeFileSync(join(target, 'index.html'), page('Set-up guides', style, all, guides));
}
