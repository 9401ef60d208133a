/** Asks the provider for a customer's name and photo where webhooks do not carry them (FB-02). */
import { addressOfPart, parseConversationName } from '../../../core/address.ts';
import type { FullProfile } from '../../../core/log.ts';
import { isListedHost, isPublicHost } from '../../../core/publicHost.ts';
import type { Provider, ProviderChannel } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { readBytes } from '../../http.ts';
import { callProvider, Connections, resolveUrl, standInOf } from '../../outbound.ts';
import { storePicture } from '../../store/pictures.ts';
import type { Session } from '../session.ts';
import { channelView } from '../../channelView.ts';

export const profileTimer = 'profile';
const retryMs = [10_000, 600_000, 6 * 3_600_000];
/** Photos are small; what is larger is none. */
const maxPhotoBytes = 2 * 1024 * 1024;
const photoTimeoutMs = 10_000;

export class Profiles {
  private readonly connections = new Connections();
  private tries = 0;

  constructor(private readonly session: Session) {}

  /** A session has opened: names change, so each session asks anew. */
  wanted(): void {
    this.tries = 0;
    this.session.arm(profileTimer, Date.now());
  }

  /** For the timer: when to ask again (epoch ms), null when there is nothing more to ask. */
  async onTimer(now: number): Promise<number | null> {
    const routing = await this.session.messagingRouting();
    const provider: Provider | null = routing && providers[routing.provider];
    if (!routing || !provider?.profile) return null;
    const channel = channelView(routing);
    const customer = addressOfPart(parseConversationName(this.session.name).customer);
    const { environment } = this.session;
    try {
      const request = await provider.profile.request(customer, channel);
      const answer = await callProvider(environment, provider, channel, request, this.connections, 10_000);
      const told = provider.profile.interpret(answer);
      if (told) {
        const { photo, ...names } = told;
        const profile: FullProfile = { ...names };
        // The name is worth having without the photo.
        const copy =
          photo === undefined ? null : await this.copyPhoto(photo, provider, channel).catch(() => null);
        if (copy !== null) profile.photo = copy;
        this.session.run({ kind: 'profile', profile, from: 'provider', consent: null });
        return null;
      }
    } catch (error) {
      console.warn(JSON.stringify({ event: 'profile.failed', error: String(error) }));
    }
    const pause = retryMs[this.tries];
    this.tries += 1;
    return pause === undefined ? null : now + pause;
  }

  /** The photo under a path of ours: the provider's links end within days. Null when it cannot be had. */
  private async copyPhoto(url: string, provider: Provider, channel: ProviderChannel): Promise<string | null> {
    if (!URL.canParse(url)) return null;
    const parsed = new URL(url);
    const { environment } = this.session;
    const standIn = standInOf(environment, provider.id);
    const isStandIn = standIn !== null && parsed.origin === new URL(standIn).origin;
    const isAllowed =
      parsed.protocol === 'https:' &&
      isPublicHost(parsed) &&
      (provider.media.hosts === null || isListedHost(parsed.hostname, provider.media.hosts));
    if (!isStandIn && !isAllowed) return null;
    const isApi = provider.origins(channel).includes(parsed.origin);
    const address = isApi ? resolveUrl(environment, provider, channel, url) : url;
    return this.connections.use(photoTimeoutMs, async (signal) => {
      // A redirect is no photo: where it leads was not looked at.
      const response = await fetch(address, { redirect: 'manual', signal });
      const bytes = response.ok ? await readBytes(response, maxPhotoBytes) : null;
      const stored = bytes && (await storePicture(environment, bytes));
      return stored && 'url' in stored ? stored.url : null;
    });
  }
}
