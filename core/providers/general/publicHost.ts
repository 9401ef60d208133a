/**
 * Whether an address that an admin typed may lead to the public internet. This looks at the host as written;
 * what a name resolves to is for whoever connects to check.
 */

/** `url` is one that `new URL` has read: it writes every form of an IP address in one way. */
export function isPublicHost(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return isPublicV6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicV4(host.split('.').map(Number));
  return host.includes('.') && !/\.(localhost|local|internal|lan|home|corp|arpa)$/.test(host);
}

function isPublicV4([a = 0, b = 0, c = 0]: number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 169) return b !== 254;
  if (a === 172) return b < 16 || b > 31;
  if (a === 192) return b !== 168 && !(b === 0 && c === 0);
  return !(a === 198 && (b === 18 || b === 19));
}

/** Global unicast is 2000::/3; of it, 6to4 (2002::/16) and Teredo (2001::/32) lead to IPv4 addresses. */
function isPublicV6(address: string): boolean {
  return /^[23][0-9a-f]{3}:/.test(address) && !/^(2002:|2001:(0{1,4})?:)/.test(address);
}
