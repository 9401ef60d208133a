/** Whether a URL may lead to the public internet, as far as it is written; the network itself refuses the rest. */
import ipaddr from 'ipaddr.js';

/** `url` is one that `new URL` has read: it writes every form of an IP address in one way. */
export function isPublicHost(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'unicast';
  return host.includes('.') && !/\.(localhost|local|internal|lan|home|corp|arpa)$/.test(host);
}

/** Whether a host is in a list of exact names and `*.suffix`es. */
export function isListedHost(host: string, list: readonly string[]): boolean {
  return list.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry));
}
