/** What a WhatsApp message holds, by its `type`, in our words. */
import * as z from 'zod';
import type { Contact, Place } from '../../content.ts';
import type { InboundContent, InboundContext, InboundFile } from '../events.ts';
import { parseJson } from '../dialect.ts';
import { id, items, maybe, numeric, read, webLink } from '../meta/loose.ts';

const text = maybe(z.string());
const media = z.object({
  id,
  mime_type: text,
  caption: text,
  filename: text,
  voice: maybe(z.boolean()),
});
const location = z.object({ latitude: numeric, longitude: numeric, name: text, address: text });
const card = z.object({
  name: maybe(z.object({ formatted_name: text, first_name: text })),
  phones: items,
  emails: items,
  org: maybe(z.object({ company: text })),
});
const phone = z.object({ phone: text, wa_id: text, type: text });
const email = z.object({ email: z.string() });
const choice = z.object({ id: text, title: text, description: text });
const interactive = z.object({
  button_reply: maybe(choice),
  list_reply: maybe(choice),
  nfm_reply: maybe(z.object({ body: text, response_json: z.unknown().optional() })),
});
const product = z.object({
  product_retailer_id: maybe(id),
  quantity: maybe(numeric),
  item_price: maybe(numeric),
  currency: text,
});

/** A message without its envelope, as the schemas of `parse.ts` have let it through. */
export type Body = Readonly<Record<string, unknown>>;

/** The content, and what was tapped where it was a tap. Whatever cannot be shown says so. */
export function contentOf(type: string, body: Body): { content: InboundContent; payload?: string } {
  switch (type) {
    case 'text':
      return words(read(z.object({ body: z.string() }), body['text'])?.body, type);
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return { content: mediaOf(type, body[type]) };
    case 'location': {
      const place = read(location, body['location']);
      return { content: place ? { ...nothing, place: placeOf(place) } : unsupported(type) };
    }
    case 'contacts': {
      const contacts = items.parse(body['contacts']).flatMap(contactOf);
      return { content: contacts.length > 0 ? { ...nothing, contacts } : unsupported(type) };
    }
    case 'button': {
      const tap = read(z.object({ payload: text, text }), body['button']);
      return words(tap?.text ?? tap?.payload, type, tap?.payload);
    }
    case 'interactive':
      return answerOf(body['interactive']);
    case 'order':
      return { content: orderOf(body['order']) };
    case 'unsupported': {
      const told = read(z.object({ type: text }), body['unsupported'])?.type;
      return { content: unsupported(told ?? 'message') };
    }
    default:
      return { content: unsupported(type) };
  }
}

/** What goes with a message of any type. */
export function contextOf(body: Body, payload: string | undefined): InboundContext | undefined {
  const context = read(contextSchema, body['context']);
  const ad = read(adSchema, body['referral']);
  const product = context?.referred_product?.product_retailer_id;
  const referral = ad
    ? {
        source: ad.source_type ?? 'ad',
        ...(ad.headline ? { title: ad.headline } : {}),
        ...(ad.source_url ? { url: ad.source_url } : {}),
      }
    : product
      ? { source: 'product', title: product }
      : undefined;
  const result: InboundContext = {
    ...(context?.id ? { replyTo: context.id } : {}),
    ...(context?.forwarded || context?.frequently_forwarded ? { forwarded: true } : {}),
    ...(payload ? { payload } : {}),
    ...(referral ? { referral } : {}),
  };
  return Object.keys(result).length > 0 ? result : undefined;
}

const contextSchema = z.object({
  id: maybe(id),
  forwarded: maybe(z.boolean()),
  frequently_forwarded: maybe(z.boolean()),
  referred_product: maybe(z.object({ product_retailer_id: maybe(id) })),
});
const adSchema = z.object({ source_type: text, headline: text, source_url: maybe(webLink) });

const nothing: InboundContent = { text: '', files: [] };
const unsupported = (what: string): InboundContent => ({ ...nothing, unsupported: what.slice(0, 80) });

function words(text: string | undefined, type: string, payload?: string) {
  if (!text) return { content: unsupported(type) };
  return { content: { ...nothing, text }, ...(payload ? { payload } : {}) };
}

/** A file with its caption. Media that Meta could not fetch comes without an id: its caption is kept. */
function mediaOf(type: string, raw: unknown): InboundContent {
  const file = read(media, raw);
  if (file === null) {
    const caption = read(z.object({ caption: text }), raw)?.caption ?? '';
    return { text: caption, files: [], unsupported: type };
  }
  const use = type === 'sticker' ? 'sticker' : file.voice ? 'voice' : undefined;
  const inbound: InboundFile = {
    // By id: the link that may stand beside it lives for five minutes only.
    id: file.id,
    ...(file.filename ? { name: file.filename } : {}),
    ...(file.mime_type ? { type: file.mime_type.split(';', 1)[0]?.trim() ?? '' } : {}),
    ...(use ? { use } : {}),
  };
  return { text: file.caption ?? '', files: [inbound] };
}

function placeOf({ latitude, longitude, name, address }: z.output<typeof location>): Place {
  return { latitude, longitude, ...(name ? { name } : {}), ...(address ? { address } : {}) };
}

function contactOf(raw: unknown): Contact[] {
  const entry = read(card, raw);
  if (entry === null) return [];
  const phones = entry.phones.flatMap((item) => {
    const line = read(phone, item);
    const number = line?.phone ?? (line?.wa_id ? `+${line.wa_id}` : undefined);
    return number ? [{ number, ...(line?.type ? { type: line.type } : {}) }] : [];
  });
  const emails = entry.emails.flatMap((item) => read(email, item)?.email ?? []);
  const name = entry.name?.formatted_name || entry.name?.first_name || phones[0]?.number || emails[0];
  const company = entry.org?.company;
  return name === undefined && !company
    ? []
    : [
        {
          name: name ?? company ?? '',
          phones,
          ...(emails.length > 0 ? { emails } : {}),
          ...(company ? { company } : {}),
        },
      ];
}

/** A tap on a button or a list, or a filled-in form. */
function answerOf(raw: unknown): { content: InboundContent; payload?: string } {
  const answer = read(interactive, raw);
  const tap = answer?.button_reply ?? answer?.list_reply;
  if (tap) return words(tap.title ?? tap.id, 'interactive', tap.id);
  const form = answer?.nfm_reply;
  if (!form) return { content: unsupported('interactive') };
  const json = typeof form.response_json === 'string' ? parseJson(form.response_json) : form.response_json;
  const lines = Object.entries(read(z.record(z.string(), z.unknown()), json) ?? {})
    .filter(([name]) => name !== 'flow_token')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return words(lines.join('\n') || form.body, 'form');
}

function orderOf(raw: unknown): InboundContent {
  const order = read(z.object({ text, product_items: items }), raw);
  const lines = (order?.product_items ?? []).flatMap((item) => {
    const line = read(product, item);
    if (!line?.product_retailer_id) return [];
    const price = line.item_price === undefined ? '' : ` (${line.item_price} ${line.currency ?? ''})`;
    return [`${line.quantity ?? 1} × ${line.product_retailer_id}${price.replace(' )', ')')}`];
  });
  const summary = [order?.text, ...lines].filter((line) => line).join('\n');
  return summary === '' ? unsupported('order') : { ...nothing, text: summary };
}
