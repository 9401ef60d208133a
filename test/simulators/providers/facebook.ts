/** Meta's Messenger Platform for one page. Written from the fact sheet. */
import { createHmac, randomUUID } from 'node:crypto';
import { MetaSimulator, objectOf, record, type MetaError } from './meta.ts';
import type { Answer, Call, CustomerMessage, Delivery } from './simulator.ts';

const hour = 3_600_000;
/** Errors of the sheet whose HTTP status is not 400. */
const statuses: Readonly<Record<string, number>> = { '190': 401, '1': 500, '2': 500, '1200': 500 };
const deadTags = new Set(['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE']);
const knownTypes = new Set(['image', 'audio', 'video', 'file']);

export class FacebookSimulator extends MetaSimulator {
  readonly provider = 'facebook';
  readonly pageId: string;
  readonly pageName = 'Example Page';
  override readonly numbers: string[];
  /** Fields that the page is subscribed to; the guide asks for `messages` only. */
  subscribed = [
    'messages',
    'messaging_postbacks',
    'message_deliveries',
    'message_reads',
    'message_echoes',
    'message_reactions',
    'message_edits',
  ];
  humanAgentApproved = true;
  /** Names by PSID; who is not here has no profile that we may see. */
  readonly people = new Map<string, { first_name?: string; last_name?: string; profile_pic?: string }>();
  protected readonly limits = new Set([4, 9, 17, 32, 613, 80001, 80006]);
  /** Limits are told in the minutes of the usage header; a Retry-After is not promised. */
  asksByUsage = false;
  /** When each person last did something, by the simulator's clock. */
  private readonly lastAction = new Map<string, number>();

  constructor(pageId = '100200300400500') {
    super();
    this.pageId = pageId;
    this.numbers = [pageId];
  }

  get fields(): Record<string, string> {
    return {
      accessToken: this.accessToken,
      appSecret: this.appSecret,
      pageId: this.pageId,
      pageName: this.pageName,
    };
  }

  // ── Customers ─────────────────────────────────────────────────────────────────────────────────────────

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    const attachments = (message.files ?? []).map((file) => {
      const [kind = ''] = file.type.split('/');
      const type = ['image', 'audio', 'video'].includes(kind) ? kind : 'file';
      const url = this.hosted(
        'scontent.xx.fbcdn.net',
        `/v/${randomUUID()}/${encodeURIComponent(file.name)}`,
        file,
      );
      return { type, payload: { url } };
    });
    return this.postAll([
      this.event(message.from, {
        message: {
          mid: this.newId(),
          ...(message.text === undefined ? {} : { text: message.text }),
          ...(attachments.length > 0 ? { attachments } : {}),
        },
      }),
    ]);
  }

  /** Anything else that a person does: `{ reaction: … }`, `{ postback: … }`, `{ message_edit: … }`. */
  async customerDoes(psid: string, what: Record<string, unknown>): Promise<Delivery[]> {
    return this.postAll([this.event(psid, what)]);
  }

  /** The person has read everything so far. */
  async customerReads(psid: string): Promise<Delivery[]> {
    if (!this.subscribed.includes('message_reads')) return [];
    return this.postAll([this.envelope({ ...this.from(psid), read: { watermark: this.now() } })]);
  }

  /** An employee answers in Meta's own inbox. */
  async employeeSends(psid: string, text: string): Promise<Delivery[]> {
    const message = { is_echo: true, app_id: 26390203743090, mid: this.newId(), text };
    return this.postAll([this.envelope({ ...this.to(psid), message })]);
  }

  /** A webhook's body around one event of a person, which also opens the window. */
  event(psid: string, what: Record<string, unknown>): unknown {
    this.lastAction.set(psid, this.now());
    return this.envelope({ ...this.from(psid), ...what });
  }

  newId(): string {
    return `m_${randomUUID().replaceAll('-', '')}`;
  }

  private from(psid: string) {
    return { sender: { id: psid }, recipient: { id: this.pageId }, timestamp: this.now() };
  }

  private to(psid: string) {
    return { sender: { id: this.pageId }, recipient: { id: psid }, timestamp: this.now() };
  }

  private envelope(event: unknown): unknown {
    return { object: 'page', entry: [{ id: this.pageId, time: this.now(), messaging: [event] }] };
  }

  // ── API ───────────────────────────────────────────────────────────────────────────────────────────────

  protected isSend(call: Call): boolean {
    const [node, edge, ...more] = this.nodeOf(call) ?? [];
    const isOurs = node === this.pageId || node === 'me';
    return call.method === 'POST' && isOurs && edge === 'messages' && more.length === 0;
  }

  protected async send(call: Call): Promise<Answer> {
    const body = objectOf(call);
    const refusal = this.refused(call);
    if (refusal) return refusal;
    const flaw = await this.flawOf(body);
    if (flaw) return this.error(flaw);
    const psid = String(record(body?.['recipient'])?.['id']);
    const message = record(body?.['message']) ?? {};
    const payload = record(record(message['attachment'])?.['payload']);
    const id = this.newId();
    const at = this.now();
    this.accept({
      id,
      from: this.pageId,
      to: psid,
      text: typeof message['text'] === 'string' ? message['text'] : '',
      media: payload ? [String(payload['url'])] : [],
      raw: body,
    });
    const echo = {
      ...this.to(psid),
      message: { ...message, is_echo: true, app_id: 1517776481860111, mid: id },
    };
    const delivery = { ...this.from(psid), delivery: { mids: [id], watermark: at + 1 } };
    this.report([
      ...(this.subscribed.includes('message_echoes') ? [() => this.post(this.envelope(echo))] : []),
      ...(this.subscribed.includes('message_deliveries') && this.behaviour.fate === 'delivered'
        ? [() => this.post(this.envelope(delivery))]
        : []),
    ]);
    return this.ok({ recipient_id: psid, message_id: id });
  }

  /** What is wrong with a message, in the order in which Meta looks. */
  private async flawOf(body: Record<string, unknown> | null): Promise<MetaError | null> {
    const psid = record(body?.['recipient'])?.['id'];
    const message = record(body?.['message']);
    if (!body || !message || typeof psid !== 'string') return { code: 100, message: 'Invalid parameter' };
    const since = this.lastAction.get(psid);
    if (since === undefined) return { code: 100, subcode: 2018001, message: 'No matching user found' };
    const closed = this.windowFlaw(body, this.now() - since);
    if (closed) return closed;
    const { text, attachment, metadata } = message;
    if ((text === undefined) === (attachment === undefined))
      return { code: 100, message: 'text or attachment' };
    if (text !== undefined && (typeof text !== 'string' || text === '' || text.length > 2000)) {
      return { code: 100, message: 'Length of param message[text] must be less than or equal to 2000' };
    }
    if (metadata !== undefined && (typeof metadata !== 'string' || metadata.length > 1000)) {
      return { code: 100, message: 'metadata' };
    }
    return attachment === undefined ? null : this.attachmentFlaw(record(attachment));
  }

  private windowFlaw(body: Record<string, unknown>, age: number): MetaError | null {
    const outside = {
      code: 10,
      subcode: 2018278,
      message: 'This message is sent outside of allowed window.',
    };
    const { messaging_type: type, tag } = body;
    if (type === 'RESPONSE' || type === 'UPDATE') return age > 24 * hour ? outside : null;
    if (type !== 'MESSAGE_TAG') return { code: 100, message: 'messaging_type' };
    if (deadTags.has(String(tag))) return { code: 100, subcode: 1893061, message: 'This tag is retired' };
    if (tag !== 'HUMAN_AGENT') return { code: 100, message: 'tag' };
    if (!this.humanAgentApproved) return { code: 10, message: 'Application does not have permission' };
    return age > 7 * 24 * hour ? outside : null;
  }

  /** Meta fetches the file during the call. */
  private async attachmentFlaw(attachment: Record<string, unknown> | null): Promise<MetaError | null> {
    const type = String(attachment?.['type']);
    const url = record(attachment?.['payload'])?.['url'];
    if (!knownTypes.has(type) || typeof url !== 'string') return { code: 100, message: 'attachment' };
    const { status, type: served, bytes } = await this.download(url);
    if (status !== 200)
      return { code: 100, subcode: 2018008, message: 'Failed to fetch the file from the url' };
    if (bytes > (type === 'image' ? 8 : 25) * 1024 * 1024) return { code: 100, subcode: 2018109 };
    const agrees = type === 'file' || served === '' || served.startsWith(`${type}/`);
    return agrees ? null : { code: 100, subcode: 2018047, message: 'Upload attachment failure' };
  }

  /** A wrong token, or a proof of another secret. */
  private refused(call: Call): Answer | null {
    const refusal = this.unauthorized(call);
    if (refusal) return refusal;
    const proof = call.query.get('appsecret_proof');
    const right = createHmac('sha256', this.appSecret).update(this.accessToken).digest('hex');
    return proof === null || proof === right
      ? null
      : this.error({ code: 100, message: 'Invalid appsecret_proof provided in the API argument' });
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    if (file) return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
    const [node, edge] = this.nodeOf(call) ?? [];
    if (call.method !== 'GET' || node === undefined) return undefined;
    const refusal = this.refused(call);
    if (refusal) return refusal;
    if (node === this.pageId || node === 'me') {
      if (edge === undefined) return this.ok({ id: this.pageId, name: this.pageName });
      if (edge === 'subscribed_apps') {
        const app = { id: '1517776481860111', name: 'Example', subscribed_fields: this.subscribed };
        return this.ok({ data: this.subscribed.length > 0 ? [app] : [] });
      }
      return undefined;
    }
    if (!this.lastAction.has(node)) {
      return this.error({ code: 100, subcode: 33, message: `Object with ID '${node}' does not exist` });
    }
    return this.ok({ ...this.people.get(node), id: node });
  }

  /** A photo at Meta, for `people`. */
  photo(bytes: Buffer): string {
    const file = { name: 'photo.jpg', type: 'image/jpeg', bytes };
    return this.hosted('platform-lookaside.fbsbx.com', `/platform/profilepic/${randomUUID()}`, file);
  }

  protected tooMany(): Answer {
    return this.error({
      code: 613,
      subcode: 1893016,
      message: 'Calls to this api have exceeded the rate limit.',
    });
  }

  protected override waitHeaders(seconds: number): Record<string, string> {
    if (!this.asksByUsage) return super.waitHeaders(seconds);
    const use = {
      type: 'messenger',
      call_count: 100,
      total_time: 30,
      total_cputime: 20,
      estimated_time_to_regain_access: Math.ceil(seconds / 60),
    };
    return { 'x-business-use-case-usage': JSON.stringify({ [this.pageId]: [use] }) };
  }

  /** `code` is `10/2018278`, or a code alone. `HTTP 502` is no answer of the Graph API at all. */
  protected refusal(code: string): Answer {
    const [, http] = /^HTTP (\d{3})$/.exec(code) ?? [];
    if (http)
      return { status: Number(http), headers: { 'content-type': 'text/html' }, body: '<h1>Error</h1>' };
    const [main = '', sub] = code.split('/');
    return this.error({
      code: Number(main),
      ...(sub === undefined ? {} : { subcode: Number(sub) }),
      status: statuses[main] ?? 400,
    });
  }
}
