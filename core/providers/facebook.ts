/** Facebook Messenger: the conversations of one Facebook Page. */
import * as z from 'zod';
import { reply } from './dialect.ts';
import {
  admit,
  attachmentOf,
  bodyOf,
  fileBytes,
  freeMs,
  humanMs,
  isSlow,
  isTagged,
  maxFiles,
  split,
  textLength,
} from './facebook/compose.ts';
import { messengerRefusal } from './facebook/errors.ts';
import { parse } from './facebook/parse.ts';
import {
  connected,
  failedHealth,
  graphGet,
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
import { sign, verifySignature } from './meta/signature.ts';
import type {
  ChannelHealth,
  HttpAnswer,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
} from './provider.ts';

/** Files of customers and their photos. Links are signed: no token goes there. */
const mediaHosts = ['*.fbcdn.net', '*.fbsbx.com', '*.facebook.com'];

export const facebook: Provider = {
  id: 'facebook',
  kind: 'facebook',
  label: 'Facebook Messenger',
  origins: () => [graphOrigin, 'https://scontent.xx.fbcdn.net', 'https://platform-lookaside.fbsbx.com'],
  form: [
    {
      name: 'accessToken',
      label: 'Access Token',
      help: 'The token of the page, not of a person, with the permissions pages_messaging and pages_manage_metadata.',
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
      name: 'pageId',
      label: 'Page ID',
      help: 'On the page under About, Page transparency. Digits only.',
      kind: 'text',
      required: true,
      placeholder: '100200300400500',
    },
    {
      name: 'pageName',
      label: 'Page Name',
      help: 'How agents see the page.',
      kind: 'text',
      required: true,
    },
    versionField,
  ],
  validate: (fields) => idProblem(fields, 'pageId', 'Page ID') ?? versionProblem(fields),
  ours: [
    {
      key: 'verifyToken',
      label: 'Verify Token',
      help: 'Paste it at Meta under Messenger, Webhooks, together with the Webhook URL.',
    },
  ],
  webhookFragment: '',
  numbers: { kind: 'one', field: 'pageId', label: 'Page ID' },
  rate: 40,
  // Meta takes 10 a second of a page, counted over all of its apps.
  slower: { perSecond: 5, includes: isSlow },
  limits: { textLength, fileBytes, files: maxFiles, segments: false },
  canStart: false,
  optOut: 'recordOnly',
  windows: { freeMs, humanMs },
  webhook: {
    maxBytes: 3 * 1024 * 1024,
    methods: ['GET', 'POST'],
    accepted: reply(200, 'EVENT_RECEIVED'),
    // Anything but 200 for an hour, and Meta unsubscribes the page.
    malformed: reply(200, 'EVENT_RECEIVED'),
    busy: reply(503, 'Try again later.'),
    sameWithinMs: 0,
  },
  handshake,
  verify: (request, channel) => verifySignature(request, channel.fields['appSecret'] ?? ''),
  parse: (request, channel) => parse(request, channel),
  admit,
  split,
  compose: async (message, channel, now) =>
    graphPost(channel, [pageOf(channel), 'messages'], bodyOf(message, now), await proofOf(channel)),
  interpret: (answer, message, now) =>
    outcomeOf(answer, now, accepted, (error) =>
      messengerRefusal(error, standingOf(message, now), pauseMs(answer, now)),
    ),
  repeatable: false,
  async checks(channel) {
    const proof = await proofOf(channel);
    return [
      graphGet(channel, [pageOf(channel)], { fields: 'id,name', ...proof }),
      graphGet(channel, [pageOf(channel), 'subscribed_apps'], proof),
    ];
  },
  judge: (answer, index, _challenge, channel) => failedHealth(answer) ?? judged(answer, index, channel),
  media: {
    download: (url) => mediaUrl(url, mediaHosts) && { method: 'GET', url, headers: {}, body: null },
    hosts: mediaHosts,
  },
  profile: {
    request: async (customer, channel) =>
      graphGet(channel, [customer], {
        fields: 'first_name,last_name,profile_pic',
        ...(await proofOf(channel)),
      }),
    interpret(answer) {
      const person = read(profile, dataOf(answer));
      const told = {
        ...(person?.first_name ? { firstName: person.first_name } : {}),
        ...(person?.last_name ? { lastName: person.last_name } : {}),
        ...(person?.profile_pic ? { photo: person.profile_pic } : {}),
      };
      return Object.keys(told).length > 0 ? told : null;
    },
  },
};

const profile = z.object({
  first_name: maybe(z.string().trim()),
  last_name: maybe(z.string().trim()),
  profile_pic: maybe(z.string()),
});
const sent = z.object({ message_id: id, recipient_id: maybe(id) });
const page = z.object({ id });
const subscriptions = z.object({ data: items });
const subscription = z.object({ subscribed_fields: maybe(z.array(z.string())) });

function pageOf(channel: ProviderChannel): string {
  return channel.fields['pageId'] ?? '';
}

/** Binds the token to the app's secret: needed by apps that require it, and shows a secret of another app. */
async function proofOf({
  fields,
}: ProviderChannel): Promise<{ appsecret_proof: string } | Record<string, never>> {
  const { accessToken, appSecret } = fields;
  if (!accessToken || !appSecret) return {};
  return { appsecret_proof: await sign(appSecret, new TextEncoder().encode(accessToken)) };
}

function dataOf(answer: HttpAnswer): unknown {
  const result = graphResult(answer);
  return result && 'data' in result ? result.data : null;
}

/** What of a message the meaning of an error depends on. */
function standingOf(message: Outgoing, now: number): { tagged: boolean; shown: boolean } {
  const kind = attachmentOf(message);
  return { tagged: isTagged(message, now), shown: kind !== null && kind !== 'file' };
}

/** The call is synchronous: success means that Messenger has it. */
function accepted(data: unknown): SendResult | null {
  const answer = read(sent, data);
  if (answer === null) return null;
  const customer = answer.recipient_id;
  return {
    kind: 'accepted',
    providerId: answer.message_id,
    status: 'sent',
    ...(customer === undefined ? {} : { customer }),
  };
}

/** What a success of a check says: whether the token is the page's, and whether messages will arrive. */
function judged(answer: HttpAnswer | null, index: number, channel: ProviderChannel): ChannelHealth {
  const data = answer && dataOf(answer);
  if (index === 0) {
    return read(page, data)?.id === pageOf(channel)
      ? connected
      : { status: 'unauthorized', cause: 'The Access Token is of another page.' };
  }
  const apps = (read(subscriptions, data)?.data ?? []).flatMap((item) => read(subscription, item) ?? []);
  return apps.some(({ subscribed_fields: fields }) => fields === undefined || fields.includes('messages'))
    ? connected
    : {
        status: 'unauthorized',
        cause: 'The page is not subscribed to the field "messages" of the app, so no message arrives.',
      };
}
