/**
 * `npm run demo`: a server, a website with the widget on another origin, a simulator of each provider with a
 * channel for it, two agents, a queue, and visitors and customers who write by themselves. `--port N` (default 8080; the website takes the next one), `--data DIR` to keep it.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildOrEnd } from './build.mjs';
import { fail, prepare } from './install.mjs';

await prepare();
process.removeAllListeners('warning');
const { values } = parseArgs({
  options: { port: { type: 'string', default: '8080' }, data: { type: 'string' } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_534) {
  fail(`--port ${values.port} is not a port. Use a number from 1 to 65534.`);
}
await buildOrEnd();
const { demo } = await import('../test/simulators/demo.ts');
await demo({ port, ...(values.data === undefined ? {} : { dataDir: resolve(values.data) }) }).catch(
  (/** @type {Error} */ error) => fail(error.message),
);
process.exit(0);
