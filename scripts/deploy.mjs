/**
 * `npm run deploy`: builds and puts the Worker on Cloudflare with wrangler (`npx wrangler login` first).
 * Arguments go to `wrangler deploy`. See docs/cloudflare.md.
 */
import { spawnSync } from 'node:child_process';
import { buildOrEnd, wranglerEnv } from './build.mjs';
import { bin, fail, prepare, root, run, say, toolEnv } from './install.mjs';

const secrets = {
  PARLEY_SIGNING_KEY: 'signs visitor tokens and links',
  PARLEY_SEALING_KEY: 'seals credentials at rest',
};

await prepare();
await buildOrEnd();
const args = process.argv.slice(2);
// Its own words are wanted here: addresses, sizes, what to log in to.
const env = { ...wranglerEnv, WRANGLER_LOG: 'log' };
if (run(bin('wrangler'), ['deploy', ...args], env) !== 0) {
  fail(
    'Not deployed. See the lines above; docs/cloudflare.md says what an account needs (login, R2 bucket).',
  );
}
if (!args.includes('--dry-run')) {
  const listed = spawnSync(bin('wrangler'), ['secret', 'list'], {
    cwd: root,
    env: toolEnv(),
    encoding: 'utf8',
  });
  const missing = Object.entries(secrets).filter(([name]) => !listed.stdout.includes(`"${name}"`));
  if (missing.length > 0) {
    say('The Worker needs these secrets, once. Keep a copy of both in a safe place:');
    for (const [name, purpose] of missing) {
      say(
        `  openssl rand -base64 32 | tr '+/' '-_' | tr -d '=' | npx wrangler secret put ${name}    # ${purpose}`,
      );
    }
  }
}
