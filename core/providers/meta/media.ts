/** Which addresses of files are Meta's own. */

/** The parsed address if it is https, without user or port, at one of the hosts (exact or `*.suffix`). */
export function mediaUrl(url: string, hosts: readonly string[]): URL | null {
  const target = URL.parse(url);
  if (target?.protocol !== 'https:' || target.port !== '' || target.username !== '') return null;
  const fits = hosts.some((host) =>
    host.startsWith('*.') ? target.hostname.endsWith(host.slice(1)) : target.hostname === host,
  );
  return fits ? target : null;
}
