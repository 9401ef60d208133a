import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/**
 * Four projects: `core` (pure rules, in Node), `edge` (Worker and objects inside workerd, with R2 as on
 * Cloudflare), and the built product served by workerd: `server` (driven by socket clients and simulated
 * providers), `browser` (driven by Chromium, or with an eye on the clock).
 */

/** Those of test/browser that mostly wait, and that a busy machine does not disturb. */
const withoutBrowser = [
  'channels-kill',
  'configuration',
  'conversation',
  'demo',
  'gateway*',
  'handing',
  'inbox-rights',
  'kill',
  'mail',
  'providers',
].map((name) => `test/browser/${name}.test.ts`);

/** Of tests against a running server; what a file lets happen at the same time mostly waits. */
const shared = { testTimeout: 60_000, hookTimeout: 120_000, maxConcurrency: 20 };

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'core', include: ['test/core/**/*.test.ts'] },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                PARLEY_SIGNING_KEY: 'dGVzdC1zaWduaW5nLWtleS0wMTIzNDU2Nzg5YWJjZGVm',
                PARLEY_SEALING_KEY: 'dGVzdC1zZWFsaW5nLWtleS0wMTIzNDU2Nzg5YWJjZGU',
              },
            },
          }),
        ],
        test: { name: 'edge', include: ['test/edge/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        test: {
          name: 'server',
          include: withoutBrowser,
          // Two servers at a time, after the projects before.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...shared,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: withoutBrowser,
          // One server and one Chromium at a time: two cores, and tests that measure time.
          fileParallelism: false,
          ...shared,
        },
      },
    ],
  },
});
