/** What a Messenger message holds, in our words. */
import * as z from 'zod';
import type { Place } from '../../content.ts';
import type { InboundContent, InboundContext, InboundFile, Referral } from '../events.ts';
import { id, items, maybe, moment, numeric, read, webLink } from '../meta/loose.ts';

const text = maybe(z.string());
const attachmentSchema = z.object({
  type: z.string(),
  title: text,
  url: text,
  payload: maybe(
    z.object({
      url: text,
      title: text,
      sticker_id: maybe(id),
      coordinates: maybe(z.object({ lat: numeric, long: numeric })),
      status: text,
      start_time: maybe(moment),
      end_time: maybe(moment),
      product: maybe(z.object({ elements: items })),
    }),
  ),
});
type Attachment = z.output<typeof attachmentSchema>;

export const messageContent = z.object({
  text,
  attachments: items,
  quick_reply: maybe(z.object({ payload: text })),
  reply_to: maybe(z.object({ mid: maybe(id) })),
  commands: items,
  referral: z.unknown().optional(),
});

/** The three sizes of the thumbs-up, which is a sticker to Messenger and an emoji to everybody else. */
const thumbsUp = new Set(['369239263222822', '369239343222814', '369239383222810']);

/** The content of a message. One that holds nothing we know says so. */
export function contentOf(message: z.output<typeof messageContent>): InboundContent {
  const attachments = withoutTwins(message.attachments.flatMap((item) => read(attachmentSchema, item) ?? []));
  const commands = message.commands.flatMap((item) => read(z.object({ name: z.string() }), item)?.name ?? []);
  const files = attachments.flatMap((item) => fileOf(item) ?? []);
  const [place] = attachments.flatMap((item) => placeOf(item) ?? []);
  const own = message.text || commands.map((name) => `/${name}`).join(' ');
  // A line that repeats a link of the text says nothing new.
  const lines = attachments.flatMap(linesOf).filter((line) => !own.includes(line));
  const content: InboundContent = {
    text: [own, ...lines].filter((line) => line !== '').join('\n'),
    files,
    ...(place ? { place } : {}),
  };
  if (content.text !== '' || files.length > 0 || place) return content;
  return { ...content, unsupported: attachments[0]?.type.slice(0, 80) ?? 'message' };
}

/** What goes with a message; undefined for nothing. */
export function contextOf(message: z.output<typeof messageContent>): InboundContext | undefined {
  const replyTo = message.reply_to?.mid;
  const payload = message.quick_reply?.payload;
  const referral = referralOf(message.referral);
  if (!replyTo && !payload && !referral) return undefined;
  return {
    ...(replyTo ? { replyTo } : {}),
    ...(payload ? { payload } : {}),
    ...(referral ? { referral } : {}),
  };
}

const referralSchema = z.object({
  source: text,
  ref: text,
  referer_uri: maybe(webLink),
  ads_context_data: maybe(z.object({ ad_title: text })),
  product: maybe(z.object({ id: maybe(id) })),
});

/** Where somebody came from: an ad, a link with its `ref`, a product. */
export function referralOf(raw: unknown): Referral | undefined {
  const referral = read(referralSchema, raw);
  if (referral === null) return undefined;
  const product = referral.product?.id;
  const title = referral.ads_context_data?.ad_title ?? referral.ref ?? product;
  const source = referral.source ?? (product ? 'product' : 'link');
  return {
    source,
    ...(title ? { title } : {}),
    ...(referral.referer_uri ? { url: referral.referer_uri } : {}),
  };
}

/** Until September 2026 a sticker came with an image of the same address. */
function withoutTwins(attachments: Attachment[]): Attachment[] {
  const stickers = new Set(
    attachments.filter(({ type }) => type === 'sticker').map(({ payload }) => payload?.url),
  );
  return attachments.filter(({ type, payload }) => type !== 'image' || !stickers.has(payload?.url));
}

function fileOf({ type, payload }: Attachment): InboundFile | null {
  const url = payload?.url;
  if (!url || !['image', 'sticker', 'video', 'audio', 'file'].includes(type) || isThumb(payload)) return null;
  const sticker = type === 'sticker' || payload?.sticker_id !== undefined;
  return { url, ...(sticker ? { use: 'sticker' } : {}) };
}

function isThumb(payload: Attachment['payload']): boolean {
  return thumbsUp.has(payload?.sticker_id ?? '');
}

function placeOf({ type, title, payload }: Attachment): Place | null {
  if (type !== 'location' || !payload?.coordinates) return null;
  const { lat, long } = payload.coordinates;
  return { latitude: lat, longitude: long, ...(title ? { name: title } : {}) };
}

const productSchema = z.object({ title: text, subtitle: text });

/** What is shown as text: links with their titles, products, bookings. */
function linesOf(attachment: Attachment): string[] {
  const { type, payload } = attachment;
  if (isThumb(payload)) return ['👍'];
  switch (type) {
    case 'image':
    case 'sticker':
    case 'video':
    case 'audio':
    case 'file':
      return [];
    case 'location':
      return payload?.coordinates ? [] : linkLines(attachment);
    case 'appointment_booking':
      return [bookingLine(payload)];
    case 'template': {
      const products = (payload?.product?.elements ?? []).flatMap((item) => read(productSchema, item) ?? []);
      return products.flatMap(({ title, subtitle }) => [title, subtitle].filter((line) => line).join(' – '));
    }
    default:
      return linkLines(attachment);
  }
}

function linkLines({ title, url, payload }: Attachment): string[] {
  const link = payload?.url ?? url;
  return [payload?.title ?? title ?? '', link && /^https?:/i.test(link) ? link : ''];
}

function bookingLine(payload: Attachment['payload']): string {
  const times = [payload?.start_time, payload?.end_time].flatMap((at) =>
    at === undefined ? [] : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  );
  return ['Appointment', payload?.status, times.join(' – ')].filter((part) => part).join(', ');
}
