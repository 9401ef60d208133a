/** The files of an inbound MMS: a printed Python dictionary today, JSON of some kind should that change. */
import * as z from 'zod';
import { parseJson } from '../dialect.ts';
import type { InboundFile } from '../events.ts';
import { pythonDict } from './pythonDict.ts';

const optionalText = z.string().min(1).optional().catch(undefined);
const described = z.object({
  url: optionalText,
  base64: optionalText,
  data: optionalText,
  content: optionalText,
  filename: optionalText,
  name: optionalText,
  mime_type: optionalText,
  content_type: optionalText,
});

/** The customer's files, and how many there were that could not be read. */
export function filesIn(raw: unknown, text: string): { files: InboundFile[]; unreadable: number } {
  if (raw === undefined || raw === null || raw === '') return { files: [], unreadable: 0 };
  const read = entriesOf(raw);
  if (read === null) return { files: [], unreadable: 1 };
  const files = read.filter((file) => file !== null);
  const unreadable = read.length - files.length;
  return { files: files.filter((file) => !isLayout(file) && !repeats(file, text)), unreadable };
}

/** Null for what is no list of files at all; null in it for a file that cannot be read. */
function entriesOf(raw: unknown): (InboundFile | null)[] | null {
  if (typeof raw === 'string') {
    const source = raw.trim();
    if (!/^[[{]/.test(source)) return [fileOf(source, undefined)];
    const json = parseJson(source);
    if (json !== undefined) return entriesOf(json);
    return pythonDict(source)?.map(([name, data]) => fileOf(data, name)) ?? null;
  }
  if (Array.isArray(raw)) return raw.map((item) => fileOf(item, undefined));
  if (typeof raw !== 'object' || raw === null) return null;
  const single = described.safeParse(raw);
  if (single.success && contentOf(single.data) !== undefined && isDescription(raw)) {
    return [fileOf(raw, undefined)];
  }
  return Object.entries(raw).map(([name, item]) => fileOf(item, name));
}

/** Whether an object describes one file, and does not hold one by each of its names. */
function isDescription(raw: object): boolean {
  return Object.keys(raw).every((key) => key in described.shape);
}

function contentOf({ url, base64, data, content }: z.infer<typeof described>): string | undefined {
  return url ?? base64 ?? data ?? content;
}

/** A file from a URL, a `data:` URL, base64, or an object with one of these; null when it is none. */
function fileOf(item: unknown, name: string | undefined): InboundFile | null {
  if (typeof item === 'string') return fileFrom(item, name, undefined);
  const read = described.safeParse(item);
  if (!read.success) return null;
  const { filename, name: inner, mime_type: mimeType, content_type: contentType } = read.data;
  const content = contentOf(read.data);
  return content === undefined ? null : fileFrom(content, filename ?? inner ?? name, mimeType ?? contentType);
}

function fileFrom(content: string, name: string | undefined, type: string | undefined): InboundFile | null {
  const named = { ...(name ? { name } : {}) };
  if (/^https?:\/\//i.test(content)) {
    return URL.canParse(content) ? { url: content, ...named, ...(type ? { type } : {}) } : null;
  }
  const comma = content.indexOf(',');
  const [, dataType] = /^data:([^;,]*)[^,]*;base64$/i.exec(content.slice(0, Math.max(comma, 0))) ?? [];
  const data = base64Of(dataType === undefined ? content : content.slice(comma + 1));
  const kind = type ?? dataType;
  return data === null ? null : { data, ...named, ...(kind ? { type: kind } : {}) };
}

/** Base64 as it should be; null when it is none. Line breaks and missing padding are put right. */
function base64Of(text: string): string | null {
  const bare = text.replace(/\s+/g, '').replace(/=+$/, '');
  if (bare === '' || bare.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(bare)) return null;
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
}

/** Whether it only says how the parts are to be laid out on the screen. */
function isLayout({ name = '', type = '' }: InboundFile): boolean {
  return /\.smil?$/i.test(name) || /^application\/smil/i.test(type);
}

/** Whether it is the message's text once more. */
function repeats({ name = '', data }: InboundFile, text: string): boolean {
  if (data === undefined || !/\.txt$/i.test(name) || data.length > text.length * 8 + 64) return false;
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes).trim() === text.trim();
}
