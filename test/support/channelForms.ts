/** All ten providers, simulated, and an admin who fills in the forms of their channels. */
import type { Page } from 'playwright-core';
import { isShown } from '../../core/messagingChannel.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { providers, type ProviderId } from '../../core/providers/registry.ts';
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
import { choose } from './console.ts';

const newSimulators = () =>
  ({
    apidaze: new ApidazeSimulator(),
    bandwidth: new BandwidthSimulator(),
    facebook: new FacebookSimulator(),
    flowroute: new FlowrouteSimulator(),
    general: new GeneralSimulator(),
    siptrunk: new SiptrunkSimulator(),
    telnyx: new TelnyxSimulator(),
    twilio: new TwilioSimulator(),
    voicemeup: new VoicemeupSimulator(),
    whatsapp: new WhatsAppSimulator(),
  }) satisfies Record<ProviderId, ProviderSimulator>;
export type Simulators = ReturnType<typeof newSimulators>;

/** Starts them all. */
export async function startSimulators(): Promise<{ simulators: Simulators; stop(): Promise<void> }> {
  const simulators = newSimulators();
  const all: ProviderSimulator[] = Object.values(simulators);
  await Promise.all(all.map((simulator) => simulator.start()));
  return {
    simulators,
    stop: async () => {
      await Promise.all(all.map((simulator) => simulator.close()));
    },
  };
}

const typeNames = { sms: 'SMS', facebook: 'Facebook Messenger', whatsapp: 'WhatsApp' } as const;

/** The webhook URL that the form shows. */
export const webhookUrl = (page: Page) => page.getByLabel('Webhook URL', { exact: true }).innerText();

export const save = (page: Page) => page.getByRole('button', { name: 'Save' }).click();

/** The label of the field that a channel's number is typed into. */
export function numberLabel({ numbers, form }: Provider): string {
  return numbers.kind === 'one' ? (form.find(({ name }) => name === numbers.field)?.label ?? '') : 'Number';
}

/** Opens the form of a new channel by the menu. */
export async function openForm(page: Page, url: string, id: ProviderId): Promise<void> {
  const provider: Provider = providers[id];
  await page.goto(`${url}/channels`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: typeNames[provider.kind], exact: true }).click();
  if (provider.kind === 'sms') {
    await page.getByRole('heading', { name: 'New SMS channel' }).waitFor();
    await page.getByRole('link', { name: new RegExp(`^${provider.label}\\b`) }).click();
  }
  await page.getByLabel('Webhook URL', { exact: true }).waitFor();
}

/** Types the simulator's credentials and the last of its numbers. */
export async function fillForm(page: Page, simulator: ProviderSimulator): Promise<void> {
  const provider: Provider = providers[simulator.provider as ProviderId];
  const values = simulator.fields;
  for (const field of provider.form) {
    const value = values[field.name];
    if (value === undefined || field.advanced || !isShown(field, values)) continue;
    const label = field.required || field.options ? field.label : `${field.label} (optional)`;
    if (field.options) {
      await choose(page, label, field.options.find((one) => one.value === value)?.label ?? value);
    } else {
      await page.getByLabel(label, { exact: true }).fill(value);
    }
  }
  if (provider.numbers.kind === 'many') {
    await page.getByLabel('Number', { exact: true }).fill(simulator.numbers.at(-1) ?? '');
  }
}
