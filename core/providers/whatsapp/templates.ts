/** Which of Meta's message templates a channel keeps (WA-03), and how Meta's rows say what is in them. */
import * as z from 'zod';
import { isPosition, namesIn, type Template } from '../../template.ts';

/** How many templates a channel keeps (guide, "View WhatsApp Message Templates"). */
const maxTemplates = 250;

const texts = z.array(z.string()).catch([]);
const word = z.string().transform((text) => text.toUpperCase());
const row = z.object({
  id: z.union([z.string().min(1), z.int().transform(String)]),
  name: z.string().min(1),
  language: z.string().min(1),
  status: word,
  category: word,
  parameter_format: word.optional().catch(undefined),
  components: z.array(z.unknown()).catch([]),
});
const example = z.object({
  header_handle: texts,
  header_text: texts,
  body_text: z.array(texts).catch([]),
  header_text_named_params: z.array(z.unknown()).catch([]),
  body_text_named_params: z.array(z.unknown()).catch([]),
});
const component = z.object({
  type: word,
  format: word.catch(''),
  text: z.string().catch(''),
  example: example.catch(example.parse({})),
  buttons: z.array(z.unknown()).catch([]),
  cards: z.array(z.unknown()).catch([]),
});
type Component = z.output<typeof component>;
const button = z.object({
  type: word,
  text: z.string().catch(''),
  url: z.string().catch(''),
  example: z.union([z.string().transform((text) => [text]), texts]).catch([]),
});
type Button = z.output<typeof button>;
const namedExample = z.object({ param_name: z.string(), example: z.string() });

/**
 * The templates that a channel keeps, of the rows that Meta lists: Active ones, no marketing templates of the
 * type Catalog, and of these the first 250 in Meta's order. `more` says how many did not fit.
 */
export function keptTemplates(rows: readonly unknown[]): { templates: Template[]; more: number } {
  const fitting = rows.flatMap((item) => templateOf(item) ?? []);
  return {
    templates: fitting.slice(0, maxTemplates),
    more: Math.max(0, fitting.length - maxTemplates),
  };
}

const catalogButtons = new Set(['CATALOG', 'MPM', 'SPM']);

function templateOf(raw: unknown): Template | null {
  const parsed = row.safeParse(raw);
  if (!parsed.success || parsed.data.status !== 'APPROVED') return null;
  const { id, name, language, category, parameter_format } = parsed.data;
  const parts = componentsOf(parsed.data.components);
  if (category === 'MARKETING' && parts.some(needsCatalog)) return null;
  const header = parts.find(({ type }) => type === 'HEADER');
  const body = parts.find(({ type }) => type === 'BODY');
  const isCode = category === 'AUTHENTICATION';
  const bodyText = body?.text ?? '';
  const names = [...namesIn(header?.text ?? ''), ...namesIn(bodyText)];
  const isNamed =
    parameter_format === 'NAMED' || (!parameter_format && names.some((name) => !isPosition(name)));
  return {
    id,
    name,
    language,
    category: isCode ? 'authentication' : category === 'MARKETING' ? 'marketing' : 'utility',
    parameterFormat: isNamed ? 'named' : 'positional',
    header: header ? headerOf(header) : null,
    body: { text: bodyText, variables: body ? variablesIn(body, 'body') : [] },
    footer: parts.find(({ type }) => type === 'FOOTER')?.text ?? '',
    buttons: parts
      .filter(({ type }) => type === 'BUTTONS')
      .flatMap(({ buttons }) => buttons.flatMap((item) => buttonOf(item, isCode) ?? [])),
    unsendable: obstacleIn(parts),
  };
}

function componentsOf(raw: readonly unknown[]): Component[] {
  return raw.flatMap((item) => component.safeParse(item).data ?? []);
}

/** Whether a component offers products, which needs a catalogue. */
function needsCatalog({ type, format, buttons, cards }: Component): boolean {
  if (type === 'HEADER' && format === 'PRODUCT') return true;
  if (buttons.some((item) => catalogButtons.has(button.safeParse(item).data?.type ?? ''))) return true;
  const inside = z.object({ components: z.array(z.unknown()) });
  return cards.some((card) => componentsOf(inside.safeParse(card).data?.components ?? []).some(needsCatalog));
}

const obstacles: Readonly<Record<string, string>> = {
  CAROUSEL: 'Carousels cannot be sent from here.',
  LIMITED_TIME_OFFER: 'Limited-time offers cannot be sent from here.',
};
const headerFormats = new Set(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', '']);

function obstacleIn(parts: readonly Component[]): string | null {
  const obstacle = parts.map(({ type }) => obstacles[type]).find((text) => text !== undefined);
  const header = parts.find(({ type }) => type === 'HEADER');
  if (obstacle) return obstacle;
  if (parts.some(needsCatalog)) return 'Templates with products need a catalogue.';
  if (header && !headerFormats.has(header.format)) {
    return `Headers of the kind ${header.format} cannot be sent from here.`;
  }
  return null;
}

function headerOf(part: Component): Template['header'] {
  const sample = part.example.header_handle[0] ?? '';
  switch (part.format) {
    case 'IMAGE':
      return { kind: 'image', example: sample };
    case 'VIDEO':
      return { kind: 'video', example: sample };
    case 'DOCUMENT':
      return { kind: 'document', example: sample };
    case 'LOCATION':
      return { kind: 'location' };
    default:
      return { kind: 'text', text: part.text, variables: variablesIn(part, 'header') };
  }
}

function variablesIn(part: Component, kind: 'header' | 'body'): { name: string; example: string }[] {
  const shown = part.example;
  const named = kind === 'header' ? shown.header_text_named_params : shown.body_text_named_params;
  const positional = kind === 'header' ? shown.header_text : (shown.body_text[0] ?? []);
  const examples = new Map(
    named.flatMap((item) => {
      const read = namedExample.safeParse(item).data;
      return read ? [[read.param_name, read.example]] : [];
    }),
  );
  return namesIn(part.text).map((name) => ({
    name,
    example: examples.get(name) ?? positional[Number(name) - 1] ?? '',
  }));
}

/** Authentication buttons are created as OTP and read back as URL. */
function buttonOf(raw: unknown, isCode: boolean): Template['buttons'][number] | null {
  const read = button.safeParse(raw).data;
  if (!read) return null;
  const kind = isCode && (read.type === 'OTP' || read.type === 'URL') ? 'code' : kindOf(read);
  const variable = (kind === 'url' && namesIn(read.url).length > 0) || kind === 'copyCode';
  return { kind, text: read.text, url: read.url, variable, example: read.example[0] ?? '' };
}

function kindOf({ type }: Button): Template['buttons'][number]['kind'] {
  switch (type) {
    case 'QUICK_REPLY':
      return 'quickReply';
    case 'URL':
      return 'url';
    case 'COPY_CODE':
      return 'copyCode';
    case 'PHONE_NUMBER':
      return 'phone';
    default:
      return 'other';
  }
}
