/** A campaign while its form is open: everything that was typed, also what the other choices would send. Pure. */
import {
  usualWindowDays,
  type CampaignInput,
  type RecipientSource,
  type SendMode,
  type SendTime,
} from '../../core/campaign.ts';
import type { Campaign } from '../../core/campaignApi.ts';
import { columnsIn, filledText, ownColumns, refuseColumns, sameColumn } from '../../core/campaignText.ts';
import type { NumberType } from '../../core/contact.ts';
import { instantOf } from '../../core/schedule.ts';
import { fill, type Template, type TemplateFile, type TemplateInput } from '../../core/template.ts';
import { noPlace } from '../inbox/place-draft.ts';
import { localFile, noValues, type StoredFile, type TemplateValues } from '../inbox/template-values.ts';

export interface CampaignDraft {
  name: string;
  channel: string;
  number: string;
  recipients: { kind: RecipientSource['kind']; phonebooks: string[]; numberType: NumberType };
  content: {
    kind: 'text' | 'file' | 'template';
    text: string;
    /** As chosen, or as it is stored. */
    file: File | StoredFile | null;
    /** Null while none is chosen. */
    template: TemplateInput | null;
    values: Omit<TemplateValues, 'file'>;
  };
  mode: { kind: SendMode['kind']; destination: { kind: 'agent' | 'queue'; id: string } };
  windowDays: number;
  send: { kind: SendTime['kind']; date: string; time: string; timeZone: string };
}

export function emptyDraft(timeZone: string): CampaignDraft {
  return {
    name: '',
    channel: '',
    number: '',
    recipients: { kind: 'list', phonebooks: [], numberType: 'mobile' },
    content: { kind: 'text', text: '', file: null, template: null, values: noValues },
    mode: { kind: 'sessions', destination: { kind: 'queue', id: '' } },
    windowDays: usualWindowDays,
    send: { kind: 'now', date: '', time: '', timeZone },
  };
}

/** A stored campaign as its form shows it; `empty` has what it does not say. */
export function draftOf(
  { input, file }: Pick<Campaign, 'input' | 'file'>,
  fileUrl: string,
  empty: CampaignDraft,
): CampaignDraft {
  const { name, channel, number, recipients, content, mode, windowDays, send } = input;
  return {
    ...empty,
    ...{ name, channel, number, windowDays },
    recipients: recipients.kind === 'list' ? empty.recipients : recipients,
    content: {
      ...empty.content,
      kind: content.kind,
      file: file && { name: file.name, type: file.type, size: file.size, url: fileUrl },
      ...(content.kind === 'template'
        ? { template: content.template, values: valuesOf(content.template) }
        : { text: content.text }),
    },
    mode: mode.kind === 'sessions' ? mode : { ...empty.mode, kind: mode.kind },
    send: send.kind === 'at' ? send : { ...empty.send, kind: send.kind },
  };
}

function valuesOf({ header, body, buttons }: TemplateInput): CampaignDraft['content']['values'] {
  const place =
    header?.kind === 'location'
      ? {
          latitude: header.latitude === null ? '' : String(header.latitude),
          longitude: header.longitude === null ? '' : String(header.longitude),
          name: header.name,
          address: header.address,
        }
      : noPlace;
  return { header: header?.kind === 'text' ? header.values : {}, body, buttons, place };
}

/** What is saved of a draft, as `campaignInput` checks it. A template that is not chosen yet is an empty text. */
export function inputOf(draft: CampaignDraft): CampaignInput {
  const { name, channel, number, recipients, content, mode, windowDays, send } = draft;
  const { kind, text, template } = content;
  return {
    ...{ name, channel, number },
    // What is no number of days is refused like one that is out of range.
    windowDays: Number.isInteger(windowDays) ? windowDays : 0,
    recipients: recipients.kind === 'list' ? { kind: 'list' } : recipients,
    content:
      kind !== 'template' ? { kind, text } : template ? { kind, template } : { kind: 'text', text: '' },
    mode: mode.kind === 'sessions' ? mode : { kind: 'direct' },
    send: send.kind === 'at' ? { ...send, kind: 'at' } : { kind: send.kind },
  };
}

/** Whether the message carries the draft's file. */
export function carriesFile({ content: { kind, template } }: CampaignDraft): boolean {
  return kind === 'file' || (kind === 'template' && template?.header?.kind === 'file');
}

/** What the form knows beside the draft. */
export interface Surroundings {
  /** The chosen one; null while it is not known. */
  template: Template | null;
  /** Names that `{{…}}` may use. */
  columns: readonly string[];
  /** Those who would get the message; null while it is being counted. */
  recipients: number | null;
  /** Epoch ms. */
  now: number;
}

export interface DraftProblem {
  field: string;
  message: string;
}

/** What keeps a draft from being sent, everything at once; empty for one that stays a draft. */
export function problemsOf(draft: CampaignDraft, around: Surroundings): DraftProblem[] {
  if (draft.send.kind === 'draft') return [];
  const problems: DraftProblem[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const { recipients, send } = draft;
  if (recipients.kind === 'phonebooks' && recipients.phonebooks.length === 0) {
    refuse('recipients.phonebooks', 'Choose at least one phonebook.');
  } else if (around.recipients === 0) {
    refuse(
      'recipients',
      recipients.kind === 'list'
        ? 'There is nobody to send to. Add numbers, or import a file.'
        : 'There is nobody to send to. Choose another phonebook or type of number.',
    );
  }
  problems.push(...contentProblems(draft, around));
  if (send.kind === 'at') {
    const at = instantOrNull(send);
    if (send.date === '') refuse('send.date', 'Choose a date.');
    if (send.time === '') refuse('send.time', 'Choose a time.');
    if (at !== null && at <= around.now) refuse('send.time', 'This time is over. Choose a later one.');
  }
  return problems;
}

/** When a scheduled draft is sent, epoch ms; null while the fields do not say. */
export function instantOrNull({ date, time, timeZone }: CampaignDraft['send']): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d$/.test(time)) return null;
  try {
    const at = instantOf(date, time, timeZone);
    return Number.isNaN(at) ? null : at;
  } catch {
    // The name of the time zone is not complete yet.
    return null;
  }
}

function contentProblems(draft: CampaignDraft, { template, columns: all }: Surroundings): DraftProblem[] {
  const columns = all.filter((name) => !ownColumns.some((own) => sameColumn(own, name)));
  const { kind, text, file } = draft.content;
  const content = inputOf(draft).content;
  if (kind === 'text' && text.trim() === '') return [{ field: 'content.text', message: 'Enter a text.' }];
  if (kind === 'file' && !file) return [{ field: 'content.file', message: 'Choose a file.' }];
  if (content.kind === 'template') return templateProblems(content.template, draft, template, columns);
  if (kind === 'template') return [{ field: 'content.template.id', message: 'Choose a template.' }];
  const unknown = refuseColumns(content, columns);
  return unknown ? [{ field: unknown.field ?? 'content.text', message: unknown.message }] : [];
}

/** Columns stand for something that fits: what they really say is checked for each recipient. */
function templateProblems(
  input: TemplateInput,
  { content: { file } }: CampaignDraft,
  template: Template | null,
  columns: readonly string[],
): DraftProblem[] {
  const unknown = refuseColumns({ kind: 'template', template: input }, columns);
  if (unknown) return [{ field: unknown.field ?? 'content.template.id', message: unknown.message }];
  if (template?.id !== input.id) {
    return [
      { field: 'content.template.id', message: 'This template is not there any more. Choose another one.' },
    ];
  }
  const used = columnsIn({ kind: 'template', template: input }).map(({ column }) => column);
  const sample = {
    number: 'x',
    name: 'x',
    values: Object.fromEntries([...ownColumns, ...used].map((name) => [name, 'x'])),
  };
  const all = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, filledText(text, sample)]));
  const { header } = input;
  const files = new Map<string, TemplateFile>();
  if (file && header?.kind === 'file') files.set(header.ticket, localFile(file));
  const filled = fill(
    template,
    {
      ...input,
      header: header?.kind === 'text' ? { kind: 'text', values: all(header.values) } : header,
      body: all(input.body),
      buttons: all(input.buttons),
    },
    files,
  );
  if (!('problems' in filled)) return [];
  return filled.problems.map(({ field = 'id', message }) => ({
    field: `content.template.${field}`,
    message,
  }));
}
