/** What the build tells the service worker (vite.worker.config.ts). */

/** Paths of every part of the app. */
declare const SHELL: readonly string[];
/** Differs with every build whose parts differ. */
declare const VERSION: string;
