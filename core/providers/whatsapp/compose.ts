/** Messages as the Cloud API takes them, one file each; and what never can go. */
import type { Contact, Place } from '../../content.ts';
import { sendErrorOf, type SendError } from '../../sendError.ts';
import type {
  Outgoing,
  OutgoingContent,
  OutgoingFile,
  OutgoingTemplate,
  TemplateValue,
} from '../provider.ts';
import { isBsuid } from './customer.ts';

export const windowMs = 24 * 3_600_000;
export const textLength = 4096;
export const fileBytes = 100 * 1024 * 1024;
export const maxFiles = 10;
const captionLength = 1024;

/** What WhatsApp shows as itself, and up to how many bytes; anything else goes as a document. */
const kinds: { kind: 'image' | 'video' | 'audio'; bytes: number; types: readonly string[] }[] = [
  { kind: 'image', bytes: 5_000_000, types: ['image/jpeg', 'image/png'] },
  { kind: 'video', bytes: 16_000_000, types: ['video/mp4', 'video/3gpp'] },
  {
    kind: 'audio',
    bytes: 16_000_000,
    types: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
  },
];

/** How a file is sent. */
function kindOf(file: Pick<OutgoingFile, 'type' | 'size'>): 'image' | 'video' | 'audio' | 'document' {
  return (
    kinds.find(({ bytes, types }) => file.size <= bytes && types.includes(file.type))?.kind ?? 'document'
  );
}

/** Why the message cannot go at all; null when it can. */
export function admit({ content, lastInboundAt }: Outgoing, now: number): SendError | null {
  if (content.kind === 'template') return null;
  if (lastInboundAt === null || now - lastInboundAt > windowMs) {
    return sendErrorOf('window_closed', {
      text: 'More than 24 hours have passed since the customer last wrote. Send a template.',
    });
  }
  if ('text' in content && content.text.length > textLength) {
    return sendErrorOf('invalid_parameter', {
      text: `A text on WhatsApp has at most ${textLength} characters.`,
    });
  }
  if (content.kind !== 'files') return null;
  if (content.files.length > maxFiles) {
    return sendErrorOf('unsupported_media', { text: `Send at most ${maxFiles} files at once.` });
  }
  return content.files.some(({ size }) => size > fileBytes)
    ? sendErrorOf('exceeds_size_limit', { text: 'A file on WhatsApp has at most 100 MB.' })
    : null;
}

/**
 * One message for each file. The text is the caption of the first one, or goes ahead by itself where a caption
 * is not possible: too long, or on audio.
 */
export function split(message: Outgoing): Outgoing[] {
  const { content } = message;
  if (content.kind !== 'files') return [message];
  const [first] = content.files;
  const asCaption = first && kindOf(first) !== 'audio' && content.text.length <= captionLength;
  const ahead: OutgoingContent[] =
    content.text === '' || asCaption ? [] : [{ kind: 'text', text: content.text }];
  const files = content.files.map<OutgoingContent>((file, index) => ({
    kind: 'files',
    text: index === 0 && asCaption ? content.text : '',
    files: [file],
  }));
  return [...ahead, ...files].map((part, index) => ({
    ...message,
    ref: index === 0 ? message.ref : `${message.ref}-${index + 1}`,
    content: part,
    replyTo: index === 0 ? message.replyTo : null,
  }));
}

/** The body of the send call. */
export function bodyOf(message: Outgoing): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(message.to),
    biz_opaque_callback_data: message.ref,
    ...(message.replyTo ? { context: { message_id: message.replyTo } } : {}),
    ...typed(message.content),
  };
}

/** Without the `+`, Meta may put our own country's code in front. */
function recipientOf(to: string): Record<string, string> {
  return isBsuid(to) ? { recipient: to } : { to: to.startsWith('+') ? to : `+${to}` };
}

function typed(content: OutgoingContent): Record<string, unknown> {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text, preview_url: false } };
    case 'files': {
      const [file] = content.files;
      if (!file) return { type: 'text', text: { body: content.text, preview_url: false } };
      const kind = kindOf(file);
      const caption = content.text === '' ? {} : { caption: content.text };
      return { type: kind, [kind]: { ...linkOf(kind, file), ...caption } };
    }
    case 'location':
      return { type: 'location', location: placeOf(content.place) };
    case 'contacts':
      return { type: 'contacts', contacts: content.contacts.map(cardOf) };
    case 'template':
      return { type: 'template', template: templateOf(content.template) };
  }
}

/** Only documents have a name; without it the customer sees a generic one. */
function linkOf(kind: string, file: OutgoingFile): Record<string, string> {
  return { link: file.url, ...(kind === 'document' ? { filename: file.name } : {}) };
}

function placeOf({ latitude, longitude, name, address }: Place): Record<string, unknown> {
  return { latitude, longitude, ...(name ? { name } : {}), ...(address ? { address } : {}) };
}

function cardOf({ name, phones, emails, company }: Contact): Record<string, unknown> {
  return {
    name: { formatted_name: name, first_name: name },
    phones: phones.map(({ number, type }) => ({ phone: number, ...(type ? { type } : {}) })),
    ...(emails ? { emails: emails.map((email) => ({ email })) } : {}),
    ...(company ? { org: { company } } : {}),
  };
}

/** Components without variables are left out. */
function templateOf({ name, language, header, body, buttons }: OutgoingTemplate): Record<string, unknown> {
  return {
    name,
    language: { code: language },
    components: [
      ...(header ? headerOf(header) : []),
      ...(body.length > 0 ? [{ type: 'body', parameters: body.map(valueOf) }] : []),
      ...buttons.map(buttonOf),
    ],
  };
}

function headerOf(header: NonNullable<OutgoingTemplate['header']>): Record<string, unknown>[] {
  switch (header.kind) {
    case 'text':
      return header.values.length > 0 ? [{ type: 'header', parameters: header.values.map(valueOf) }] : [];
    case 'location':
      return [{ type: 'header', parameters: [{ type: 'location', location: placeOf(header.place) }] }];
    case 'image':
    case 'video':
    case 'document':
      return [
        {
          type: 'header',
          parameters: [{ type: header.kind, [header.kind]: linkOf(header.kind, header.file) }],
        },
      ];
  }
}

/** Named parameters carry their name, positional ones must not. */
function valueOf({ name, text }: TemplateValue): Record<string, string> {
  return name === null ? { type: 'text', text } : { type: 'text', parameter_name: name, text };
}

function buttonOf({ index, kind, value }: OutgoingTemplate['buttons'][number]): Record<string, unknown> {
  const button = { type: 'button', index: String(index) };
  switch (kind) {
    case 'url':
      return { ...button, sub_type: 'url', parameters: [{ type: 'text', text: value }] };
    case 'quickReply':
      return { ...button, sub_type: 'quick_reply', parameters: [{ type: 'payload', payload: value }] };
    case 'copyCode':
      return {
        ...button,
        sub_type: 'copy_code',
        parameters: [{ type: 'coupon_code', coupon_code: value }],
      };
  }
}
