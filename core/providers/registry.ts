/** All providers. Another one joins by its file and one line here. */
import { apidaze } from './apidaze.ts';
import { bandwidth } from './bandwidth.ts';
import { facebook } from './facebook.ts';
import { flowroute } from './flowroute.ts';
import { general } from './general.ts';
import type { Provider } from './provider.ts';
import { siptrunk } from './siptrunk.ts';
import { telnyx } from './telnyx.ts';
import { twilio } from './twilio.ts';
import { voicemeup } from './voicemeup.ts';
import { whatsapp } from './whatsapp.ts';

export const providers = {
  apidaze,
  bandwidth,
  facebook,
  flowroute,
  general,
  siptrunk,
  telnyx,
  twilio,
  voicemeup,
  whatsapp,
} satisfies Record<string, Provider>;

export type ProviderId = keyof typeof providers;
export const providerIds = Object.keys(providers) as [ProviderId, ...ProviderId[]];

/** The provider of that id; null when there is none. */
export function providerOf(id: string): Provider | null {
  return Object.hasOwn(providers, id) ? providers[id as ProviderId] : null;
}
