/** `node scripts/pictures.mjs`: takes the README's pictures (docs/images) anew from the running product. */
import { buildOrEnd } from './build.mjs';
import { prepare, say } from './install.mjs';

await prepare();
process.removeAllListeners('warning');
await buildOrEnd();
const { takePictures } = await import('../test/support/pictures.ts');
await takePictures();
say('Written: docs/images.');
process.exit(0);
