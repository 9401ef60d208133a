/**
 * Builds the inbox's service worker into `dist/assets/admin/sw.js`, served at `/sw.js`: one file without parts, which
 * knows the names of all that the console's build before it has made.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const outDir = fileURLToPath(new URL('./dist/assets/admin', import.meta.url));

/**
 * All but the page, which comes by its own address, the emoji's data, which are kept once they were used, and what
 * only installing shows.
 */
function shell(): string[] {
  return readdirSync(outDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(js|css|svg|png)$/.test(name) && !/^(sw\.js|screenshot-)/.test(name))
    .map((name) => `/admin/${name}`)
    .sort();
}

export default defineConfig(() => {
  const parts = shell();
  const version = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  return {
    publicDir: false as const,
    define: { SHELL: JSON.stringify(parts), VERSION: JSON.stringify(version) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      reportCompressedSize: false,
      lib: {
        entry: fileURLToPath(new URL('./admin/sw/worker.ts', import.meta.url)),
        formats: ['iife' as const],
        name: 'worker',
        fileName: () => 'sw.js',
      },
    },
  };
});
