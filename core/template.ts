/**
 * WhatsApp's message templates: what an agent or a campaign has to fill in, and the message that comes of it
 * (WA-05). How they are read from Meta: `providers/whatsapp/templates.ts`.
 */
import * as z from 'zod';
import { place, type File, type SentTemplate } from './content.ts';
import { problem, type Problem } from './errors.ts';
import type { OutgoingFile, OutgoingTemplate, TemplateValue } from './providers/provider.ts';

/** A variable of a text: its name, or its position from "1"; and what Meta's reviewers were shown. */
const variable = z.object({ name: z.string(), example: z.string() });
const mediaKind = z.enum(['image', 'video', 'document']);

export const template = z.object({
  id: z.string(),
  name: z.string(),
  language: z.string(),
  category: z.enum(['marketing', 'utility', 'authentication']),
  parameterFormat: z.enum(['named', 'positional']),
  header: z.nullable(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('text'), text: z.string(), variables: z.array(variable) }),
      /** `example` is a link at Meta that expires; empty when there is none. */
      z.object({ kind: mediaKind, example: z.string() }),
      z.object({ kind: z.literal('location') }),
    ]),
  ),
  body: z.object({ text: z.string(), variables: z.array(variable) }),
  footer: z.string(),
  buttons: z.array(
    z.object({
      /** `code` is the button of an authentication template, which repeats the code of the body. */
      kind: z.enum(['quickReply', 'url', 'copyCode', 'code', 'phone', 'other']),
      text: z.string(),
      /** Of `url`, with `{{1}}` where the variable goes. */
      url: z.string(),
      /** Whether a value has to be filled in. */
      variable: z.boolean(),
      example: z.string(),
    }),
  ),
  /** Why Parley cannot send it, for the agent; null when it can. */
  unsendable: z.nullable(z.string()),
});
export type Template = z.infer<typeof template>;

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;
/** Whether a variable goes by its position. */
export const isPosition = (name: string): boolean => /^\d+$/.test(name);

/** The distinct variables of a text: positions in their order, names in the order of the text. */
export function namesIn(text: string): string[] {
  const names = [...new Set([...text.matchAll(placeholder)].map(([, name = '']) => name))];
  return names.every(isPosition) ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

// ── To be filled in ─────────────────────────────────────────────────────────────────────────────────────

/** What the page of an agent or a campaign asks for. `field` is the name that problems use for it. */
export type TemplateField =
  | { field: string; kind: 'text'; part: 'header' | 'body'; name: string; example: string }
  | { field: 'header'; kind: 'image' | 'video' | 'document' | 'location' }
  /** `label` is the button's own text. */
  | { field: string; kind: 'button'; index: number; label: string; example: string };

/** Everything that has to be filled in, in the order of the message. */
export function variablesOf({ header, body, buttons }: Template): TemplateField[] {
  const texts = (part: 'header' | 'body', variables: Template['body']['variables']) =>
    variables.map((item): TemplateField => ({ field: `${part}.${item.name}`, kind: 'text', part, ...item }));
  return [
    ...(header?.kind === 'text' ? texts('header', header.variables) : []),
    ...(header && header.kind !== 'text' ? [{ field: 'header', kind: header.kind } as const] : []),
    ...texts('body', body.variables),
    ...buttons.flatMap((item, index): TemplateField[] =>
      item.variable
        ? [{ field: `buttons.${index}`, kind: 'button', index, label: item.text, example: item.example }]
        : [],
    ),
  ];
}

const values = z.record(z.string().max(100), z.string().max(1024));

/** What that page sends: texts by name or position, the header's upload ticket or place, buttons by index. */
export const templateInput = z.object({
  id: z.string().min(1).max(100),
  header: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('text'), values }),
      z.object({ kind: z.literal('file'), ticket: z.string().max(2000) }),
      z.object({
        kind: z.literal('location'),
        latitude: z.number().min(-90).max(90).nullable(),
        longitude: z.number().min(-180).max(180).nullable(),
        name: z.string().trim().max(200),
        address: z.string().trim().max(500),
      }),
    ])
    .nullable(),
  body: values,
  buttons: values,
});
export type TemplateInput = z.infer<typeof templateInput>;

/** An uploaded file in both its shapes: for the provider, and for showing the message again. */
export interface TemplateFile {
  outgoing: OutgoingFile;
  shown: File;
}

/** What WhatsApp takes in a template's header: types by content, and bytes. */
export const headerFiles = {
  image: { types: ['image/jpeg', 'image/png'], bytes: 5_000_000, words: 'a JPEG or PNG of at most 5 MB' },
  video: { types: ['video/mp4', 'video/3gpp'], bytes: 16_000_000, words: 'an MP4 or 3GP of at most 16 MB' },
  document: { types: null, bytes: 100 * 1024 * 1024, words: 'a file of at most 100 MB' },
} as const;
const maxCodeLength = 15;

/**
 * Fills a template in. `files` holds the uploads by their tickets. The problems name their fields as
 * `variablesOf` does, places as `header.latitude`, `header.longitude`, `header.name` and `header.address`.
 */
export function fill(
  template: Template,
  input: TemplateInput,
  files: ReadonlyMap<string, TemplateFile>,
): { outgoing: OutgoingTemplate; sent: SentTemplate } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => {
    problems.push(problem('invalid_input', { field, message }));
  };
  const valued = (part: 'header' | 'body', variables: Template['body']['variables'], given: Values) =>
    variables.map(({ name }): TemplateValue => {
      const text = given[name] ?? '';
      const wrong = flawOf(text);
      if (wrong) refuse(`${part}.${name}`, wrong);
      return { name: template.parameterFormat === 'named' ? name : null, text };
    });

  if (template.unsendable !== null) refuse('id', template.unsendable);
  const header = filledHeader(template, input, files, refuse, valued);
  const body = valued('body', template.body.variables, input.body);
  const code = template.category === 'authentication' ? (body[0]?.text ?? '') : '';
  if (code.length > maxCodeLength) {
    refuse(`body.${template.body.variables[0]?.name ?? '1'}`, `Use at most ${maxCodeLength} characters.`);
  }
  const buttons = template.buttons.flatMap((item, index): OutgoingTemplate['buttons'] => {
    if (item.kind === 'code') return [{ index, kind: 'url', value: code }];
    const value = input.buttons[String(index)] ?? '';
    if (item.kind === 'quickReply') return value === '' ? [] : [{ index, kind: 'quickReply', value }];
    if (!item.variable) return [];
    const wrong = flawOf(value);
    if (wrong) refuse(`buttons.${index}`, wrong);
    return [{ index, kind: item.kind === 'copyCode' ? 'copyCode' : 'url', value }];
  });
  if (problems.length > 0 || header === undefined) return { problems };

  const { name, language, footer } = template;
  return {
    outgoing: { name, language, header: header?.outgoing ?? null, body, buttons },
    sent: {
      name,
      language,
      header: header?.sent ?? null,
      body: replaced(template.body.text, input.body),
      footer,
      buttons: template.buttons.map(({ text }) => text),
    },
  };
}

type Values = Readonly<Record<string, string>>;
interface FilledHeader {
  outgoing: OutgoingTemplate['header'];
  sent: SentTemplate['header'];
}

/** Null for a template without a header, undefined when something is missing. */
function filledHeader(
  { header }: Template,
  { header: given }: TemplateInput,
  files: ReadonlyMap<string, TemplateFile>,
  refuse: (field: string, message: string) => void,
  valued: (part: 'header', variables: Template['body']['variables'], given: Values) => TemplateValue[],
): FilledHeader | null | undefined {
  if (header === null) return null;
  switch (header.kind) {
    case 'text': {
      const texts = given?.kind === 'text' ? given.values : {};
      return {
        outgoing: { kind: 'text', values: valued('header', header.variables, texts) },
        sent: { kind: 'text', text: replaced(header.text, texts) },
      };
    }
    case 'location': {
      const spot = given?.kind === 'location' ? given : null;
      for (const key of ['latitude', 'longitude', 'name', 'address'] as const) {
        if (spot?.[key] === undefined || spot[key] === null || spot[key] === '') {
          refuse(`header.${key}`, 'Fill this in. WhatsApp needs all four to show a place.');
        }
      }
      const whole = place.safeParse(spot).data;
      return (
        whole && { outgoing: { kind: 'location', place: whole }, sent: { kind: 'location', place: whole } }
      );
    }
    case 'image':
    case 'video':
    case 'document': {
      const file = given?.kind === 'file' ? files.get(given.ticket) : undefined;
      const { types, bytes, words } = headerFiles[header.kind];
      const fits =
        file && file.outgoing.size <= bytes && (types?.some((type) => type === file.outgoing.type) ?? true);
      if (!fits) {
        refuse('header', file ? `Choose ${words}.` : 'Choose a file. WhatsApp does not send the sample.');
        return undefined;
      }
      return {
        outgoing: { kind: header.kind, file: file.outgoing },
        sent: { kind: header.kind, file: file.shown },
      };
    }
  }
}

/** What WhatsApp does not take as a value; null when all is well. */
function flawOf(text: string): string | null {
  if (text.trim() === '') return 'Fill this in.';
  if (/[\n\r\t]/.test(text)) return 'Use no line breaks and no tabs here. WhatsApp refuses them.';
  return / {5}/.test(text) ? 'Use at most four spaces in a row. WhatsApp refuses more.' : null;
}

function replaced(text: string, given: Values): string {
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(given, name) && given[name] !== '' ? (given[name] ?? whole) : whole,
  );
}

// ── To be shown ─────────────────────────────────────────────────────────────────────────────────────────

/** A template as text, for lists and for the preview beside the form. */
export interface TemplatePreview {
  header: { kind: 'text'; text: string } | { kind: 'image' | 'video' | 'document' | 'location' } | null;
  body: string;
  footer: string;
  buttons: string[];
}

/** With Meta's examples in place of variables; or, while it is filled in, with what there is so far. */
export function previewOf(
  template: Template,
  given?: Pick<TemplateInput, 'header' | 'body'>,
): TemplatePreview {
  const { header, body, footer, buttons } = template;
  const examples = (variables: Template['body']['variables']): Values =>
    Object.fromEntries(variables.map(({ name, example }) => [name, example]));
  const filled = given?.header?.kind === 'text' ? given.header.values : {};
  return {
    header:
      header?.kind === 'text'
        ? { kind: 'text', text: replaced(header.text, given ? filled : examples(header.variables)) }
        : header && { kind: header.kind },
    body: replaced(body.text, given ? given.body : examples(body.variables)),
    footer,
    buttons: buttons.map(({ text }) => text),
  };
}
