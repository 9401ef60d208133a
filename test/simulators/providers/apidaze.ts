/**
 * Apidaze: key in the path, secret in the query, forms out, flat JSON in. A customer's files come inside of the
 * webhook as a printed Python dictionary; nothing has an id. Receipts only where the number has them switched on.
 */
import { randomUUID } from 'node:crypto';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerFile,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

/** That it repeats is known, how often and when is not. */
const retryPauseMs = 10;
const attempts = 3;

const refusals: Record<string, { status: number; code: string; message: string }> = {
  '400': { status: 400, code: 'E_BAD_REQUEST', message: 'The request could not be understood' },
  '401': { status: 401, code: 'E_UNAUTHORIZED', message: 'Unauthorized' },
  '403': { status: 403, code: 'E_FORBIDDEN', message: 'The from number is not on this application' },
  pair: { status: 404, code: 'E_NOT_FOUND', message: 'api secret and api key are not a pair' },
  '404': { status: 404, code: 'E_NOT_FOUND', message: 'No such resource' },
  '413': { status: 413, code: 'E_TOO_LARGE', message: 'The file size is above the limit' },
  '415': { status: 415, code: 'E_MEDIA', message: 'This file type is not supported' },
  '429': { status: 429, code: 'E_TOO_MANY', message: 'Slow down' },
  '500': { status: 500, code: 'E_INTERNAL', message: 'Internal error' },
  '503': { status: 503, code: 'E_UNAVAILABLE', message: 'Unavailable' },
  number: { status: 422, code: 'E_VALIDATION', message: 'The destination number is not valid' },
  body: { status: 400, code: 'E_VALIDATION', message: 'body is required' },
  file: { status: 422, code: 'E_FILE', message: 'The file could not be fetched' },
  optedOut: { status: 400, code: 'E_BLOCKED', message: 'The recipient has opted out' },
};

const digits = (number: string) => number.replace(/\D/g, '');

export class ApidazeSimulator extends ProviderSimulator {
  readonly provider = 'apidaze';
  readonly fields = {
    apiKey: 'a1b2c3d4',
    secret: '0cc175b9c0f1b6a831c399e269772661',
    accompanyingText: 'Sent by the shop',
  };
  readonly numbers = ['+14125550199', '+14125550198'];
  /** Success bodies differ between versions of the platform. */
  answersWith: 'details' | 'noId' | 'status' | 'xml' = 'details';
  /** So do those of errors, two of which come with HTTP 200. */
  refusesWith: 'code' | 'notOk' | 'xml' = 'code';
  /** Whether the number has delivery receipts (DLR) switched on; they come to the webhook URL. */
  hasReceipts = false;

  async customerSends({ from, to, text = '', files = [] }: CustomerMessage): Promise<Delivery[]> {
    const body = JSON.stringify({
      type: files.length > 0 ? 'incomingWebhookMMS' : 'incomingWebhookSMS',
      caller_id_number: digits(from),
      destination_number: digits(to),
      text,
      ...(files.length > 0 ? { files: printed(files, text) } : {}),
    });
    const deliveries = [await this.post(body, 'application/json')];
    if (this.behaviour.duplicates) deliveries.push(await this.post(body, 'application/json'));
    return deliveries;
  }

  /** What happens when the webhook URL stands in the field for the external script of calls. */
  callComesIn(from: string, to: string): Promise<Delivery> {
    const query = new URLSearchParams({ caller_id_number: digits(from), destination_number: digits(to) });
    const url = `${this.setup?.webhookUrl ?? ''}?${query.toString()}`;
    return this.deliver(
      () => ({ url, method: 'GET', headers: {} }),
      () => null,
    );
  }

  private post(body: string, type: string): Promise<Delivery> {
    const url = this.setup?.webhookUrl ?? '';
    return this.deliver(
      () => ({ url, headers: { 'content-type': type }, body }),
      (status, attempt) => (status !== 200 && attempt + 1 < attempts ? retryPauseMs : null),
    );
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && /^\/[^/]+\/sms\/send$/.test(call.path);
  }

  protected async send(call: Call): Promise<Answer> {
    if (!this.isAuthorized(call)) return this.refusal('pair');
    const form = readForm(call);
    const { from, to, body, message_type: type } = form.values;
    if (!from || !to || !/^\d{11,15}$/.test(to) || !/^\d+$/.test(from)) return this.refusal('number');
    if (!this.numbers.includes(`+${from}`)) return this.refusal('403');
    // Required beside a file, too; a blank passes.
    if (!body) return this.refusal('body');
    if (form.files.length > 0 && type !== 'MMS') return this.refusal('400');
    for (const link of form.files) {
      const answer = await fetch(link, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      const isSkipped = form.values.skip_file_error === '1' || form.values.skip_file_error === 'true';
      if (answer?.status !== 200 && !isSkipped) return this.refusal('file');
      await answer?.arrayBuffer();
    }
    const id = randomUUID();
    this.accept({ id, from: `+${from}`, to: `+${to}`, text: body, media: form.files, raw: form.values });
    if (this.hasReceipts) this.reportOn(id, to);
    return this.success(id);
  }

  private success(id: string): Answer {
    if (this.answersWith === 'xml') {
      return { status: 200, headers: { 'content-type': 'text/xml' }, body: `<ok><uuid>${id}</uuid></ok>` };
    }
    if (this.answersWith === 'noId') return json(200, { ok: true, message: 'SMS sent' });
    if (this.answersWith === 'status') return json(200, { status: { message: 'Message sent' } });
    return json(200, { ok: true, message: 'Message sent', details: { uuid: id } });
  }

  private reportOn(msgid: string, to: string): void {
    const { fate } = this.behaviour;
    const post = (status: string) => () =>
      this.post(new URLSearchParams({ status, to, msgid }).toString(), 'application/x-www-form-urlencoded');
    this.report([post('sent'), post(fate === 'delivered' ? 'delivered' : fate.failed)]);
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    if (file) return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
    // A wrong base URL leads to the site of the documentation.
    if (!/^\/[^/]+\/validates$/.test(call.path)) {
      return { status: 404, headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>Docs' };
    }
    if (!this.isAuthorized(call)) return this.refusal('pair');
    return json(200, { status: { global: 'Authentication succeeded' } });
  }

  protected tooMany(): Answer {
    return this.refusal('429');
  }

  /** Nothing is published. */
  protected override waitHeaders(): Record<string, string> {
    return {};
  }

  protected refusal(code: string): Answer {
    const { status, ...body } = refusals[code] ?? { status: 422, code: 'E_OTHER', message: code };
    if (this.refusesWith === 'notOk') return json(200, { ok: false, message: body.message });
    if (this.refusesWith === 'xml') {
      return { status: 200, headers: { 'content-type': 'text/xml' }, body: `<error>${body.message}</error>` };
    }
    return json(status, body);
  }

  private isAuthorized(call: Call): boolean {
    return (
      call.path.split('/')[1] === this.fields.apiKey && call.query.get('api_secret') === this.fields.secret
    );
  }
}

function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

interface SendForm {
  from?: string;
  to?: string;
  body?: string;
  message_type?: string;
  skip_file_error?: string;
}

/** The fields of a send request, as a form or as JSON, and its file URLs in order. */
function readForm(call: Call): { values: SendForm; files: string[] } {
  const source = call.body.toString('utf8');
  if (call.headers['content-type']?.startsWith('application/json')) {
    const { file_urls: urls = [], ...rest } = JSON.parse(source) as Record<string, unknown>;
    const values = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
    return { values, files: Array.isArray(urls) ? urls.map(String) : [] };
  }
  const form = new URLSearchParams(source);
  const files: string[] = [];
  for (let index = 0; form.has(`file_urls[${index}]`); index += 1) {
    files.push(form.get(`file_urls[${index}]`) ?? '');
  }
  return { values: Object.fromEntries(form), files };
}

/** A dictionary as Python's `str()` prints it, with the layout and the text as further parts. */
function printed(files: CustomerFile[], text: string): string {
  const parts: [string, Buffer][] = [
    ['smil.smil', Buffer.from('<smil></smil>')],
    ...(text === '' ? [] : [['text_0.txt', Buffer.from(text)] as [string, Buffer]]),
    ...files.map(({ name, bytes }): [string, Buffer] => [name, bytes]),
  ];
  const pairs = parts.map(([name, bytes]) => `${quoted(name)}: ${quoted(bytes.toString('base64'))}`);
  return `{${pairs.join(', ')}}`;
}

/** Single quotes, unless the text has one and no double quote. */
function quoted(text: string): string {
  if (text.includes("'") && !text.includes('"')) return `"${text.replaceAll('\\', '\\\\')}"`;
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
