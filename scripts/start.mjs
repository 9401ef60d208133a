/**
 * `npm start`: builds when needed and serves everything on one port, with its data in one folder. Needs no
 * account and no other server. See docs/self-hosting.md.
 */
import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildOrEnd } from './build.mjs';
import { fail, prepare, root, say } from './install.mjs';
import { addressOf, claim, serve } from './server.mjs';

const help = `Usage: npm start -- [options]

  --port N         port to listen on (PARLEY_PORT, default 8080; 0 takes a free one)
  --host ADDRESS   address to listen on (PARLEY_HOST, default 127.0.0.1: this machine only;
                   0.0.0.0 or :: opens it to the network)
  --data DIR       folder of all data (PARLEY_DATA, default .data)
  --tls-cert FILE  certificate chain, PEM (PARLEY_TLS_CERT)
  --tls-key FILE   its private key, PEM (PARLEY_TLS_KEY)
  --no-build       serve dist/ as it is
  --help           this text

More by environment: PARLEY_PUBLIC_URL, PARLEY_SMTP_URL, PARLEY_MAIL_FROM, PARLEY_ADMIN_EMAIL,
PARLEY_ADMIN_PASSWORD, PARLEY_CLIENT_ADDRESS_HEADER, PARLEY_ALLOW_PRIVATE_NETWORK. See docs/self-hosting.md.`;

/** @typedef {import('./server.mjs').ServeOptions & { build: boolean }} Options */

/** @returns {Options} */
function readOptions() {
  const { env } = process;
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: env.PARLEY_PORT || '8080' },
        host: { type: 'string', default: env.PARLEY_HOST || '127.0.0.1' },
        data: { type: 'string', default: env.PARLEY_DATA || '.data' },
        'tls-cert': { type: 'string', default: env.PARLEY_TLS_CERT || '' },
        'tls-key': { type: 'string', default: env.PARLEY_TLS_KEY || '' },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return fail(`${/** @type {Error} */ (error).message}\n\n${help}`);
  }
  if (values.help) {
    say(help);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    fail(`--port ${values.port} is not a port. Use a number from 1 to 65535, or 0 for a free one.`);
  }
  const { 'tls-cert': cert, 'tls-key': key } = values;
  if (Boolean(cert) !== Boolean(key)) fail('TLS needs both --tls-cert and --tls-key.');
  for (const file of [cert, key]) if (file && !existsSync(file)) fail(`${file} was not found.`);
  return {
    port,
    host: values.host,
    dataDir: resolve(values.data),
    tls: cert && key ? { cert: resolve(cert), key: resolve(key) } : null,
    build: !values['no-build'],
  };
}

/** Says in plain words what workerd would say in a stack trace. @param {Options} options */
async function checkPort({ host, port }) {
  const probe = createServer();
  await new Promise((done) => {
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE')
        fail(`Port ${port} is in use. Choose another: npm start -- --port ${port + 1}`);
      if (error.code === 'EACCES') fail(`Port ${port} needs more rights. Choose one above 1023 with --port.`);
      fail(`Cannot listen on ${addressOf(host, port)}: ${error.message}.`);
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(done));
  });
}

/** Asks the server itself whether it has an admin. @param {Options} options @param {number} port @returns {Promise<boolean>} */
function setupNeeded({ host, tls }, port) {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const request = tls ? httpsRequest : httpRequest;
  return new Promise((done) => {
    // Our own certificate need not name the loopback address.
    const call = request(
      { host: own, port, path: '/api/state', rejectUnauthorized: false, timeout: 10_000 },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part) => (body += part));
        answer.on('end', () => done(/"setupNeeded":true/.test(body)));
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => done(false));
    call.end();
  });
}

/** @param {Options} options @param {number} port */
async function greet(options, port) {
  const shownHost = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host;
  const url = `${options.tls ? 'https' : 'http'}://${addressOf(shownHost, port)}`;
  say(`Parley listens on ${url}`);
  say(`Data: ${options.dataDir}`);
  if (options.host === '127.0.0.1')
    say('Only this machine can reach it; --host 0.0.0.0 opens it to the network.');
  if (await setupNeeded(options, port)) say(`Open ${url}/setup to make the first admin.`);
}

await prepare();
const options = readOptions();
if (options.build) await buildOrEnd();
if (!existsSync(join(root, 'dist/edge/worker.js')))
  fail('There is nothing built yet. Run npm run build first.');
const lock = await claim(options.dataDir);
if (options.port !== 0) await checkPort(options);
let greeted = false;
await serve(options, lock, async (port) => {
  if (greeted) say('Parley runs again.');
  else await greet(options, port);
  greeted = true;
});
process.exit(0);
