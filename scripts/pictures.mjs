/** `node scripts/pictures.mjs`: takes the README's pictures and the app's screenshots anew from the running product. */
import { buildOrEnd } from './build.mjs';
import { prepare, say } from './install.mjs';

await prepare();
process.removeAllListeners('warning');
await buildOrEnd();
const { takePictures } = await import('../test/support/pictures.ts');
await takePictures();
say('Written: docs/images.');
process.exit(0);
