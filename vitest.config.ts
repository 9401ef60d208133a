import { basename } from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Five projects: `core` (pure rules, in Node), `edge` (Worker and objects inside workerd, with R2 as on
 * Cloudflare), and the built product served by workerd: `server` (driven by socket clients and simulated
 * providers), `browser` (driven by Chromium) and `alone` (driven by Chromium, and listening to sound).
 */

const filesOf = (names: string[]) => names.map((name) => `test/browser/${name}.test.ts`);

/** Those of test/browser that need no Chromium. Most of them mostly wait. */
const withoutBrowser = filesOf([
  'calls',
  'campaigns',
  'campaigns-kill',
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
  'push',
  'start',
]);

/** A busy machine takes the time from these that a call has to find its sound again. */
const alone = filesOf(['calls-inbox']);

/** What takes longest, by a run of all tests: it begins first, so that nothing long is left over for one worker. */
const longest = [
  'gateway-sending',
  'channels-kill',
  'admin-messaging',
  'push',
  'inbox-writing',
  'notifications',
  'demo',
  'admin-campaigns',
  'widget-call',
  'agent-guide',
  'widget-reliability',
  'inbox-lists',
  'admin-look',
  'app',
  'canned',
  'inbox-messages',
  'widget-languages',
  'agent-guide-writing',
  'calls',
  'kill',
  'search',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.indexOf(basename(moduleId, '.test.ts'));
      return at < 0 ? longest.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}

/** What is waited for may come late on a busy machine: one second says more about the machine than about Parley. */
const patient = { testTimeout: 20_000, expect: { poll: { timeout: 15_000 } } };

/** Of tests against a running server; what a file lets happen at the same time mostly waits. */
const shared = { ...patient, testTimeout: 60_000, hookTimeout: 120_000, maxConcurrency: 20 };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: { name: 'core', include: ['test/core/**/*.test.ts'], maxWorkers: 2, ...patient },
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
        test: { name: 'edge', include: ['test/edge/**/*.test.ts'], maxWorkers: 2, ...patient },
      },
      {
        test: {
          name: 'server',
          include: withoutBrowser,
          // With those of `browser`, after the projects before: while one waits, two others have a core each.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...shared,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: [...withoutBrowser, ...alone],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...shared,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          ...shared,
        },
      },
    ],
  },
});
