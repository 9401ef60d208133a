/** One simulator of each provider. */
import { ApidazeSimulator } from '../simulators/providers/apidaze.ts';
import { BandwidthSimulator } from '../simulators/providers/bandwidth.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import { FlowrouteSimulator } from '../simulators/providers/flowroute.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { SiptrunkSimulator } from '../simulators/providers/siptrunk.ts';
import { TelnyxSimulator } from '../simulators/providers/telnyx.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { VoicemeupSimulator } from '../simulators/providers/voicemeup.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';

/** New, not started; by the provider's id. */
export function allSimulators(): Map<string, ProviderSimulator> {
  const all = [
    new ApidazeSimulator(),
    new BandwidthSimulator(),
    new FacebookSimulator(),
    new FlowrouteSimulator(),
    new GeneralSimulator(),
    new SiptrunkSimulator(),
    new TelnyxSimulator(),
    new TwilioSimulator(),
    new VoicemeupSimulator(),
    new WhatsAppSimulator(),
  ];
  return new Map(all.map((one) => [one.provider, one]));
}
