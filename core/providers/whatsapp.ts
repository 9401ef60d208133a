/** WhatsApp by Meta's Cloud API. One channel is one business phone number. */
import * as z from 'zod';
import { reply } from './dialect.ts';
import {
  connected,
  failedHealth,
  graphGet,
  graphHeaders,
  graphOrigin,
  graphPost,
  graphResult,
  idProblem,
  pauseMs,
  versionField,
  versionProblem,
} from './meta/graph.ts';
import { handshake } from './meta/handshake.ts';
import { id, items, maybe, read } from './meta/loose.ts';
import { mediaUrl } from './meta/media.ts';
import { outcomeOf } from './meta/outcome.ts';
import { verifySignature } from './meta/signature.ts';
import type { ChannelHealth, HttpAnswer, Provider, ProviderChannel, SendResult } from './provider.ts';
import { sendErrorOf } from '../sendError.ts';
import { admit, bodyOf, fileBytes, maxFiles, split, textLength, windowMs } from './whatsapp/compose.ts';
import { addressOfWaId } from './whatsapp/customer.ts';
import { whatsappError, whatsappRefusal } from './whatsapp/errors.ts';
import { parse } from './whatsapp/parse.ts';
import { keptTemplates } from './whatsapp/templates.ts';

/** Where files are fetched from; only this host gets the token. */
const mediaHost = 'lookaside.fbsbx.com';
const mediaHosts = [mediaHost, '*.fbsbx.com', '*.fbcdn.net', '*.whatsapp.net'];
/** Asked for without a name, Meta's media host answers with an error page. */
const userAgent = 'Parley/1.0';

export const whatsapp: Provider = {
  id: 'whatsapp',
  kind: 'whatsapp',
  label: 'WhatsApp',
  origins: () => [graphOrigin, `https://${mediaHost}`],
  form: [
    {
      name: 'accessToken',
      label: 'Access Token',
      help: 'Of a system user, never expiring, with the permissions whatsapp_business_messaging and whatsapp_business_management.',
      kind: 'secret',
      required: true,
    },
    {
      name: 'appSecret',
      label: 'App Secret',
      help: "In the app's dashboard at Meta under Settings, Basic. It proves that webhooks come from Meta.",
      kind: 'secret',
      required: true,
    },
    {
      name: 'phoneNumber',
      label: 'Phone Number',
      help: 'The business number with country code, as customers see it.',
      kind: 'text',
      required: true,
      placeholder: '+15559871234',
    },
    {
      name: 'phoneNumberId',
      label: 'Phone Number ID',
      help: "In the app's dashboard under WhatsApp, API Setup. It is not the number itself.",
      kind: 'text',
      required: true,
    },
    {
      name: 'wabaId',
      label: 'WhatsApp Business Account ID',
      help: 'Stands beside the Phone Number ID. It is needed for templates.',
      kind: 'text',
      required: true,
    },
    versionField,
  ],
  validate(fields) {
    if (!/^\+[1-9]\d{6,14}$/.test(fields['phoneNumber'] ?? '')) {
      return { field: 'phoneNumber', message: 'Write the number with + and country code, digits only.' };
    }
    return (
      idProblem(fields, 'phoneNumberId', 'Phone Number ID') ??
      idProblem(fields, 'wabaId', 'WhatsApp Business Account ID') ??
      versionProblem(fields)
    );
  },
  ours: [
    {
      key: 'verifyToken',
      label: 'Verify Token',
      help: 'Paste it at Meta under WhatsApp, Configuration, together with the Webhook URL.',
    },
  ],
  webhookFragment: '',
  numbers: { kind: 'one', field: 'phoneNumber', label: 'Phone Number' },
  rate: 80,
  limits: { textLength, fileBytes, files: maxFiles, segments: false },
  canStart: true,
  optOut: 'recordOnly',
  windows: { freeMs: windowMs, humanMs: windowMs },
  webhook: {
    maxBytes: 3 * 1024 * 1024,
    methods: ['GET', 'POST'],
    accepted: reply(200, 'EVENT_RECEIVED'),
    // Meta repeats anything but 200 for days; what cannot be read today cannot be read tomorrow.
    malformed: reply(200, 'EVENT_RECEIVED'),
    busy: reply(503, 'Try again later.'),
    sameWithinMs: 0,
  },
  handshake,
  verify: (request, channel) => verifySignature(request, channel.fields['appSecret'] ?? ''),
  parse: (request, channel) => parse(request, channel),
  admit,
  split,
  compose: (message, channel) =>
    graphPost(channel, [channel.fields['phoneNumberId'] ?? '', 'messages'], bodyOf(message)),
  interpret: (answer, message, now) =>
    outcomeOf(answer, now, accepted, (error) =>
      whatsappRefusal(error, message.attempt, pauseMs(answer, now)),
    ),
  repeatable: false,
  checks: (channel) => [
    graphGet(channel, [channel.fields['phoneNumberId'] ?? ''], {
      fields: 'display_phone_number,verified_name,quality_rating,throughput,platform_type',
    }),
    graphGet(channel, [channel.fields['wabaId'] ?? '', 'phone_numbers'], { fields: 'id', limit: '100' }),
    graphGet(channel, [channel.fields['wabaId'] ?? '', 'subscribed_apps']),
  ],
  judge: (answer, index, _challenge, channel) => failedHealth(answer) ?? judged(answer, index, channel),
  media: {
    download(url, channel) {
      const target = mediaUrl(url, mediaHosts);
      if (target === null) return null;
      const { authorization } = graphHeaders(channel);
      const credentials = target.hostname === mediaHost ? { authorization } : {};
      return { method: 'GET', url, headers: { 'user-agent': userAgent, ...credentials }, body: null };
    },
    locate: {
      request: (mediaId, channel) =>
        graphGet(channel, [mediaId], { phone_number_id: channel.fields['phoneNumberId'] ?? '' }),
      interpret: (answer) => read(located, dataOf(answer))?.url ?? null,
    },
    hosts: mediaHosts,
  },
  templates: {
    keep: keptTemplates,
    request: (channel, cursor) =>
      graphGet(channel, [channel.fields['wabaId'] ?? '', 'message_templates'], {
        fields: templateFields,
        status: 'APPROVED',
        limit: '100',
        ...(cursor === null ? {} : { after: cursor }),
      }),
    interpret(answer) {
      const page = read(templatePage, dataOf(answer));
      // The next page is asked for by its cursor: `next` is a whole address, possibly with a token in it.
      if (page)
        return {
          templates: page.data,
          cursor: page.paging?.next ? (page.paging.cursors?.after ?? null) : null,
        };
      const result = graphResult(answer);
      return {
        error:
          result && 'error' in result
            ? whatsappError(result.error)
            : sendErrorOf('service_unavailable', {
                code: `HTTP ${answer.status}`,
                text: 'The answer is not one of the Graph API.',
              }),
      };
    },
  },
};

const templateFields =
  'id,name,status,category,sub_category,language,components,parameter_format,quality_score,rejected_reason';
const templatePage = z.object({
  data: z.array(z.unknown()),
  paging: maybe(
    z.object({ next: maybe(z.string()), cursors: maybe(z.object({ after: maybe(z.string()) })) }),
  ),
});
const located = z.object({ url: z.string() });
const sent = z.object({
  contacts: items,
  messages: z.array(z.object({ id })).min(1),
});
const recipient = z.object({ wa_id: maybe(z.string()), user_id: maybe(z.string()) });

function dataOf(answer: HttpAnswer): unknown {
  const result = graphResult(answer);
  return result && 'data' in result ? result.data : null;
}

/** 200 means accepted, not sent: what becomes of it, statuses say. */
function accepted(data: unknown): SendResult | null {
  const answer = read(sent, data);
  const [message] = answer?.messages ?? [];
  if (!answer || !message) return null;
  const [contact] = answer.contacts.flatMap((item) => read(recipient, item) ?? []);
  const customer = addressOfWaId(contact?.wa_id) ?? addressOfWaId(contact?.user_id);
  return {
    kind: 'accepted',
    providerId: message.id,
    status: 'queued',
    ...(customer === null ? {} : { customer }),
  };
}

const numberNode = z.object({ display_phone_number: z.string() });
const idPage = z.object({
  data: z.array(z.object({ id: maybe(id) })),
  paging: maybe(z.object({ next: maybe(z.string()) })),
});

/** What a success of a check says: whether number, account and subscription belong together. */
function judged(answer: HttpAnswer | null, index: number, { fields }: ProviderChannel): ChannelHealth {
  const data = answer && dataOf(answer);
  if (index === 0) {
    const number = read(numberNode, data)?.display_phone_number ?? '';
    const same = number.replace(/\D/g, '') === (fields['phoneNumber'] ?? '').replace(/\D/g, '');
    return same || number === ''
      ? connected
      : refused(`The Phone Number ID belongs to ${number}, not to the Phone Number entered.`);
  }
  const page = read(idPage, data);
  if (page === null) return { status: 'unknown', cause: 'The answer of Meta has an unknown form.' };
  if (index === 1) {
    return page.paging?.next || page.data.some((item) => item.id === fields['phoneNumberId'])
      ? connected
      : refused('The Phone Number ID is not one of this WhatsApp Business Account.');
  }
  return page.data.length > 0
    ? connected
    : refused('The WhatsApp Business Account is not subscribed to an app, so no message arrives.');
}

function refused(cause: string): ChannelHealth {
  return { status: 'unauthorized', cause };
}
