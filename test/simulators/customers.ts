/**
 * Customers of the demo who write through providers: texts, pictures, a place, a contact, reactions, a STOP. The
 * second agent answers some of them, and one answer fails, so that every part of the inbox has something to show.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { InboxSession } from '../../core/protocol.ts';
import type { AgentClient } from '../support/clients.ts';
import { chair } from './chairs.ts';
import { FacebookSimulator } from './providers/facebook.ts';
import type { CustomerFile, ProviderSimulator } from './providers/simulator.ts';
import { WhatsAppSimulator } from './providers/whatsapp.ts';

export interface Shop {
  simulators: ReadonlyMap<string, ProviderSimulator>;
  /** Parley's channel of each provider: its id, and the number that customers write to. */
  channels: ReadonlyMap<string, { id: string; number: string }>;
  second: AgentClient;
}

type Say =
  | { text: string; picture?: CustomerFile }
  /** As WhatsApp posts it: `{ type: 'location', location: … }`. */
  | { whatsapp: Record<string, unknown> }
  /** To our last message. */
  | { reaction: string };

interface Story {
  says: Say[];
  /** What the second agent answers, without picking the session up; left out where that is up to others. */
  answer?: string;
  /** With this code of the provider that answer fails, after it was accepted. */
  fails?: string;
  thanks?: Say[];
}

const firstPaceMs = 1_000;
const paceMs = 6_000;
/** Sessions that wait in one channel at most; more would only bury the first. */
const maxWaiting = 2;
const reportsWithinMs = 2_000;

/** How each channel shows itself when the demo begins. */
const openings: Record<string, Story> = {
  whatsapp: {
    says: [
      { text: 'Hello! Could you bring the table on Thursday?' },
      {
        whatsapp: {
          type: 'location',
          location: { latitude: 47.3769, longitude: 8.5417, name: 'Our shop', address: 'Station Road 1' },
        },
      },
      {
        whatsapp: {
          type: 'contacts',
          contacts: [
            {
              name: { formatted_name: 'Caretaker' },
              phones: [{ phone: '+41 44 555 01 42', type: 'WORK' }],
            },
          ],
        },
      },
    ],
    answer: 'Thursday works. I call the caretaker before we come.',
    thanks: [{ reaction: '❤' }, { text: 'Perfect, thank you' }],
  },
  facebook: {
    says: [{ text: 'Do you deliver on Sundays?' }],
    answer: 'Not on Sundays, but on Saturdays until 6 pm.',
    thanks: [{ reaction: '❤' }],
  },
  twilio: { says: [{ text: 'No more offers, please.' }, { text: 'STOP' }] },
  telnyx: {
    says: [{ text: 'It came with a scratch. Can you send another one?', picture: chair('red') }],
    answer: 'I am sorry about that. A new one leaves today.',
    thanks: [{ text: 'That was quick, thanks!' }],
  },
  bandwidth: {
    says: [{ text: 'When will my order 1042 be here?' }],
    answer: 'It leaves our house today. Follow it at https://example.com/track/1042',
    // Taken for spam by the carrier.
    fails: '4770',
  },
  apidaze: { says: [{ text: 'Do you have this one in green?', picture: chair('green') }] },
  flowroute: { says: [{ text: 'What are your opening hours on Saturday?' }] },
  siptrunk: { says: [{ text: 'Can I pick my order up today?' }] },
  voicemeup: {
    says: [{ text: 'Bonjour, livrez-vous à Québec ?' }],
    answer: 'Bonjour, oui, en cinq jours.',
    thanks: [{ text: 'Merci beaucoup !' }],
  },
  general: { says: [{ text: 'Hej! Finns stolen i grönt?' }] },
};

/** What they write about later. */
const stories: Story[] = [
  {
    says: [{ text: 'My order says "on its way" since Monday. Can you look?' }],
    thanks: [{ text: 'That helps a lot.' }],
  },
  { says: [{ text: 'Does this fit the round table?', picture: chair('blue') }] },
  {
    says: [{ text: 'Can I return a chair after two weeks?' }],
    thanks: [{ text: 'Perfect, I will order one then.' }],
  },
  {
    says: [{ text: 'Hello' }, { text: 'Is the wool seat washable?' }],
    thanks: [{ text: 'Great, thank you.' }],
  },
];

const replies = ['Hello! Let me check that for you.', 'Yes, that works. Anything else I can help with?'];

interface Person {
  /** As the provider names them. */
  address: string;
  /** What they call themselves, where the provider says so. */
  name: string;
}

const people: Record<string, Person[]> = {
  facebook: ['Sam Sample', 'Alex Muster', 'Jo Beispiel'].map((name, index) => ({
    address: `740011122233344${index}`,
    name,
  })),
  whatsapp: ['Kim Example', 'Lou Ejemplo', 'Mika Exempel'].map((name, index) => ({
    address: `+1646555018${index}`,
    name,
  })),
};
const areaCodes: Record<string, string> = {
  ...{ apidaze: '412', bandwidth: '919', flowroute: '206', general: '415' },
  ...{ siptrunk: '410', telnyx: '704', twilio: '845', voicemeup: '418' },
};

/** Three people who write through a provider. */
function peopleOf(provider: string): Person[] {
  const area = areaCodes[provider] ?? '703';
  return people[provider] ?? [0, 1, 2].map((index) => ({ address: `+1${area}555017${index}`, name: '' }));
}

const digits = (address: string) => address.replace(/\D/g, '');

/** Customers write as long as the demo runs. */
export async function customersWrite(shop: Shop, signal: AbortSignal): Promise<void> {
  const providers = Object.keys(openings).filter((id) => shop.channels.has(id));
  for (const id of providers) introduce(shop, id);
  const scene = { ...shop, signal, busy: new Set<string>() };
  const pause = (ms: number) => wait(ms, undefined, { signal }).catch(() => undefined);
  for (const id of providers) {
    start(scene, id, openings[id] ?? { says: [] });
    await pause(firstPaceMs);
  }
  for (let number = 0; !signal.aborted; number += 1) {
    await pause(paceMs);
    const id = providers[number % providers.length] ?? '';
    const waiting = waitingIn(scene, id);
    const next = waiting[0];
    if (waiting.length >= maxWaiting && next) quietly(serve(scene, next.id));
    else start(scene, id, stories[number % stories.length] ?? { says: [] });
  }
}

interface Scene extends Shop {
  signal: AbortSignal;
  /** Provider and address of those who are in a conversation. */
  busy: Set<string>;
}

function introduce({ simulators }: Shop, provider: string): void {
  const simulator = simulators.get(provider);
  simulator?.behave({ reportsWithinMs });
  for (const { address, name } of peopleOf(provider)) {
    const [first = '', last = ''] = name.split(' ');
    if (simulator instanceof WhatsAppSimulator) simulator.names.set(address, name);
    if (simulator instanceof FacebookSimulator)
      simulator.people.set(address, { first_name: first, last_name: last });
  }
}

/** What the demo is stopped in the middle of needs no words. */
function quietly(work: Promise<void>): void {
  void work.catch(() => undefined);
}

function start(scene: Scene, provider: string, story: Story): void {
  const person = peopleOf(provider).find(({ address }) => !scene.busy.has(`${provider}|${address}`));
  if (!person) return;
  const key = `${provider}|${person.address}`;
  scene.busy.add(key);
  quietly(converse(scene, provider, person.address, story).finally(() => scene.busy.delete(key)));
}

/** One conversation, as the customer has it. */
async function converse(scene: Scene, provider: string, from: string, story: Story): Promise<void> {
  const { simulators, channels, second, signal } = scene;
  const simulator = simulators.get(provider);
  const to = channels.get(provider)?.number;
  if (!simulator || to === undefined) return;
  const answers = () => simulator.accepted.filter((message) => digits(message.to) === digits(from));
  const before = answers().length;
  for (const say of story.says) {
    await speak(simulator, from, to, say);
    await wait(2_000, undefined, { signal });
  }
  if (story.answer !== undefined) {
    const session = await found(scene, provider, from);
    second.tell({ kind: 'typing', session, on: true });
    await wait(3_000, undefined, { signal });
    if (story.fails !== undefined) simulator.behave({ fate: { failed: story.fails } });
    await second.send(session, story.answer);
  }
  // As long as it takes, but not for ever: they come again with something else.
  const until = Date.now() + 30 * 60_000;
  while (answers().length === before && Date.now() < until) await wait(500, undefined, { signal });
  simulator.behave({ fate: 'delivered' });
  await wait(4_000, undefined, { signal });
  await read(simulator, from);
  for (const say of story.thanks ?? []) {
    await wait(2_000, undefined, { signal });
    await speak(simulator, from, to, say);
  }
}

async function speak(simulator: ProviderSimulator, from: string, to: string, say: Say): Promise<void> {
  if ('text' in say) {
    const { text, picture } = say;
    await simulator.customerSends({ from, to, text, ...(picture ? { files: [picture] } : {}) });
  } else if ('whatsapp' in say) {
    if (simulator instanceof WhatsAppSimulator) await simulator.customerDoes(from, say.whatsapp);
  } else {
    const id = lastTo(simulator, from);
    if (id === undefined) return;
    const emoji = say.reaction;
    if (simulator instanceof WhatsAppSimulator) {
      await simulator.customerDoes(from, { type: 'reaction', reaction: { message_id: id, emoji } });
    }
    if (simulator instanceof FacebookSimulator) {
      await simulator.customerDoes(from, { reaction: { reaction: 'love', emoji, action: 'react', mid: id } });
    }
  }
}

async function read(simulator: ProviderSimulator, from: string): Promise<void> {
  const id = lastTo(simulator, from);
  if (simulator instanceof WhatsAppSimulator && id !== undefined) await simulator.customerReads(id);
  if (simulator instanceof FacebookSimulator) await simulator.customerReads(from);
}

function lastTo(simulator: ProviderSimulator, customer: string): string | undefined {
  return simulator.accepted.filter(({ to }) => digits(to) === digits(customer)).at(-1)?.id;
}

// ── The second agent ────────────────────────────────────────────────────────────────────────────────────

/** Sessions of a channel that nobody has picked up, the newest first. */
function waitingIn({ channels, second }: Shop, provider: string): InboxSession[] {
  const channel = channels.get(provider)?.id;
  return [...second.sessions.values()]
    .filter((one) => one.channel.id === channel && one.status === 'open' && one.route.agent === null)
    .sort((a, b) => b.openedAt - a.openedAt);
}

/** The session of a customer who has just written. */
async function found(scene: Scene, provider: string, from: string): Promise<string> {
  for (;;) {
    const session = waitingIn(scene, provider).find(
      ({ customer }) => digits(customer.address) === digits(from),
    );
    if (session) return session.id;
    await wait(200, undefined, { signal: scene.signal });
  }
}

/** Takes a session, answers, and ends it. */
async function serve({ second, signal }: Scene, session: string): Promise<void> {
  await second.pickUp(session);
  for (const reply of replies) {
    second.tell({ kind: 'typing', session, on: true });
    await wait(3_000, undefined, { signal });
    await second.send(session, reply);
    await wait(5_000, undefined, { signal });
  }
  await wait(8_000, undefined, { signal });
  await second.end(session);
}
