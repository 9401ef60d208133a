/// <reference types="@cloudflare/vitest-plugin/types" />

/** What `cloudflare:workers` and `cloudflare:test` know of our Worker. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('../../edge/worker.ts');
  }
}
