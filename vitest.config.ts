import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/**
 * Five projects: `core` (pure rules, in Node), `edge` (Worker and objects inside workerd, with R2 as on
 * Cloudflare), and the built product served by workerd: `server` (driven by socket clients and simulated
 * providers, and mostly waiting), `browser` (driven by Chromium) and `alone` (what kills servers, or changes the
 * build that all of them serve).
 */

/** Those of test/browser that mostly wait, need no Chromium, and that a busy machine does not disturb. */
const waiting = [
  'calls',
  'campaigns',
  'configuration',
  'conversation',
  'demo',
  'gateway*',
  'handing',
  'inbox-rights',
  'mail',
  'providers',
].map((name) => `test/browser/${name}.test.ts`);

const alone = ['app', 'calls-inbox', 'campaigns-kill', 'channels-kill', 'install', 'kill', 'start'].map(
  (name) => `test/browser/${name}.test.ts`,
);

/** Of tests against a running server; what a file lets happen at the same time mostly waits. */
const shared = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  maxConcurrency: 20,
  // What is waited for may come late on a busy machine: one second says more about the machine than about Parley.
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'core', include: ['test/core/**/*.test.ts'], maxWorkers: 2 },
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
        test: { name: 'edge', include: ['test/edge/**/*.test.ts'], testTimeout: 20_000, maxWorkers: 2 },
      },
      {
        test: {
          name: 'server',
          include: waiting,
          // Three servers at a time, after the projects before.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...shared,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: [...waiting, ...alone],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          ...shared,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          ...shared,
        },
      },
    ],
  },
});
