/** How WhatsApp checks a template message against the approved template. Written from the fact sheet. */
import { list, record, type MetaError } from './meta.ts';

/** A template as `message_templates` lists it. */
export interface TemplateRow {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  parameter_format?: string;
  components: Record<string, unknown>[];
}

type Fields = Record<string, unknown>;

/** What is wrong with the `template` object of a send; null when it may go. */
export function templateFlaw(rows: readonly TemplateRow[], sent: Fields): MetaError | null {
  const language = record(sent['language'])?.['code'];
  const row = rows.find((item) => item.name === sent['name'] && item.language === language);
  if (!row) return { code: 132001, message: 'Template does not exist in the translation' };
  if (row.status === 'PAUSED') return { code: 132015, message: 'Template is paused' };
  if (row.status !== 'APPROVED') return { code: 132001, message: 'Template is not approved' };
  const components = list(sent['components']).map((item) => record(item) ?? {});
  for (const part of row.components) {
    const kind = String(part['type']).toLowerCase();
    const flaw =
      kind === 'buttons'
        ? buttonsFlaw(list(part['buttons']), components)
        : kind === 'header' || kind === 'body'
          ? textsFlaw(part, kind, components, row.parameter_format === 'NAMED')
          : null;
    if (flaw) return flaw;
  }
  return null;
}

function textsFlaw(part: Fields, kind: string, components: Fields[], named: boolean): MetaError | null {
  const given = parametersOf(components.filter((item) => item['type'] === kind));
  const format = kind === 'header' ? String(part['format']).toLowerCase() : 'text';
  const wanted =
    format === 'text' ? [...new Set(String(part['text']).match(/\{\{[^{}]+\}\}/g) ?? [])] : [format];
  if (given.length !== wanted.length) return { code: 132000, message: 'Number of parameters does not match' };
  if (given.some((item) => item['type'] !== format)) return { code: 132012, message: 'Format mismatch' };
  if (format === 'text') return valuesFlaw(given, wanted, named);
  if (format !== 'location') return null;
  const place = record(given[0]?.['location']);
  const whole = ['latitude', 'longitude', 'name', 'address'].every((key) => place?.[key] !== undefined);
  return whole ? null : { code: 132012, message: 'Location needs all four' };
}

/** Names where the template has names, none where it has positions; and what values may not hold. */
function valuesFlaw(given: Fields[], wanted: string[], named: boolean): MetaError | null {
  const names = given.map((item) => item['parameter_name']);
  const fits = named
    ? wanted.every((name) => names.includes(name.slice(2, -2)))
    : names.every((name) => name === undefined);
  if (!fits) return { code: 132000, message: 'Parameter names do not match' };
  const values = given.map((item) => String(item['text'] ?? ''));
  return values.some((text) => text === '' || /[\n\t]| {5}/.test(text))
    ? { code: 132018, message: 'A value has new lines, tabs or more than four spaces' }
    : null;
}

/** Links with a variable and codes to copy need their value, under the index among all buttons. */
function buttonsFlaw(buttons: unknown[], components: Fields[]): MetaError | null {
  const missing = buttons.some((item, index) => {
    const button = record(item) ?? {};
    const subType =
      button['type'] === 'URL' && String(button['url']).includes('{{')
        ? 'url'
        : button['type'] === 'COPY_CODE'
          ? 'copy_code'
          : null;
    if (subType === null) return false;
    const own = components.filter((part) => part['sub_type'] === subType && part['index'] === String(index));
    return parametersOf(own).length !== 1;
  });
  return missing ? { code: 131008, message: 'Required parameter is missing', details: 'buttons' } : null;
}

function parametersOf(components: Fields[]): Fields[] {
  return components.flatMap((item) => list(item['parameters'])).map((item) => record(item) ?? {});
}
