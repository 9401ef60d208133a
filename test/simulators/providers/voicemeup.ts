/**
 * VoiceMeUp, REST API v1.1: credentials in the form, HTTP 200 for errors as well, duplicates refused, no
 * receipts. A customer's MMS comes as several webhooks: a page around the text, then each file.
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

/** `duplicate_entry` and `permission_refused` are known codes; the others stand for words of the sheet. */
const texts: Record<string, string> = {
  permission_refused: 'permission_refused',
  duplicate_entry: 'SMS already queued',
  invalid_auth_token: 'Username or auth token is wrong',
  invalid_destination_number: 'The destination number is invalid',
  invalid_attachment: 'The attachment could not be read',
  attachment_size: 'The attachment is too large',
  missing_parameter: 'A required parameter is missing',
  message_too_long: 'The parameter message has more than 1000 characters',
  destination_opt_out: 'The recipient is on the opt-out list',
  throttled: 'Too many messages',
};

const digits = (number: string) => number.replace(/\D/g, '');

export class VoicemeupSimulator extends ProviderSimulator {
  readonly provider = 'voicemeup';
  readonly fields = { username: 'api.user@example.com', authToken: 'b1946ac92492d2347c6235b4d2611184' };
  readonly numbers = ['+14185550145', '+14185550146'];
  /** The same text to the same number is refused for so long, ms. */
  duplicateWindowMs = 5_000;
  /** Whether one message in an answer comes as an object, not as an array. */
  isSingleAnObject = false;
  /** In which order the parts of an MMS arrive. */
  mmsOrder: 'textFirst' | 'filesFirst' = 'textFirst';
  webhookType: 'json' | 'form' = 'json';
  private readonly recent = new Map<string, number>();

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    const bodies = this.webhooks(message);
    const deliveries: Delivery[] = [];
    for (const body of this.behaviour.duplicates ? bodies.flatMap((one) => [one, one]) : bodies) {
      deliveries.push(await this.post(body));
    }
    return deliveries;
  }

  /** The bodies of the webhooks for a message, in the order of arrival. */
  webhooks({ from, to, text = '', files = [] }: CustomerMessage): Record<string, string>[] {
    // Local time at the provider, without a zone.
    const moment = new Date().toISOString().slice(0, 19).replace('T', ' ');
    const common = () => ({
      sms_log_id: String(5_000_000 + Math.floor(Math.random() * 1_000_000)),
      sms_hash: randomUUID(),
      datetime: moment,
      date: moment.slice(0, 10),
      time: moment.slice(11),
      direction: 'inbound',
      source_number: digits(from),
      destination_number: digits(to),
      client_did_id: '87289',
      status: 'enabled',
      transmission_status: 'completed',
      datetime_transmission: moment,
    });
    if (files.length === 0) return [{ ...common(), message: text }];
    const page = { name: '.mms.html', type: 'text/html', bytes: Buffer.from(`<html>${text}</html>`) };
    const first = { ...common(), message: text, ...this.attachment(page) };
    const others = files.map((file) => ({ ...common(), message: '', ...this.attachment(file) }));
    return this.mmsOrder === 'textFirst' ? [first, ...others] : [...others, first];
  }

  private attachment(file: CustomerFile): Record<string, string> {
    const ending = file.name.slice(file.name.lastIndexOf('.'));
    const path = `/file/${randomUUID().slice(0, 8)}.mms${ending}`;
    this.keepFile(file, path);
    return {
      attachment: `https://clients.voicemeup.com${path}`,
      attachment_size: String(file.bytes.length),
      attachment_mime_type: file.type,
    };
  }

  /** How often it is repeated is not documented; never is the hardest case. */
  private post(fields: Record<string, string>): Promise<Delivery> {
    const url = this.setup?.webhookUrl ?? '';
    const isForm = this.webhookType === 'form';
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const body = isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields);
    return this.deliver(
      () => ({ url, headers: { 'content-type': type }, body }),
      () => null,
    );
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && call.path === '/api/v1.1/json/queue_sms';
  }

  protected async send(call: Call): Promise<Answer> {
    const form = new URLSearchParams(call.body.toString('utf8'));
    const { username, authToken } = this.fields;
    if (form.get('username') !== username || form.get('auth_token') !== authToken) {
      return this.refusal('invalid_auth_token');
    }
    const from = form.get('source_number') ?? '';
    const to = form.get('destination_number') ?? '';
    const text = form.get('message') ?? '';
    const attachment = form.get('attachment');
    if (!/^\d+$/.test(from) || !this.numbers.includes(`+${from}`)) return this.refusal('permission_refused');
    if (!/^\d{10,15}$/.test(to)) return this.refusal('invalid_destination_number');
    if (text.length > 1000) return this.refusal('message_too_long');
    if (text === '' && attachment === null) return this.refusal('missing_parameter');
    const key = JSON.stringify([from, to, text, attachment]);
    const before = this.recent.get(key);
    if (before !== undefined && performance.now() - before < this.duplicateWindowMs) {
      return this.refusal('duplicate_entry');
    }
    if (attachment !== null) {
      const answer = await fetch(attachment, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      if (answer?.status !== 200) return this.refusal('invalid_attachment');
      await answer.arrayBuffer();
    }
    this.recent.set(key, performance.now());
    const id = randomUUID();
    const media = attachment === null ? [] : [attachment];
    this.accept({ id, from: `+${from}`, to: `+${to}`, text, media, raw: Object.fromEntries(form) });
    return this.answered('success', 'queued_sms_hash', id);
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    return file && { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
  }

  protected tooMany(): Answer {
    return this.refusal('throttled');
  }

  /** Nothing is published. */
  protected override waitHeaders(): Record<string, string> {
    return {};
  }

  /** HTTP 200 for all of them; a code of three digits is an HTTP status without a readable body. */
  protected refusal(code: string): Answer {
    if (/^\d{3}$/.test(code)) return { status: Number(code), body: '' };
    return this.answered('error', code, texts[code] ?? code);
  }

  private answered(status: string, code: string, content: string): Answer {
    const message = { code, _content: content };
    const body = {
      response_details: {
        response_status: status,
        response_messages: { message: this.isSingleAnObject ? message : [message] },
      },
    };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }
}
