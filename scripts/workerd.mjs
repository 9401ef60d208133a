/**
 * The configuration for `workerd serve` (Cloudflare's runtime as one local program): the same Worker and
 * objects as on Cloudflare, with SQLite files and media in the data folder. Bindings have the names of
 * edge/env.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

/** Handed to the Worker from our environment when they are set. */
const settings = [
  'PARLEY_PUBLIC_URL',
  'PARLEY_SMTP_URL',
  'PARLEY_MAIL_FROM',
  'PARLEY_ADMIN_EMAIL',
  'PARLEY_ADMIN_PASSWORD',
  'PARLEY_CLIENT_ADDRESS_HEADER',
  'PARLEY_RATE_FACTOR',
  'PARLEY_PROVIDER_URLS',
];
const secrets = ['PARLEY_SIGNING_KEY', 'PARLEY_SEALING_KEY'];

/**
 * The durable object classes. A `uniqueKey` names the folder of a class and goes into the ids of its
 * objects: changing one orphans all data of that class.
 */
const objects = [
  { binding: 'SESSION', className: 'Session', uniqueKey: 'parley-session' },
  { binding: 'CHANNEL', className: 'Channel', uniqueKey: 'parley-channel' },
  { binding: 'SENDER', className: 'Sender', uniqueKey: 'parley-sender' },
  { binding: 'DESK', className: 'Desk', uniqueKey: 'parley-desk' },
  { binding: 'PUSHER', className: 'Pusher', uniqueKey: 'parley-pusher' },
  { binding: 'ARCHIVE', className: 'Archive', uniqueKey: 'parley-archive' },
  { binding: 'CAMPAIGN', className: 'Campaign', uniqueKey: 'parley-campaign' },
  { binding: 'WORKSPACE', className: 'Workspace', uniqueKey: 'parley-workspace' },
];

const moduleKinds = { js: 'esModule', mjs: 'esModule', wasm: 'wasm', txt: 'text', bin: 'data' };

/** A text of the configuration language. @param {string} value */
const text = (value) => JSON.stringify(value);

/** Paths are absolute; the import path `/` (see `arguments`) makes that work. @param {string} path */
const embed = (path) => `embed ${text(path)}`;

/** @param {string} folder */
function modules(folder) {
  const names = readdirSync(folder).filter((name) => name !== 'worker.js');
  return ['worker.js', ...names].flatMap((name) => {
    const kind = Object.entries(moduleKinds).find(([ending]) => name.endsWith(`.${ending}`))?.[1];
    return kind ? [`(name = ${text(name)}, ${kind} = ${embed(join(folder, name))})`] : [];
  });
}

/**
 * @typedef {object} WorkerdOptions
 * @property {string} address such as `127.0.0.1:8080`
 * @property {string} dataDir absolute
 * @property {{ cert: string, key: string } | null} tls absolute paths of PEM files
 * @property {boolean} privateNetwork whether the Worker may reach private and loopback addresses
 * @property {NodeJS.ProcessEnv} env
 */

/** @param {WorkerdOptions} options @returns {string} the configuration, in Cap'n Proto's text form */
export function workerdConfig({ address, dataDir, tls, privateNetwork, env }) {
  const list = (/** @type {string[]} */ items) => `[\n    ${items.join(',\n    ')}\n  ]`;
  const bindings = [
    ...objects.map((o) => `(name = ${text(o.binding)}, durableObjectNamespace = ${text(o.className)})`),
    '(name = "ASSETS", service = "assets")',
    '(name = "MEDIA", service = "media")',
    '(name = "PARLEY_PLATFORM", text = "workerd")',
    ...[...secrets, ...settings.filter((name) => env[name])].map(
      (name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`,
    ),
  ];
  const namespaces = objects.map(
    (o) => `(className = ${text(o.className)}, uniqueKey = ${text(o.uniqueKey)}, enableSql = true)`,
  );
  // The Worker learns a client's address from `request.cf.clientIp` ("address:port"), which workerd takes from
  // the connection. The header that the Worker itself passes on to its objects is removed from what comes in,
  // so that nobody can claim another address. Behind a proxy that is trusted for the address it is trusted
  // for the protocol, too.
  const http = [
    'injectRequestHeaders = [(name = "x-parley-client")]',
    ...(env.PARLEY_CLIENT_ADDRESS_HEADER ? ['forwardedProtoHeader = "X-Forwarded-Proto"'] : []),
  ].join(', ');
  const listener = tls
    ? `https = (options = (${http}), tlsOptions = (keypair = (privateKey = ${embed(tls.key)}, certificateChain = ${embed(tls.cert)})))`
    : `http = (${http})`;
  const reach = privateNetwork ? '"public", "private"' : '"public"';

  return `using Workerd = import "/workerd/workerd.capnp";

const worker :Workerd.Worker = (
  modules = ${list(modules(join(root, 'dist/edge')))},
  compatibilityDate = "2026-11-01",
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "objects"),
  globalOutbound = "internet"
);

const config :Workerd.Config = (
  # Young objects are collected often and quickly: while they are, no message leaves. V8's own 16 MB take up to 20 ms.
  v8Flags = ["--max-semi-space-size=4"],
  services = [
    (name = "main", worker = .worker),
    (name = "objects", disk = (path = ${text(join(dataDir, 'objects'))}, writable = true)),
    (name = "media", disk = (path = ${text(join(dataDir, 'media'))}, writable = true)),
    (name = "assets", disk = (path = ${text(join(root, 'dist/assets'))})),
    (name = "internet", network = (allow = [${reach}], tlsOptions = (trustBrowserCas = true)))
  ],
  sockets = [(name = "http", address = ${text(address)}, service = "main", ${listener})]
);
`;
}

/** The arguments that start workerd with this configuration and report its port on descriptor 3. */
export const workerdArguments = (/** @type {string} */ configFile) => [
  'serve',
  '--experimental',
  '--import-path=/',
  '--control-fd=3',
  configFile,
];
