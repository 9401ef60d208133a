/**
 * Twilio Programmable Messaging: Basic auth, forms, signed webhooks and callbacks, media behind a redirect to a
 * content network, HEAD and GET of outbound media, and the magic numbers of Twilio's own test credentials.
 */
import { createHmac, randomUUID } from 'node:crypto';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

/** Codes that do not come with HTTP 400. */
const statuses: Record<string, number> = {
  '20003': 401,
  '20404': 404,
  '20429': 429,
  '20500': 500,
  '20503': 503,
};

/** What sends to and from Twilio's magic numbers are refused with. */
const magicTo: Record<string, string> = {
  '+15005550001': '21211',
  '+15005550002': '21612',
  '+15005550003': '21408',
  '+15005550004': '21610',
  '+15005550009': '21614',
};
const magicFrom: Record<string, string> = {
  '+15005550001': '21212',
  '+15005550007': '21606',
  '+15005550008': '21611',
};

interface Sent {
  sid: string;
  from: string;
  to: string;
  /** The Messaging Service that it was sent by, if any. */
  service?: string | null;
}

export class TwilioSimulator extends ProviderSimulator {
  /** The first pause before a webhook is tried again, ms; each further one is twice as long. */
  retryPauseMs = 20;
  readonly provider = 'twilio';
  readonly fields = {
    accountSid: 'AC7d1e5a9b3c4f8062d7e1a5b9c3f40682',
    authToken: '3f9c1b7de2a84056b1c0d9e8f7a6b5c4',
  };
  readonly numbers = ['+19195550142', '+19195550143', '+15005550006'];
  /** The account's Messaging Service, which has all of the numbers; for what is sent by it. */
  readonly messagingServiceSid = 'MG2f8e6d4c2b0a49388f7e6d5c4b3a2918';
  /** What it fetched of our media: the method, status and type of each fetch. */
  readonly mediaFetched: { url: string; method: string; status: number; type: string }[] = [];
  /** The status of the account as the API tells it. */
  accountStatus: 'active' | 'suspended' | 'closed' = 'active';
  /** The next fetches of customers' media come too early and get a 404. */
  mediaNotReady = 0;
  /** Customer and number of those who sent STOP. */
  private readonly blocked = new Set<string>();
  private readonly sent: Record<string, unknown>[] = [];

  /** `X-Twilio-Signature` of a form posted to `url`: its fragment is not signed, nor the port of https. */
  sign(url: string, parameters: URLSearchParams, token = this.fields.authToken): string {
    const target = url.replace(/#.*$/, '').replace(/^(https:\/\/[^/:?]+):\d+/, '$1');
    const names = [...new Set(parameters.keys())].sort();
    const data = names
      .flatMap((name) => [...new Set(parameters.getAll(name))].sort().map((value) => name + value))
      .join('');
    return createHmac('sha1', token)
      .update(target + data)
      .digest('base64');
  }

  /** The parameters of a customer's message. */
  inbound(message: CustomerMessage, extra: Record<string, string> = {}): URLSearchParams {
    const files = message.files ?? [];
    const sid = newSid(files.length > 0 ? 'MM' : 'SM');
    const parameters = new URLSearchParams({
      ToCountry: 'US',
      ToState: '',
      SmsMessageSid: sid,
      NumMedia: String(files.length),
      ToCity: '',
      FromZip: '28202',
      SmsSid: sid,
      FromState: 'NC',
      SmsStatus: 'received',
      FromCity: 'CHARLOTTE',
      Body: message.text ?? '',
      FromCountry: 'US',
      To: message.to,
      ToZip: '',
      NumSegments: '1',
      MessageSid: sid,
      AccountSid: this.fields.accountSid,
      From: message.from,
      ApiVersion: '2010-04-01',
      ...extra,
    });
    files.forEach((file, index) => {
      const media = newSid('ME');
      const path = `/2010-04-01/Accounts/${this.fields.accountSid}/Messages/${sid}/Media/${media}`;
      this.keepFile(file, path);
      this.keepFile(file, `/cdn/${media}`);
      parameters.set(`MediaContentType${index}`, file.type);
      parameters.set(`MediaUrl${index}`, `https://api.twilio.com${path}`);
    });
    return parameters;
  }

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    const word = (message.text ?? '').trim();
    if (/^(stop|stopall|unsubscribe|cancel|end|quit)$/i.test(word))
      this.blocked.add(message.from + message.to);
    if (/^(start|unstop|yes)$/i.test(word)) this.blocked.delete(message.from + message.to);
    const parameters = this.inbound(message);
    const url = this.setup?.webhookUrl ?? '';
    const deliveries = [await this.post(url, parameters)];
    if (this.behaviour.duplicates) deliveries.push(await this.post(url, parameters));
    return deliveries;
  }

  /**
   * Posts a signed form. One retry, and only when it cannot connect, unless the URL's fragment says otherwise:
   * `rc` is the number of retries, `rp` lists what they are for.
   */
  post(url: string, parameters: URLSearchParams): Promise<Delivery> {
    const overrides = new URLSearchParams(new URL(url).hash.slice(1));
    const retries = Number(overrides.get('rc') ?? 1);
    const policy = (overrides.get('rp') ?? 'ct').split(',');
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': this.sign(url, parameters),
      'i-twilio-idempotency-token': randomUUID(),
    };
    return this.deliver(
      () => ({ url: url.replace(/#.*$/, ''), headers, body: parameters.toString() }),
      (status, attempt) => {
        const kind = status === 0 ? 'ct' : status >= 500 ? '5xx' : status >= 400 ? '4xx' : '';
        const wanted = kind !== '' && (policy.includes(kind) || policy.includes('all'));
        return wanted && attempt < retries ? this.retryPauseMs * 2 ** attempt : null;
      },
    );
  }

  protected api(call: Call): Answer | undefined {
    if (call.path.startsWith('/cdn/')) return this.contentNetwork(call);
    const base = `/2010-04-01/Accounts/${this.fields.accountSid}`;
    if (!call.path.startsWith('/2010-04-01/Accounts/')) return undefined;
    if (!this.isAuthorized(call)) return this.refusal('20003');
    if (call.path === `${base}.json`) {
      return json(200, { sid: this.fields.accountSid, status: this.accountStatus });
    }
    if (call.path === `${base}/Messages.json` && call.method === 'GET') {
      const to = call.query.get('To');
      const messages = this.sent.filter((message) => to === null || message['to'] === to).reverse();
      return json(200, { messages, next_page_uri: null, page: 0 });
    }
    const media = /\/Media\/(ME[0-9a-f]{32})$/.exec(call.path);
    if (!media || !this.files.has(call.path)) return this.refusal('20404');
    if (this.mediaNotReady > 0) {
      this.mediaNotReady -= 1;
      return this.refusal('20404');
    }
    return { status: 307, headers: { location: `${this.url}/cdn/${media[1] ?? ''}` }, body: '' };
  }

  /** Like any signed link, it does not bear a second kind of authorization. */
  private contentNetwork(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    if (!file) return undefined;
    if (call.headers['authorization'] !== undefined)
      return { status: 400, body: 'Only one auth mechanism allowed' };
    return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && /^\/2010-04-01\/Accounts\/[^/]+\/Messages\.json$/.test(call.path);
  }

  protected send(call: Call): Answer {
    if (!this.isAuthorized(call)) return this.refusal('20003');
    if (!call.path.includes(this.fields.accountSid)) return this.refusal('20404');
    if (this.accountStatus !== 'active') return this.refusal('20005');
    const form = new URLSearchParams(call.body.toString());
    const [to, from, text] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    const media = form.getAll('MediaUrl');
    const service = form.get('MessagingServiceSid');
    if (!call.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return this.refusal('21604');
    if (to === '') return this.refusal('21604');
    if (from === '' && service === null) return this.refusal('21603');
    if (service !== null && service !== this.messagingServiceSid) return this.refusal('21705');
    const magic = magicTo[to] ?? magicFrom[from];
    if (magic) return this.refusal(magic);
    if (!/^\+[1-9]\d{6,14}$|^\d{3,6}$/.test(to)) return this.refusal('21211');
    if (from !== '' && !this.numbers.includes(from) && !/^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(from))
      return this.refusal('21606');
    // A STOP to one number of a Messaging Service is meant for all of them.
    const senders = service === null ? [from] : this.numbers;
    if (senders.some((number) => this.blocked.has(to + number))) return this.refusal('21610');
    if (text === '' && media.length === 0) return this.refusal('21619');
    if (text.length > 1600) return this.refusal('21617');
    if (media.length > 10) return this.refusal('21623');
    if (media.some((url) => !/^https?:\/\//.test(url))) return this.refusal('21620');

    const sid = newSid(media.length > 0 ? 'MM' : 'SM');
    const uri = `/2010-04-01/Accounts/${this.fields.accountSid}/Messages/${sid}`;
    const created = new Date().toUTCString().replace('GMT', '+0000');
    const resource = {
      account_sid: this.fields.accountSid,
      api_version: '2010-04-01',
      body: text,
      date_created: created,
      date_sent: null,
      date_updated: created,
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: service === null ? from : null,
      messaging_service_sid: service,
      num_media: String(media.length),
      num_segments: '1',
      price: null,
      price_unit: 'USD',
      sid,
      status: service === null ? 'queued' : 'accepted',
      subresource_uris: { media: `${uri}/Media.json` },
      to,
      uri: `${uri}.json`,
    };
    this.sent.push(resource);
    this.accept({ id: sid, from, to, text, media, raw: Object.fromEntries(form) });
    const callback = form.get('StatusCallback');
    this.later(0, async () => {
      const mediaError = await this.fetchMedia(media);
      if (callback !== null) this.reportTo(callback, { sid, from, to, service }, mediaError);
    });
    return json(201, resource);
  }

  private reportTo(callback: string, message: Sent, mediaError: string | null): void {
    const { fate } = this.behaviour;
    const failed = mediaError ?? (fate === 'delivered' ? null : fate.failed);
    const statuses = failed === null ? ['sent', 'delivered'] : ['sent', 'undelivered'];
    this.report(
      statuses.map((status) => () => {
        const parameters = this.statusOf(message, status, status === 'undelivered' ? failed : null);
        return this.post(callback, parameters);
      }),
    );
  }

  /** The parameters of a status callback. */
  statusOf(message: Sent, status: string, code: string | null): URLSearchParams {
    return new URLSearchParams({
      SmsSid: message.sid,
      SmsStatus: status,
      MessageStatus: status,
      ...(code === null ? {} : { ErrorCode: code }),
      To: message.to,
      From: message.from,
      MessageSid: message.sid,
      AccountSid: this.fields.accountSid,
      ...(message.service ? { MessagingServiceSid: message.service } : {}),
      ApiVersion: '2010-04-01',
    });
  }

  /** HEAD, then GET; both have to name the same type. Links to hosts that do not exist here are let be. */
  private async fetchMedia(urls: string[]): Promise<string | null> {
    for (const url of urls) {
      const types: string[] = [];
      for (const method of ['HEAD', 'GET']) {
        const answer = await fetch(url, { method }).catch(() => null);
        if (!answer) break;
        await answer.arrayBuffer();
        const type = answer.headers.get('content-type') ?? '';
        this.mediaFetched.push({ url, method, status: answer.status, type });
        if (!answer.ok) return '63019';
        types.push(type);
      }
      if (types.some((type) => type === '' || type !== types[0])) return '12300';
    }
    return null;
  }

  protected tooMany(): Answer {
    return this.refusal('20429');
  }

  /** By code; `HTTP 502` and the like answer that status with a web page. */
  protected refusal(code: string): Answer {
    const bare = /^HTTP (\d{3})$/.exec(code);
    if (bare)
      return { status: Number(bare[1]), headers: { 'content-type': 'text/html' }, body: '<p>Sorry</p>' };
    const status = statuses[code] ?? 400;
    const info = `https://www.twilio.com/docs/errors/${code}`;
    return json(status, { code: Number(code), message: `Refused with ${code}`, more_info: info, status });
  }

  private isAuthorized(call: Call): boolean {
    const pair = Buffer.from(`${this.fields.accountSid}:${this.fields.authToken}`).toString('base64');
    return call.headers['authorization'] === `Basic ${pair}`;
  }
}

function newSid(prefix: string): string {
  return prefix + randomUUID().replaceAll('-', '');
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
