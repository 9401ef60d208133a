/** Files of customers that are not what they should be, and how kept files are given out. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { File } from '../../core/content.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import type { Answer, Call } from '../simulators/providers/simulator.ts';
import { TelnyxSimulator } from '../simulators/providers/telnyx.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import type { TestChannel } from '../support/channels.ts';
import { addressOf, post, startGateway, type Gateway } from '../support/gateway.ts';
import { samplePng } from '../support/samplePicture.ts';
import { until } from '../support/until.ts';

/** A service whose files answer in whatever way a test says. */
class OddFiles extends GeneralSimulator {
  readonly odd = new Map<string, (call: Call) => Answer>();

  /** The address of a file that answers so. */
  file(name: string, answer: (call: Call) => Answer): string {
    this.odd.set(`/odd/${name}`, answer);
    return `${this.url}/odd/${name}`;
  }

  protected override api(call: Call): Answer | undefined {
    return this.odd.get(call.path)?.(call) ?? super.api(call);
  }
}

const general = new OddFiles();
const twilio = new TwilioSimulator();
const telnyx = new TelnyxSimulator();
/** Something inside of the network that nobody outside may reach. */
let visits = 0;
const inside = createServer((_request, response) => {
  visits += 1;
  response.writeHead(200, { 'content-type': 'image/png' }).end(samplePng());
});

let gateway: Gateway;
let channel: TestChannel;
let made = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  gateway = await startGateway([general, twilio, telnyx]);
  channel = await gateway.add(general);
});
afterAll(async () => {
  await gateway.close();
  inside.close();
});

interface Media {
  url: string;
  content_type?: string;
  sha256?: string;
}

/** Files of a new customer's message, once each is there or refused. */
async function arrive(media: Media[], timeoutMs = 20_000, at = channel): Promise<File[]> {
  made += 1;
  const id = `media-${made}`;
  const event = JSON.parse(
    general.event({ from: `+1415555${2000 + made}`, to: at.number, text: `files ${made}` }, id),
  ) as { data: { payload: { media: Media[] } } };
  event.data.payload.media = media;
  const body = JSON.stringify(event);
  const before = new Set(gateway.desk.sessions.keys());
  const answer = await post(addressOf(at), {
    headers: { 'content-type': 'application/json', 'x-signature-256': general.sign(body) },
    body,
  });
  expect(answer.status).toBe(204);
  const session = await until(
    () => [...gateway.desk.sessions.keys()].find((one) => !before.has(one)),
    'the session',
  );
  return filesOf(session, media.length, timeoutMs);
}

function filesOf(session: string, count: number, timeoutMs = 20_000): Promise<File[]> {
  return until(
    () => {
      const found = gateway.desk
        .logOf(session)
        .list.flatMap(({ body }) => (body.kind === 'file' ? [body] : []));
      const files = found.sort((a, b) => a.index - b.index).map(({ file }) => file);
      return files.length === count ? files : null;
    },
    `${count} files`,
    timeoutMs,
  );
}

const redirect = (location: string) => () => ({ status: 302, headers: { location } });
const png = (): Answer => ({ status: 200, headers: { 'content-type': 'image/png' }, body: samplePng() });
const storedFiles = () =>
  readdirSync(gateway.server.dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    new RegExp(`media/${channel.channel.id}/.*\\.[a-z0-9]+$`).test(name),
  );

describe('files of customers', () => {
  it('[CH-10] are never fetched from inside of the network, directly or by a redirect', async () => {
    const { port } = inside.address() as AddressInfo;
    const targets = [
      `http://127.0.0.1:${port}/secret`,
      `http://localhost:${port}/secret`,
      `http://[::1]:${port}/secret`,
      `http://0.0.0.0:${port}/secret`,
      `http://2130706433:${port}/secret`,
      `http://[::ffff:127.0.0.1]:${port}/secret`,
      `https://127.0.0.1:${port}/secret`,
      'http://169.254.169.254/latest/meta-data/',
      'https://10.0.0.1/secret',
      'https://192.168.0.1/secret',
      'https://[fd00::1]/secret',
      'https://server.internal/secret',
      'file:///etc/passwd',
    ];
    const web = targets.filter((url) => url.startsWith('http'));
    const files = [
      ...(await arrive(web.map((url) => ({ url, content_type: 'image/png' })))),
      ...(await arrive(
        targets.map((url, index) => ({ url: general.file(`redirect-${index}`, redirect(url)) })),
      )),
    ];
    for (const [index, file] of files.entries()) {
      expect(file, [...web, ...targets][index]).toMatchObject({ state: 'failed', url: '' });
      expect(file.problem).toMatch(/not come from|leads nowhere/);
    }
    expect(visits).toBe(0);
  });

  it('[CH-10] are given up when they lead in circles, are gone, empty of sense, or too large', async () => {
    const large = { 'content-length': String(200 * 1024 * 1024), 'content-type': 'video/mp4' };
    const files = await arrive([
      { url: general.file('circle', redirect('/odd/circle')) },
      { url: general.file('gone', () => ({ status: 410, body: '' })) },
      { url: general.file('nowhere', redirect('http://')) },
      {
        url: general.file('large', () => ({
          status: 200,
          headers: large,
          body: Readable.from([samplePng()]),
        })),
      },
    ]);
    expect(files.map(({ state }) => state)).toEqual(Array(4).fill('failed'));
    expect(files.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('too many addresses'),
      expect.stringContaining('gone'),
      expect.stringMatching(/nowhere|not come from/),
      expect.stringContaining('larger than 100 MB'),
    ]);
    await gateway.logged(channel, 'A file was refused');
  });

  it(
    '[CH-10] that never end are cut off at the limit, and nothing of them stays',
    { timeout: 90_000 },
    async () => {
      const before = storedFiles();
      const chunk = Buffer.alloc(1024 * 1024, 7);
      const endless = () =>
        Readable.from(
          (function* () {
            for (;;) yield chunk;
          })(),
        );
      const [file] = await arrive(
        [{ url: general.file('endless', () => ({ status: 200, body: endless() })) }],
        60_000,
      );
      expect(file).toMatchObject({ state: 'failed', problem: expect.stringContaining('larger than 100 MB') });
      await until(() => storedFiles().length === before.length, 'the rest to be gone');
    },
  );

  it('[CH-10] that break off in the middle are fetched again, never kept in part', async () => {
    const whole = Buffer.concat([samplePng(), Buffer.alloc(3 * 1024 * 1024, 1)]);
    let asked = 0;
    const broken = (): Answer => {
      asked += 1;
      if (asked > 1) return { status: 200, body: whole };
      const parts = (function* () {
        yield whole.subarray(0, 2 * 1024 * 1024);
        throw new Error('the cable was pulled');
      })();
      return { status: 200, headers: { 'content-type': 'image/png' }, body: Readable.from(parts) };
    };
    const before = storedFiles().length;
    const [file] = await arrive([{ url: general.file('broken', broken) }]);
    expect([asked, file?.state, file?.size]).toEqual([2, 'ready', whole.length]);
    expect(storedFiles().length).toBe(before + 1);
  });

  it('[CH-10] that are not ready yet are fetched a little later', async () => {
    const asked: number[] = [];
    const late = () => (asked.push(performance.now()) === 1 ? { status: 404, body: '' } : png());
    const [file] = await arrive([{ url: general.file('late', late) }]);
    expect([asked.length, file?.state]).toEqual([2, 'ready']);
    // Two seconds, and what a busy machine takes.
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(1_900);
    expect(second - first).toBeLessThan(4_000);
    await gateway.logged(channel, 'could not be fetched yet');
  });

  it('[CH-10] hold up nothing else of their conversation while they are fetched again', async () => {
    // A channel of its own: what others have received may be counted at any time.
    const [kept, given] = channel.channel.numbers;
    if (!kept || !given) throw new Error('two numbers are needed');
    await gateway.change(channel, { numbers: [kept] });
    const added = await gateway.add(general, { name: 'Slow files', numbers: [given] });
    const own = { ...added, number: given.number };
    let asked = 0;
    let goOn = () => undefined as void;
    const slow = (): Answer => {
      asked += 1;
      if (asked === 1) return { status: 404, body: '' };
      const body = new Readable({ read: () => undefined });
      goOn = () => {
        body.push(samplePng());
        body.push(null);
      };
      return { status: 200, headers: { 'content-type': 'image/png' }, body };
    };
    const file = arrive([{ url: general.file('slow', slow) }], 60_000, own);
    await until(() => asked === 2, 'the second try');
    // A conversation is counted by a timer of its own.
    const counted = async () => (await gateway.row(own)).statistics.received === 1;
    await until(counted, 'the message to be counted', 20_000);
    goOn();
    expect((await file)[0]?.state).toBe('ready');
  });

  it('[CH-10] [SMS-08] are refused when they are not those that were sent', async () => {
    const sha256 = createHash('sha256').update(samplePng()).digest('hex');
    const before = storedFiles().length;
    const files = await arrive([
      { url: general.file('same', png), sha256 },
      { url: general.file('swapped', () => ({ status: 200, body: 'something else' })), sha256 },
    ]);
    expect(files.map(({ state }) => state)).toEqual(['ready', 'failed']);
    expect(files[1]?.problem).toBe('The file is not the one that was sent.');
    expect(storedFiles().length).toBe(before + 1);
  });

  it('[CH-10] are what their content is, whatever they claim; nothing that could run is shown', async () => {
    const lie = (type: string, body: string | Buffer) => () => ({
      status: 200,
      headers: { 'content-type': type },
      body,
    });
    const page = '<!doctype html><script>alert(1)</script>';
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    const files = await arrive([
      { url: general.file('a.html', lie('image/png', page)), content_type: 'image/png' },
      { url: general.file('b.html', lie('text/html', page)), content_type: 'text/html' },
      { url: general.file('c.svg', lie('image/svg+xml', drawing)), content_type: 'image/svg+xml' },
      { url: general.file('d.txt', lie('text/plain', samplePng())), content_type: 'text/plain' },
      { url: general.file('e.exe', lie('image/jpeg', Buffer.from([0x4d, 0x5a, 0, 0, 0]))) },
    ]);
    const served = await Promise.all(
      files.map(async ({ url }) => {
        const answer = await fetch(`${gateway.server.url}${url}`);
        await answer.arrayBuffer();
        const { headers } = answer;
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
        return `${headers.get('content-type')} ${headers.get('content-disposition')?.split(';')[0]}`;
      }),
    );
    expect(served[0]).toBe('text/plain inline');
    expect(served[1]).toBe('application/octet-stream attachment');
    expect(served[2]).toBe('text/plain inline');
    expect(served[3]).toBe('image/png inline');
    expect(served[4]).toMatch(/^application\/\S+ attachment$/);
  });

  it("[CH-10] come with credentials from the provider's own hosts only", async () => {
    const added = [await gateway.add(twilio), await gateway.add(telnyx)];
    telnyx.mediaNeedsKey = true;
    const files = [{ name: 'a.png', type: 'image/png', bytes: samplePng() }];
    for (const { simulator, number } of added) {
      const heard = gateway.desk.hears(`with a file by ${simulator.provider}`, 20_000).catch(() => '');
      const from = '+17045552999';
      await simulator.customerSends({ from, to: number, text: 'before the file' });
      const before = await until(
        () =>
          [...gateway.desk.sessions.values()].find((one) => one.channel.provider === simulator.provider)?.id,
        'the session',
      );
      await simulator.customerSends({ from, to: number, files });
      expect((await filesOf(before, 1))[0]?.state).toBe('ready');
      void heard;
    }
    const basic = Buffer.from(`${twilio.fields.accountSid}:${twilio.fields.authToken}`).toString('base64');
    // The API redirects to a content network, which gets none.
    const authorizations = (simulator: TwilioSimulator | TelnyxSimulator) =>
      simulator.fetched.map(({ authorization }) => authorization);
    expect(twilio.fetched.find(({ path }) => path.startsWith('/cdn/'))?.authorization).toBeNull();
    expect(authorizations(twilio)).toContain(`Basic ${basic}`);
    // Telnyx gets its key only after it has refused to go without.
    expect(authorizations(telnyx)).toEqual([null, `Bearer ${telnyx.fields.apiKey}`]);
    expect(general.fetched.every(({ authorization }) => authorization === null)).toBe(true);
  });
});

describe('links to files', () => {
  let link = '';

  beforeAll(async () => {
    const [file] = await arrive([{ url: general.file('kept.png', png) }]);
    link = `${gateway.server.url}${file?.url}`;
  });

  it('[CH-10] answer GET, HEAD and ranges with the right type', async () => {
    const bytes = samplePng();
    const head = await fetch(link, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
    expect(head.headers.get('content-type')).toBe('image/png');
    const range = await fetch(link, { headers: { range: 'bytes=2-5' } });
    expect([range.status, range.headers.get('content-range')]).toEqual([206, `bytes 2-5/${bytes.length}`]);
    expect(Buffer.from(await range.arrayBuffer())).toEqual(bytes.subarray(2, 6));
    const rest = await fetch(link, { headers: { range: `bytes=${bytes.length - 3}-` } });
    expect(Buffer.from(await rest.arrayBuffer())).toEqual(bytes.subarray(-3));
  });

  it('[CH-10] work as they are signed and in no other way, and list nothing', async () => {
    const url = new URL(link);
    const changed = (change: (copy: URL) => void) => {
      const copy = new URL(link);
      change(copy);
      return copy.href;
    };
    const signature = url.searchParams.get('s') ?? '';
    const wrong = [
      changed((copy) => copy.searchParams.delete('s')),
      changed((copy) => copy.searchParams.set('s', '')),
      changed((copy) => copy.searchParams.set('s', signature.slice(0, -1))),
      changed((copy) => copy.searchParams.set('t', 'text/html')),
      changed((copy) => copy.searchParams.set('n', 'other.png')),
      // Another expiry in the name, as if it had another day.
      changed(
        (copy) =>
          (copy.pathname = copy.pathname.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))),
      ),
      `${url.origin}${url.pathname}`,
      ...[
        '/media',
        '/media/',
        `/media/${channel.channel.id}`,
        `/media/${channel.channel.id}/`,
        '/media/..%2f..%2fserver.lock',
      ].map((path) => `${url.origin}${path}`),
    ];
    for (const one of wrong) {
      const answer = await fetch(one);
      const body = await answer.text();
      expect(answer.status, one).toBe(404);
      expect(body).not.toContain(url.pathname.split('/').at(-1));
    }
    expect((await fetch(link)).status).toBe(200);
  });
});
