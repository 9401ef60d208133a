/** What a device is called in lists: by its browser's own words. */
import Bowser from 'bowser';

/** Such as "Chrome on Android"; "A browser" when the User-Agent says nothing. */
export function deviceLabel(userAgent: string | null): string {
  if (!userAgent) return 'A browser';
  const { browser, os } = Bowser.parse(userAgent);
  return [browser.name || 'A browser', os.name].filter(Boolean).join(' on ').slice(0, 80);
}
