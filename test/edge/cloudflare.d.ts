/// <reference types="@cloudflare/vitest-plugin/types" />

/** What `cloudflare:workers` and `cloudflare:test` know of our Worker. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('../../edge/worker.ts');
  }
  type Bindings = import('../../edge/env.ts').Env;
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merged into the runtime's own
  interface Env extends Bindings {}
}
