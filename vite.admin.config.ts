/** Builds the console and the agents' inbox into `dist/assets/admin`, served under `/admin/`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('./admin', import.meta.url)),
  base: '/admin/',
  build: {
    outDir: fileURLToPath(new URL('./dist/assets/admin', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // Icons and pictures stay files: the page's Content-Security-Policy has no `data:` for requests.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // zod is configured before any schema is made only if both are in a chunk that the others build on.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|admin\/zod\.ts$/ }] },
      },
    },
  },
  oxc: {
    decorator: { legacy: true },
    // As `useDefineForClassFields: false`: a defined field would hide Lit's accessors.
    assumptions: { setPublicClassFields: true },
    typescript: { removeClassFieldsWithoutInitializer: true },
  },
});
