/** Meta's WhatsApp Cloud API for one business number. Written from the fact sheet. */
import { createHash, randomUUID } from 'node:crypto';
import { templateFlaw, type TemplateRow } from './metaTemplates.ts';
import { list, MetaSimulator, objectOf, record, type MetaError } from './meta.ts';
import type { Answer, Call, CustomerFile, CustomerMessage, Delivery } from './simulator.ts';

const hour = 3_600_000;
/** Errors of the sheet whose HTTP status is not 400. */
const statuses: Readonly<Record<number, number>> = {
  0: 401,
  190: 401,
  1: 500,
  2: 500,
  131000: 500,
  131016: 503,
};
const bsuid = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
const mb = 1024 * 1024;
const mediaRules: Readonly<Record<string, { bytes: number; types: RegExp }>> = {
  image: { bytes: 5 * mb, types: /^image\/(jpeg|png)$/ },
  video: { bytes: 16 * mb, types: /^video\/(mp4|3gpp)$/ },
  audio: { bytes: 16 * mb, types: /^audio\/(aac|amr|mpeg|mp4|ogg)$/ },
  document: { bytes: 100 * mb, types: /./ },
  sticker: { bytes: 512_000, types: /^image\/webp$/ },
};

export class WhatsAppSimulator extends MetaSimulator {
  readonly provider = 'whatsapp';
  readonly phoneNumber: string;
  readonly phoneNumberId: string;
  readonly wabaId = '109900000000001';
  override readonly numbers: string[];
  /** Whether the business account is subscribed to the app; without it nothing arrives, silently. */
  subscribed = true;
  templates: TemplateRow[] = [];
  /** How long the link of a file is valid, ms; Meta: five minutes. */
  linkLifeMs = 300_000;
  protected readonly limits = new Set([4, 80007, 130429, 131056]);
  /** When each customer last did something, by the simulator's clock. */
  private readonly lastAction = new Map<string, number>();
  /** What customers call themselves, by address; the others are all Zoë. */
  readonly names = new Map<string, string>();
  private readonly media = new Map<string, CustomerFile>();
  private readonly links = new Map<string, number>();

  constructor(phoneNumber = '+15559871234', phoneNumberId = '108800000000002') {
    super();
    this.phoneNumber = phoneNumber;
    this.phoneNumberId = phoneNumberId;
    this.numbers = [phoneNumber];
  }

  get fields(): Record<string, string> {
    return {
      accessToken: this.accessToken,
      appSecret: this.appSecret,
      phoneNumber: this.phoneNumber,
      phoneNumberId: this.phoneNumberId,
      wabaId: this.wabaId,
    };
  }

  // ── Customers ─────────────────────────────────────────────────────────────────────────────────────────

  /** One message for each file, the text as caption of the first. `from` is a number with `+`, or a BSUID. */
  async customerSends({ from, text, files = [] }: CustomerMessage): Promise<Delivery[]> {
    const messages: Record<string, unknown>[] = files.map((file, index) => {
      const [kind = ''] = file.type.split('/');
      const type = ['image', 'video', 'audio'].includes(kind) ? kind : 'document';
      const caption = index === 0 && text !== undefined && type !== 'audio' ? { caption: text } : {};
      const name = type === 'document' ? { filename: file.name } : {};
      return { type, [type]: { ...this.keepMedia(file), ...caption, ...name } };
    });
    const spoken = text !== undefined && (files.length === 0 || 'audio' in (messages[0] ?? {}));
    if (spoken) messages.unshift({ type: 'text', text: { body: text } });
    return this.postAll(messages.map((message) => this.message(from, message)));
  }

  /** Anything else that a customer sends: `{ type: 'reaction', reaction: … }`. */
  async customerDoes(from: string, message: Record<string, unknown>): Promise<Delivery[]> {
    return this.postAll([this.message(from, message)]);
  }

  /** The customer has read a message of ours. */
  async customerReads(id: string): Promise<Delivery> {
    const sent = this.accepted.find((message) => message.id === id);
    if (!sent) throw new Error(`there is no message ${id}`);
    return this.post(this.status(id, 'read', record(sent.raw)));
  }

  /** A webhook's body around one message of a customer, which also opens the window. */
  message(from: string, what: Record<string, unknown>): unknown {
    this.lastAction.set(from, this.now());
    const seconds = String(Math.floor(this.now() / 1000));
    const who = bsuid.test(from) ? { from_user_id: from } : { from: from.replace('+', '') };
    const id = bsuid.test(from) ? { user_id: from } : { wa_id: from.replace('+', '') };
    return this.change('messages', {
      contacts: [{ profile: { name: this.names.get(from) ?? 'Zoë Ågren' }, ...id }],
      messages: [{ ...who, id: this.newId(), timestamp: seconds, ...what }],
    });
  }

  newId(): string {
    return `wamid.${Buffer.from(randomUUID()).toString('base64')}`;
  }

  /** A webhook's body around one change. */
  change(field: string, value: Record<string, unknown>): unknown {
    const metadata = {
      display_phone_number: this.phoneNumber.replace('+', ''),
      phone_number_id: this.phoneNumberId,
    };
    const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
    return { object: 'whatsapp_business_account', entry: [{ id: this.wabaId, changes: [change] }] };
  }

  /** A customer's file as it stands in webhooks, with a link that grows as old as any other. */
  keepMedia(file: CustomerFile): { id: string; mime_type: string; sha256: string; url: string } {
    const id = String(1_000_000_000_000 + Math.floor(Math.random() * 1e12));
    this.media.set(id, file);
    const sha256 = createHash('sha256').update(file.bytes).digest('base64');
    return { id, mime_type: file.type, sha256, url: this.linkTo(file) };
  }

  private status(
    id: string,
    status: string,
    raw: Record<string, unknown> | null,
    error?: MetaError,
  ): unknown {
    const data = raw?.['biz_opaque_callback_data'];
    const phone = typeof raw?.['to'] === 'string' ? raw['to'].replace('+', '') : null;
    const user = typeof raw?.['recipient'] === 'string' ? raw['recipient'] : null;
    const contact = {
      ...(phone === null ? {} : { wa_id: phone }),
      ...(user === null ? {} : { user_id: user }),
    };
    return this.change('messages', {
      ...(error ? {} : { contacts: [contact] }),
      statuses: [
        {
          id,
          status,
          timestamp: String(Math.floor(this.now() / 1000)),
          ...(phone === null ? {} : { recipient_id: phone }),
          ...(user === null ? {} : { recipient_user_id: user }),
          ...(typeof data === 'string' ? { biz_opaque_callback_data: data } : {}),
          ...(error
            ? {
                errors: [
                  {
                    code: error.code,
                    title: 'Simulated',
                    message: 'Simulated',
                    error_data: { details: error.details ?? 'Simulated failure' },
                    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
                  },
                ],
              }
            : {}),
        },
      ],
    });
  }

  // ── API ───────────────────────────────────────────────────────────────────────────────────────────────

  protected isSend(call: Call): boolean {
    const [node, edge, ...more] = this.nodeOf(call) ?? [];
    return call.method === 'POST' && node === this.phoneNumberId && edge === 'messages' && more.length === 0;
  }

  protected send(call: Call): Answer {
    const refusal = this.unauthorized(call);
    if (refusal) return refusal;
    const body = objectOf(call);
    const flaw = body ? this.flawOf(body) : { code: 100, message: 'The body is not JSON' };
    if (flaw || !body) return this.error(flaw ?? { code: 100 });
    const { to, recipient, type } = body;
    const address = typeof to === 'string' ? to : String(recipient);
    const part = record(body[String(type)]);
    const id = this.newId();
    this.accept({
      id,
      from: this.phoneNumber,
      to: address,
      text: typeof part?.['body'] === 'string' ? part['body'] : String(part?.['caption'] ?? ''),
      media: linksIn(body),
      raw: body,
    });
    this.later(0, () => this.settle(id, body, address));
    const contact =
      typeof to === 'string'
        ? { input: to, wa_id: to.replace('+', '') }
        : { input: address, user_id: address };
    return this.ok({
      messaging_product: 'whatsapp',
      contacts: [contact],
      messages: [{ id, ...(type === 'template' ? { message_status: 'accepted' } : {}) }],
    });
  }

  /** 200 was only "accepted": links are fetched and windows looked at afterwards. */
  private async settle(id: string, body: Record<string, unknown>, address: string): Promise<void> {
    const failed = (error: MetaError) => [() => this.post(this.status(id, 'failed', body, error))];
    const { fate } = this.behaviour;
    if (fate !== 'delivered') return this.report(failed({ code: Number(fate.failed) }));
    const open = this.now() - (this.lastAction.get(address) ?? 0) <= 24 * hour;
    if (body['type'] !== 'template' && !open) {
      const details = 'Message failed to send because more than 24 hours have passed.';
      return this.report(failed({ code: 131047, details }));
    }
    const rule = mediaRules[String(body['type'])];
    for (const link of linksIn(body)) {
      const { status, type, bytes, announced } = await this.download(link);
      const tooLarge = rule && bytes > rule.bytes;
      const wrongType = rule && type !== '' && !rule.types.test(type);
      const details = tooLarge ? 'Media file size too big.' : 'Downloading media from weblink failed.';
      if (status !== 200 || tooLarge || wrongType || announced !== bytes)
        return this.report(failed({ code: 131053, details }));
    }
    this.report(['sent', 'delivered'].map((status) => () => this.post(this.status(id, status, body))));
  }

  private flawOf(body: Record<string, unknown>): MetaError | null {
    const { messaging_product, to, recipient, type, biz_opaque_callback_data: data } = body;
    const part = record(body[String(type)]);
    if (messaging_product !== 'whatsapp') return { code: 100, message: 'messaging_product' };
    if (typeof to === 'string' ? !/^\+[1-9]\d{6,14}$/.test(to) : !bsuid.test(String(recipient))) {
      return { code: 131009, message: 'Parameter value is not valid', details: 'to' };
    }
    if (to === this.phoneNumber) return { code: 131021, message: 'Recipient cannot be sender' };
    if (data !== undefined && (typeof data !== 'string' || data.length > 512)) return { code: 131009 };
    if (!part && type !== 'contacts') return { code: 131008, message: 'Required parameter is missing' };
    switch (type) {
      case 'text': {
        const text = part?.['body'];
        return typeof text === 'string' && text !== '' && text.length <= 4096 ? null : { code: 100 };
      }
      case 'image':
      case 'video':
      case 'audio':
      case 'document':
        return mediaFlaw(type, part ?? {});
      case 'location':
        return typeof part?.['latitude'] === 'number' && typeof part['longitude'] === 'number'
          ? null
          : { code: 131009 };
      case 'contacts':
        return list(body['contacts']).every((card) => record(record(card)?.['name'])?.['formatted_name'])
          ? null
          : { code: 131009 };
      case 'template':
        return templateFlaw(this.templates, part ?? {});
      default:
        return { code: 131051, message: 'Unsupported message type' };
    }
  }

  protected api(call: Call): Answer | undefined {
    const served = this.files.get(call.path);
    if (served) return this.mediaAnswer(call, served);
    const [node, edge] = this.nodeOf(call) ?? [];
    if (call.method !== 'GET' || node === undefined) return undefined;
    const refusal = this.unauthorized(call);
    if (refusal) return refusal;
    const file = this.media.get(node);
    if (file && edge === undefined) return this.ok(this.located(node, file));
    if (node === this.phoneNumberId && edge === undefined) {
      const display = this.phoneNumber.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1-$2-$3');
      return this.ok({ display_phone_number: display, verified_name: 'Example', id: node });
    }
    if (node === this.wabaId && edge === 'phone_numbers')
      return this.ok({ data: [{ id: this.phoneNumberId }] });
    if (node === this.wabaId && edge === 'subscribed_apps') {
      return this.ok({
        data: this.subscribed ? [{ whatsapp_business_api_data: { id: '1', name: 'Example' } }] : [],
      });
    }
    if (node === this.wabaId && edge === 'message_templates') return this.templatePage(call);
    return this.error({ code: 100, subcode: 33, message: `Object with ID '${node}' does not exist` });
  }

  private templatePage(call: Call): Answer {
    const limit = Math.min(Number(call.query.get('limit') ?? 25), 100);
    const start = Number(Buffer.from(call.query.get('after') ?? '', 'base64').toString() || 0);
    const status = call.query.get('status');
    const rows = this.templates.filter((row) => status === null || row.status === status);
    const after = Buffer.from(String(start + limit)).toString('base64');
    const more = start + limit < rows.length;
    return this.ok({
      data: rows.slice(start, start + limit),
      paging: {
        cursors: { before: Buffer.from(String(start)).toString('base64'), after },
        ...(more
          ? { next: `https://graph.facebook.com/v25.0/${this.wabaId}/message_templates?after=${after}` }
          : {}),
      },
    });
  }

  private located(id: string, file: CustomerFile): Record<string, unknown> {
    const url = this.linkTo(file);
    const sha256 = createHash('sha256').update(file.bytes).digest('hex');
    return {
      messaging_product: 'whatsapp',
      url,
      mime_type: file.type,
      sha256,
      file_size: String(file.bytes.length),
      id,
    };
  }

  private linkTo(file: CustomerFile): string {
    const path = `/whatsapp_business/attachments/${randomUUID()}`;
    this.links.set(path, this.now() + this.linkLifeMs);
    return this.hosted('lookaside.fbsbx.com', path, file);
  }

  /** Files want the token and a user agent, and links grow old. */
  private mediaAnswer(call: Call, file: CustomerFile): Answer {
    if (this.unauthorized(call)) return { status: 401, body: '' };
    if (!call.headers['user-agent'])
      return { status: 400, headers: { 'content-type': 'text/html' }, body: '<h1>?</h1>' };
    if ((this.links.get(call.path) ?? 0) < this.now()) return { status: 404, body: '' };
    return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
  }

  protected tooMany(): Answer {
    return this.error({ code: 130429, message: 'Rate limit hit' });
  }

  /** `HTTP 502` is no answer of the Graph API at all. */
  protected refusal(code: string): Answer {
    const [, http] = /^HTTP (\d{3})$/.exec(code) ?? [];
    if (http)
      return { status: Number(http), headers: { 'content-type': 'text/html' }, body: '<h1>Error</h1>' };
    return this.error({
      code: Number(code),
      status: statuses[Number(code)] ?? 400,
      details: 'Simulated refusal',
    });
  }
}

/** Links in a message or in a template's header. */
function linksIn(body: Record<string, unknown>): string[] {
  const part = record(body[String(body['type'])]);
  if (typeof part?.['link'] === 'string') return [part['link']];
  return list(part?.['components'])
    .flatMap((item) => list(record(item)?.['parameters']))
    .map((item) => record(record(item)?.[String(record(item)?.['type'])])?.['link'])
    .filter((link) => typeof link === 'string');
}

function mediaFlaw(type: string, part: Record<string, unknown>): MetaError | null {
  const { link, id, caption, filename } = part;
  if (typeof link !== 'string' && typeof id !== 'string') return { code: 131008, details: 'link or id' };
  if (caption !== undefined && (type === 'audio' || typeof caption !== 'string' || caption.length > 1024)) {
    return { code: 131009, details: 'caption' };
  }
  return filename !== undefined && type !== 'document' ? { code: 131009, details: 'filename' } : null;
}
