/** A campaign's content for one recipient: what `{{Column}}` stands for, and the message that comes of it (CMP-03). */
import type { CampaignContent } from './campaign.ts';
import type { Content, File, Link } from './content.ts';
import { problem, type Problem } from './errors.ts';
import { cleanText, findLinks } from './message.ts';
import type { OutgoingContent, OutgoingFile } from './providers/provider.ts';
import { fill, type Template, type TemplateInput } from './template.ts';

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;
/** What every recipient has, whatever its list says. */
export const ownColumns = ['Number', 'Name'] as const;
/** What contacts of phonebooks have beside that. */
export const phonebookColumns = ['Company'] as const;

/** What a recipient's row says. */
export interface RecipientValues {
  number: string;
  name: string;
  /** By column. */
  values: Readonly<Record<string, string>>;
}

/** The columns that a content uses, each with the field in which it stands, in the order of the form. */
export function columnsIn(content: CampaignContent): { field: string; column: string }[] {
  return textsOf(content).flatMap(([field, text]) =>
    [...text.matchAll(placeholder)].map(([, column = '']) => ({ field, column })),
  );
}

/** Names are compared as spreadsheets' users write them: without regard to case. */
export const sameColumn = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

/** Why a content cannot be filled in from these columns; null when it can. */
export function refuseColumns(content: CampaignContent, columns: readonly string[]): Problem | null {
  const known = [...ownColumns, ...columns];
  const wrong = columnsIn(content).find(({ column }) => !known.some((name) => sameColumn(name, column)));
  if (!wrong) return null;
  const message = `There is no column ${wrong.column}. These can be used: ${known.join(', ')}.`;
  return problem('invalid_input', { field: wrong.field, message });
}

/** A text with what the recipient's row says in place of `{{Column}}`; what it does not say is left out. */
export function filledText(text: string, recipient: RecipientValues): string {
  return text.replace(placeholder, (_whole, column: string) => valueOf(recipient, column));
}

function valueOf({ number, name, values }: RecipientValues, column: string): string {
  if (sameColumn(column, 'Number')) return number;
  const own = Object.entries(values).find(([key]) => sameColumn(key, column))?.[1] ?? '';
  return own === '' && sameColumn(column, 'Name') ? name : own;
}

/** What messages are made of beside what the recipient's row says. */
export interface MessageKit {
  /** Of a template; null where it is not there any more. */
  template: Template | null;
  /** The campaign's file in both its shapes; null where it has none. */
  file: { outgoing: OutgoingFile; shown: File } | null;
}

/** The message for one recipient: for the provider, and as a log shows it. Problems name their fields. */
export function messageFor(
  content: CampaignContent,
  recipient: RecipientValues,
  { template, file }: MessageKit,
): { outgoing: OutgoingContent; shown: Content } | { refusal: Problem } {
  switch (content.kind) {
    case 'text': {
      const text = worded(filledText(content.text, recipient));
      if (text.text === '') return { refusal: problem('message_empty', { field: 'content.text' }) };
      return { outgoing: { kind: 'text', text: text.text }, shown: { kind: 'text', ...text } };
    }
    case 'file': {
      if (!file) return { refusal: missingFile('content.file') };
      const text = worded(filledText(content.text, recipient));
      return {
        outgoing: { kind: 'files', text: text.text, files: [file.outgoing] },
        shown: { kind: 'files', ...text, files: [file.shown] },
      };
    }
    case 'template': {
      if (!template) return { refusal: problem('template_unknown', { field: 'content.template.id' }) };
      const input = filledTemplate(content.template, recipient);
      const made = fill(template, input, new Map(file ? [[ownFile, file]] : []));
      if ('problems' in made) {
        const [first] = made.problems;
        const field = `content.template.${first?.field ?? 'id'}`;
        return { refusal: first ? { ...first, field } : problem('invalid_input', { field }) };
      }
      return {
        outgoing: { kind: 'template', template: made.outgoing },
        shown: { kind: 'template', template: made.sent },
      };
    }
  }
}

/** A text as it is sent and kept, with its links. */
function worded(raw: string): { text: string; links?: Link[] } {
  const text = cleanText(raw);
  const links = findLinks(text);
  return links.length > 0 ? { text, links } : { text };
}

/** The ticket under which templates find the campaign's file. */
const ownFile = 'campaign';

function missingFile(field: string): Problem {
  return problem('invalid_input', { field, message: 'Choose a file.' });
}

/** The template's values filled in. Meta takes no line breaks in them, so a row's are made spaces. */
function filledTemplate(input: TemplateInput, recipient: RecipientValues): TemplateInput {
  const one = (text: string) =>
    columnsOf(text) ? filledText(text, recipient).replace(/\s+/g, ' ').trim() : text;
  const all = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, one(text)]));
  const { header } = input;
  return {
    ...input,
    header:
      header?.kind === 'text'
        ? { kind: 'text', values: all(header.values) }
        : header?.kind === 'file'
          ? { kind: 'file', ticket: ownFile }
          : header && { ...header, name: one(header.name), address: one(header.address) },
    body: all(input.body),
    buttons: all(input.buttons),
  };
}

const columnsOf = (text: string): boolean => text.search(placeholder) >= 0;

/** Every text of a content that may have columns in it, with its field. */
function textsOf(content: CampaignContent): [field: string, text: string][] {
  if (content.kind !== 'template') return [['content.text', content.text]];
  const { header, body, buttons } = content.template;
  const under = (part: string, values: Record<string, string>) =>
    Object.entries(values).map(([name, text]): [string, string] => [
      `content.template.${part}.${name}`,
      text,
    ]);
  return [
    ...(header?.kind === 'text' ? under('header', header.values) : []),
    ...(header?.kind === 'location' ? under('header', { name: header.name, address: header.address }) : []),
    ...under('body', body),
    ...under('buttons', buttons),
  ];
}
