/** Which websites may load and connect a widget (LC-02): exact domains and `*.` subdomains. */
import * as z from 'zod';

/** `shop.example.com`, `*.example.com`, `localhost`, `127.0.0.1`; an optional port makes it that port only. */
export const websiteDomain = z
  .string()
  .trim()
  .toLowerCase()
  .max(260)
  .transform((text) => text.replace(/^https?:\/\//, '').replace(/\/.*$/, ''))
  .refine(
    (text) =>
      /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?$/.test(
        text,
      ),
    'Use a domain such as www.example.com or *.example.com.',
  );

/**
 * Whether a page of this origin may use a channel that lists `domains`. HTTPS is asked for, except on the
 * machine itself (localhost, 127.0.0.0/8) and on domains that the admin listed with a port.
 */
export function isListedOrigin(origin: string | null, domains: readonly string[]): boolean {
  const url = parseOrigin(origin);
  if (!url) return false;
  return domains.some((domain) => {
    const [name = '', port] = domain.split(':');
    if (port !== undefined ? port !== effectivePort(url) : !hasDefaultPort(url)) return false;
    return name.startsWith('*.') ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
  });
}

/** Whether a host name stands for this machine, where browsers allow plain HTTP as a secure context. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname === '[::1]'
  );
}

function parseOrigin(origin: string | null): URL | null {
  if (!origin || !URL.canParse(origin)) return null;
  const url = new URL(origin);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === origin ? url : null;
}

function effectivePort(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

function hasDefaultPort(url: URL): boolean {
  return url.port === '' || isLoopbackHost(url.hostname);
}
