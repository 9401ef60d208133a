/** What has been filled in of a template so far, and what is still wrong with it. Pure. */
import type { File as MessageFile } from '../../core/content.ts';
import { fill, type Template, type TemplateFile, type TemplateInput } from '../../core/template.ts';
import type { OutgoingDraft } from '../data/desk-state.ts';
import { coordinate, noPlace, type PlaceDraft } from './place-draft.ts';

/** A file that is stored already; `url` shows it. */
export interface StoredFile {
  name: string;
  type: string;
  size: number;
  url: string;
}

export interface TemplateValues {
  /** By the names or positions of the variables. */
  header: Record<string, string>;
  body: Record<string, string>;
  /** By index among all buttons. */
  buttons: Record<string, string>;
  file: File | StoredFile | null;
  place: PlaceDraft;
}

export const noValues: TemplateValues = { header: {}, body: {}, buttons: {}, file: null, place: noPlace };

/** Stands for the ticket until the file is uploaded. */
const localTicket = 'local';

/** The values as the edge takes them. */
export function inputOf({ id, header }: Template, values: TemplateValues): TemplateInput {
  const { body, buttons, file, place } = values;
  return { id, header: headerOf(), body, buttons };

  function headerOf(): TemplateInput['header'] {
    switch (header?.kind) {
      case undefined:
        return null;
      case 'text':
        return { kind: 'text', values: values.header };
      case 'location':
        return {
          kind: 'location',
          latitude: coordinate(place.latitude, 90),
          longitude: coordinate(place.longitude, 180),
          name: place.name.trim(),
          address: place.address.trim(),
        };
      case 'image':
      case 'video':
      case 'document':
        return file && { kind: 'file', ticket: localTicket };
    }
  }
}

/** The message, checked as the edge will check it; or what is wrong, by field. */
export function draftOf(
  template: Template,
  values: TemplateValues,
): { draft: OutgoingDraft } | { problems: Record<string, string> } {
  const input = inputOf(template, values);
  const { file } = values;
  const files = new Map<string, TemplateFile>(file ? [[localTicket, localFile(file)]] : []);
  const filled = fill(template, input, files);
  if ('problems' in filled) {
    return {
      problems: Object.fromEntries(filled.problems.map(({ field = '', message }) => [field, message])),
    };
  }
  const { header: _header, ...shown } = filled.sent;
  const outbox = file instanceof File ? [{ file, name: file.name, ticket: null }] : [];
  return { draft: { kind: 'template', input, shown, files: outbox } };
}

/** A file in both the shapes of a template's header, for checking it and for showing it meanwhile. */
export function localFile({ name, type, size }: File | StoredFile): TemplateFile {
  const shown: MessageFile = {
    state: 'ready',
    name,
    type,
    size,
    url: '',
    width: 0,
    height: 0,
    expiresAt: 0,
  };
  return { shown, outgoing: { url: '', name, type, size } };
}
