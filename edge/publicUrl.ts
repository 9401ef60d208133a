/** The address that people reach this deployment at, and what to mind about it (CH-03). */
import { isLoopbackHost } from '../core/origin.ts';
import { workspaceOf, type Env } from './env.ts';

/** Without a slash at its end: as configured, else where this very request was sent. */
export async function publicUrlOf(request: Request, env: Env): Promise<string> {
  const configured = await workspaceOf(env).publicUrl();
  if (configured !== null) return configured;
  const { host, origin } = new URL(request.url);
  // Behind a proxy that ends TLS only the page's own origin knows the scheme.
  const page = request.headers.get('origin');
  return page !== null && URL.canParse(page) && new URL(page).host === host ? page : origin;
}

/** What an admin should know about an address before pasting it into websites; empty when all is well. */
export function addressWarnings(publicUrl: string): string[] {
  const { protocol, hostname } = new URL(publicUrl);
  const warnings: string[] = [];
  if (isLoopbackHost(hostname)) {
    warnings.push(
      'This address works on this computer only. Set the public address in Settings before going live.',
    );
  } else if (protocol !== 'https:') {
    warnings.push('This address is not HTTPS. Websites on HTTPS cannot load the widget from it.');
  }
  if (hostname.includes('_')) {
    warnings.push('This domain has an underscore in its name. Some providers and certificates refuse that.');
  }
  return warnings;
}

/** The addresses of this deployment: those in the settings first, then the environment's. */
export function addressesOf(configured: readonly string[], env: Pick<Env, 'PARLEY_PUBLIC_URL'>): string[] {
  const all = [...configured, env.PARLEY_PUBLIC_URL ?? ''].filter((one) => URL.canParse(one));
  return [...new Set(all.map((one) => new URL(one).origin))];
}
