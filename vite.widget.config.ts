/**
 * Builds the widget into dist/assets/widget: `widget.js` (the loader, one classic script), `panel-[hash].js`
 * with its lazy parts, and the preview page for the console. A build that weighs more than it may fails.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite';
import { palettes } from './core/colour.ts';
import { configMarker } from './core/loader.ts';

const outDir = join(import.meta.dirname, 'dist/assets/widget');
/** Browsers that know light-dark() and the v flag; lower targets would make the build rewrite them. */
const target = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];
/** Bytes after gzip. */
const budget = { loader: 3000, panel: 30_000 };

/** `…/data.json?emoji`: rows of group, emoji and the words to find it by; the rest of the data is left out. */
function emojiRows(): Plugin {
  return {
    name: 'emoji-rows',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith('.json?emoji')) return null;
      const found = await this.resolve(source.replace('?emoji', ''), importer, { skipSelf: true });
      return found && `\0${found.id}?emoji`;
    },
    load(id) {
      if (!id.startsWith('\0') || !id.endsWith('?emoji')) return null;
      type Row = { emoji: string; annotation: string; tags?: string[]; group?: number; version: number };
      const data = JSON.parse(readFileSync(id.slice(1, -'?emoji'.length), 'utf8')) as Row[];
      const rows = data
        // Newer ones are empty boxes on many machines; group 2 holds parts of emoji only.
        .filter(({ group, version }) => group !== undefined && group !== 2 && version <= 14)
        .map(({ emoji, annotation, tags = [], group }) => [group, emoji, [annotation, ...tags].join('|')]);
      return { code: `export default ${JSON.stringify(rows)}`, moduleType: 'js' };
    },
  };
}

/**
 * Schemas are made by calls without effects, and the build may leave out those that nothing here reads, such
 * as the frames that go the other way. Those it keeps need few of zod's kinds: `widget/schema.ts` has them.
 */
function fewSchemas(): Plugin {
  return {
    name: 'few-schemas',
    enforce: 'pre',
    resolveId: (source) => (source === 'zod/mini' ? join(import.meta.dirname, 'widget/schema.ts') : null),
    transform(code, id) {
      if (!/\/core\/\w+\.ts$/.test(id)) return null;
      return code.replace(/(?<![\w.])z\.(?=\w+\()/g, '/*@__PURE__*/ z.');
    },
  };
}

/** Lit counts its versions in globals of the page; ours is to have one global only, so it counts elsewhere. */
function oneGlobal(): Plugin {
  return {
    name: 'one-global',
    transform(code, id) {
      if (!/node_modules\/(@lit|lit[\w-]*)\//.test(id)) return null;
      const kept = code
        .replace(/\(\w+\.(litHtml|reactiveElement|litElement)Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g, '0')
        .replace(/(\w+\.)?litPropertyMetadata/g, 'parleyPropertyMetadata');
      return kept.includes('parleyPropertyMetadata') ? `let parleyPropertyMetadata;${kept}` : kept;
    },
  };
}

/** Parts are fetched when they are needed and bring no style sheets: nothing is to be loaded ahead of them. */
function noPreload(): Plugin {
  return {
    name: 'no-preload',
    enforce: 'pre',
    load: (id) =>
      id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null,
  };
}

/** Gives up the marks of indentation in styles' and templates' texts that no browser needs. */
function tighterTemplates(): Plugin {
  return {
    name: 'tighter-templates',
    transform(code, id) {
      if (!/\/widget\/(elements\/[\w-]+|launcher)\.ts$/.test(id)) return null;
      // A line break between two tags, or inside one, stands for no space here: all layout is by flex or grid.
      return code.replace(/>\s*\n\s+</g, '><').replace(/\n {4,}/g, '\n ');
    },
  };
}

const output = {
  entryFileNames: '[name]-[hash].js',
  chunkFileNames: '[name]-[hash].js',
  assetFileNames: '[name]-[hash][extname]',
};
const shared: InlineConfig = {
  configFile: false,
  root: join(import.meta.dirname, 'widget'),
  base: '/widget/',
  publicDir: false,
  plugins: [emojiRows(), fewSchemas(), noPreload(), oneGlobal(), tighterTemplates()],
};
const files = { outDir, target, modulePreload: false } as const;

/** After the panel: the loader, one script without imports; the preview's page; the manifest and the scales. */
function loaderAndScales(): Plugin {
  return {
    name: 'loader-and-scales',
    apply: 'build',
    async closeBundle() {
      const lib = {
        entry: 'loader.ts',
        formats: ['iife' as const],
        name: 'parleyLoader',
        fileName: () => 'widget.js',
      };
      await build({ ...shared, logLevel: 'warn', build: { ...files, emptyOutDir: false, lib } });
      const rolldownOptions = { input: join(import.meta.dirname, 'widget/preview.html'), output };
      await build({ ...shared, logLevel: 'warn', build: { ...files, emptyOutDir: false, rolldownOptions } });
      const panel = readdirSync(outDir).find((name) => /^panel-[\w-]+\.js$/.test(name));
      if (!panel) throw new Error('The build made no panel-[hash].js.');
      writeFileSync(join(outDir, 'manifest.json'), JSON.stringify({ panel: `/widget/${panel}` }));
      weigh('loader', [servedLoader()], budget.loader);
      weigh('panel', withImports(panel).map(read), budget.panel);
    },
  };
}

/** A chunk and all that it imports without being asked. */
function withImports(name: string, seen = new Set<string>()): string[] {
  seen.add(name);
  for (const [, found] of read(name).matchAll(/(?:from|import)\s*["']\.\/([\w-]+\.js)["']/g)) {
    if (found !== undefined && !seen.has(found)) withImports(found, seen);
  }
  return [...seen];
}

/** The loader with a configuration in it, as the edge serves it. */
function servedLoader(): string {
  const config = {
    channelNumber: 'LC00000',
    domains: ['www.example.com', '*.example.com'],
    language: 'auto',
    theme: 'auto',
    launcher: { style: 'circle', icon: 'chat', label: '' },
    position: 'bottomRight',
    offset: { side: 24, bottom: 24 },
    palette: palettes('#2f5bea'),
    panel: '/widget/panel-00000000.js',
  };
  return read('widget.js').replace(new RegExp(`(["'\`])${configMarker}\\1`), JSON.stringify(config));
}

const read = (name: string) => readFileSync(join(outDir, name), 'utf8');

function weigh(what: string, texts: string[], most: number): void {
  const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
  if (bytes > most) throw new Error(`The widget's ${what} is ${bytes} bytes gzipped; it may be ${most}.`);
  process.stdout.write(`widget ${what}: ${bytes} of ${most} bytes gzipped\n`);
}

export default defineConfig({
  ...shared,
  plugins: [shared.plugins, loaderAndScales()],
  build: {
    ...files,
    emptyOutDir: true,
    rolldownOptions: {
      input: { panel: join(import.meta.dirname, 'widget/panel.ts') },
      preserveEntrySignatures: 'allow-extension',
      output,
    },
  },
});
