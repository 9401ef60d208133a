/** Bad and odd input at the real webhook address of a running server: what is refused, and what is answered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { BandwidthSimulator } from '../simulators/providers/bandwidth.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import { TelnyxSimulator } from '../simulators/providers/telnyx.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import type { TestChannel } from '../support/channels.ts';
import { addressOf, post, startGateway, type Gateway, type RawWebhook } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const general = new GeneralSimulator();
const twilio = new TwilioSimulator();
const telnyx = new TelnyxSimulator();
const bandwidth = new BandwidthSimulator();
const facebook = new FacebookSimulator();
const whatsapp = new WhatsAppSimulator();

interface Signer {
  simulator: ProviderSimulator;
  customer: string;
  /** A message of the customer, signed as the provider signs. */
  message(text: string, to: string, id: string): RawWebhook;
  /** An event that does not exist today. */
  unknownEvent(): RawWebhook;
  /** The header that holds the proof, and what a wrong one is answered. */
  proof: string;
  forged: number[];
  accepted: { status: number; type: string; body: string };
}

let gateway: Gateway;
let address = '';
let credentials = '';

const json = (body: string, headers: Record<string, string>): RawWebhook => ({
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const generalSigned = (body: string) => json(body, { 'x-signature-256': general.sign(body) });
const telnyxSigned = (event: object) => {
  const body = JSON.stringify({ data: { record_type: 'event', id: 'e', ...event }, meta: { attempt: 1 } });
  return { headers: telnyx.sign(body), body };
};
const bandwidthSigned = (event: object) => json(JSON.stringify([event]), { authorization: credentials });
const twilioSigned = (parameters: URLSearchParams) => ({
  headers: {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': twilio.sign(address, parameters),
  },
  body: parameters.toString(),
});

const signers: Record<string, Signer> = {
  general: {
    simulator: general,
    customer: '+14155550121',
    message: (text, to, id) => generalSigned(general.event({ from: '+14155550121', to, text }, id)),
    unknownEvent: () =>
      generalSigned(JSON.stringify({ data: { event_type: 'message.teleported', payload: {} } })),
    proof: 'x-signature-256',
    forged: [400],
    accepted: { status: 204, type: '', body: '' },
  },
  twilio: {
    simulator: twilio,
    customer: '+17045550121',
    message: (text, to, id) =>
      twilioSigned(
        twilio.inbound({ from: '+17045550121', to, text }, { MessageSid: `SM${id}`, SmsSid: `SM${id}` }),
      ),
    unknownEvent: () => twilioSigned(new URLSearchParams({ MessageSid: 'SM1', MessageStatus: 'teleported' })),
    proof: 'x-twilio-signature',
    forged: [403],
    accepted: { status: 200, type: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
  },
  telnyx: {
    simulator: telnyx,
    customer: '+17045550122',
    message: (text, to, id) =>
      telnyxSigned({
        event_type: 'message.received',
        payload: {
          id,
          direction: 'inbound',
          from: { phone_number: '+17045550122' },
          to: [{ phone_number: to }],
          text,
          media: [],
        },
      }),
    unknownEvent: () => telnyxSigned({ event_type: 'number.teleported', payload: {} }),
    proof: 'telnyx-signature-ed25519',
    forged: [403],
    accepted: { status: 200, type: '', body: '' },
  },
  bandwidth: {
    simulator: bandwidth,
    customer: '+17045550123',
    message: (text, to, id) => {
      const event = bandwidth.received({ from: '+17045550123', to, text });
      return bandwidthSigned({ ...event, message: { ...(event['message'] as object), id } });
    },
    unknownEvent: () =>
      bandwidthSigned({ ...bandwidth.received({ from: '+17045550123', to: '+1' }), type: 'teleported' }),
    proof: 'authorization',
    forged: [401],
    accepted: { status: 200, type: '', body: '' },
  },
  facebook: {
    simulator: facebook,
    customer: '7400111222333555',
    message: (text, to, id) => {
      const what = { message: { mid: id, text } };
      const payload = facebook.event('7400111222333555', what) as { entry: { id: string }[] };
      for (const entry of payload.entry) entry.id = to;
      return facebook.signed(payload);
    },
    unknownEvent: () => facebook.signed(facebook.event('7400111222333555', { teleported: { mid: 'x' } })),
    proof: 'x-hub-signature-256',
    forged: [401, 403],
    accepted: { status: 200, type: 'text/plain', body: 'EVENT_RECEIVED' },
  },
  whatsapp: {
    simulator: whatsapp,
    customer: '+15550001121',
    message: (text, to, id) => {
      const payload = whatsapp.message('+15550001121', { id, type: 'text', text: { body: text } });
      const elsewhere = to === whatsapp.phoneNumber ? whatsapp.phoneNumberId : '900000000000009';
      return whatsapp.signed(
        JSON.parse(JSON.stringify(payload).replaceAll(whatsapp.phoneNumberId, elsewhere)),
      );
    },
    unknownEvent: () => whatsapp.signed(whatsapp.change('teleported', {})),
    proof: 'x-hub-signature-256',
    forged: [401, 403],
    accepted: { status: 200, type: 'text/plain', body: 'EVENT_RECEIVED' },
  },
};
const providers = Object.keys(signers);
const signerOf = (provider: string) => signers[provider] as Signer;

const rows: Record<string, string> = {
  general: '[SMS-10] ',
  facebook: '[FB-01] ',
  whatsapp: '[WA-01] ',
};

beforeAll(async () => {
  gateway = await startGateway(Object.values(signers).map(({ simulator }) => simulator));
});
afterAll(() => gateway.close());

let made = 0;
const newId = () => `0a1b2c3d4e5f60718293a4b5c6d7${String((made += 1)).padStart(4, '0')}`;

describe.each(providers)('%s', (provider) => {
  const row = rows[provider] ?? '';
  const { simulator, message, unknownEvent, proof, forged, accepted } = signerOf(provider);
  let channel: TestChannel;
  let number = '';
  const send = (webhook: RawWebhook) => post(addressOf(channel), webhook);
  /** Sends a good message and waits until the agent has it: what came before it is there, too. */
  const markerArrives = async () => {
    const text = `marker ${newId()}`;
    const heard = gateway.desk.hears(text);
    expect((await send(message(text, number, newId()))).status).toBe(accepted.status);
    const session = await heard;
    await gateway.desk.catchUp(session);
    return session;
  };
  const texts = async () => gateway.desk.logOf(await markerArrives()).texts;

  beforeAll(async () => {
    channel = await gateway.add(simulator);
    number = channel.number;
    address = addressOf(channel);
    const { user, password } = await gateway.oursOf(channel);
    credentials = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  });

  it(`${row}[CH-08] answers a stored message exactly as the provider expects, a repeat too`, async () => {
    const id = newId();
    const first = await send(message('once', number, id));
    const again = await send(message('once', number, id));
    for (const { status, type, body } of [first, again]) {
      expect({ status, type: type.split(';')[0], body }).toEqual(accepted);
    }
    expect((await texts()).filter((text) => text === 'once')).toHaveLength(1);
  });

  it(`${row}[CH-08] refuses proofs that are missing, cut, of another body or in another writing`, async () => {
    const good = message('forged', number, newId());
    const given = good.headers[proof] ?? '';
    const other = message('another body', number, newId()).headers[proof] ?? '';
    const hex = Buffer.from(given.replace(/^(sha256=|Basic )/, '')).toString('hex');
    const proofs = [
      null,
      '',
      given.slice(0, -4),
      `${given}AAAA`,
      hex,
      given.replace('sha256=', ''),
      // Credentials are no signature of the body: Bandwidth's are the same for all.
      ...(provider === 'bandwidth' ? [`Basic ${Buffer.from('parley:wrong').toString('base64')}`] : [other]),
    ].filter((one) => one !== given);
    for (const one of proofs) {
      const { [proof]: _proof, ...rest } = good.headers;
      const answer = await send({ ...good, headers: one === null ? rest : { ...rest, [proof]: one } });
      expect(forged, `proof ${String(one)}`).toContain(answer.status);
    }
    expect(await texts()).not.toContain('forged');
    const refused = async () =>
      (await gateway.events(channel)).filter(
        ({ kind, result }) => kind === 'webhook' && result === 'refused',
      );
    // Bandwidth's first request of each event has no credentials, which is no news.
    const told = provider === 'bandwidth' ? proofs.filter(Boolean).length : proofs.length;
    await until(async () => (await refused()).length >= told, 'a line for each');
    expect(JSON.stringify(await gateway.events(channel))).not.toContain(given);
  });

  it.skipIf(provider === 'bandwidth')(`${row}[CH-08] refuses a body that differs by one byte`, async () => {
    const good = message('one byte', number, newId());
    const body = Buffer.from(String(good.body));
    for (const at of [0, Math.floor(body.length / 2), body.length - 1]) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(forged).toContain((await send({ ...good, body: changed })).status);
    }
    expect(forged).toContain((await send({ ...good, body: Buffer.concat([body, Buffer.from(' ')]) })).status);
    expect(await texts()).not.toContain('one byte');
  });

  it('[CH-08] refuses 10 MB with 413, whether their length is announced or not', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    const { headers } = message('large', number, newId());
    const announced = await send({ headers, body: Buffer.alloc(10 * 1024 * 1024, 0x20) });
    let left = 10;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => ((left -= 1) < 0 ? controller.close() : controller.enqueue(chunk)),
    });
    const streamed = await send({ headers, body: stream });
    expect([announced.status, streamed.status]).toEqual([413, 413]);
    await gateway.logged(channel, 'larger than allowed');
  });

  it('[CH-16] accepts events of an unknown kind, logs them and does nothing', async () => {
    const before = await texts();
    const answer = await send(unknownEvent());
    expect(answer.status).toBe(accepted.status);
    const line = await until(
      async () => (await gateway.events(channel)).find(({ result }) => result === 'ignored'),
      'the line',
    );
    expect(line).toMatchObject({ kind: 'webhook', replayable: true });
    expect((await texts()).slice(0, before.length)).toEqual(before);
  });

  it('[CH-08] [CH-16] stores nothing for a number that is not of this channel, and says so', async () => {
    const stranger = provider === 'facebook' ? '900000000000009' : '+19195550999';
    const answer = await send(message('for somebody else', stranger, newId()));
    expect(answer.status).toBe(accepted.status);
    await gateway.logged(channel, ['facebook', 'whatsapp'].includes(provider) ? '900000000000009' : stranger);
    expect(await texts()).not.toContain('for somebody else');
  });

  it('[CH-08] keeps emoji and combining marks, and cuts 100,000 characters visibly', async () => {
    const signs = 'e\u0301 👩‍👩‍👧‍👦 🇩🇪 नमस्ते ‏שלום';
    await send(message(signs, number, newId()));
    await send(message('x'.repeat(100_000), number, newId()));
    const all = await texts();
    expect(all).toContain(signs);
    const long = all.find((text) => text.startsWith('xxxx')) ?? '';
    expect(long.length).toBeLessThan(21_000);
    expect(long).toMatch(/…/);
  });

  it('[CH-08] survives empty texts, nested JSON, wrong content types and bytes that are no text', async () => {
    const good = message('', number, newId());
    const nested = '['.repeat(200_000);
    const bodies: (string | Buffer)[] = [
      '',
      'null',
      '"x"',
      nested,
      `{"a":${nested}`,
      Buffer.from([0xff, 0xfe]),
    ];
    const answers = [(await send(good)).status];
    for (const body of bodies) {
      const headers =
        provider === 'telnyx'
          ? telnyx.sign(body)
          : provider === 'bandwidth'
            ? good.headers
            : provider === 'twilio'
              ? good.headers
              : { 'x-signature-256': general.sign(body), 'x-hub-signature-256': facebook.sign(body) };
      for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
        answers.push((await send({ headers: { ...headers, 'content-type': type }, body })).status);
      }
    }
    expect(answers.filter((status) => status >= 500)).toEqual([]);
    await markerArrives();
  });
});
