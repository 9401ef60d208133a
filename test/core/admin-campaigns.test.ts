/** What the form of a campaign says before it is saved, and what it refuses (CMP-01 … CMP-05). */
import { describe, expect, it } from 'vitest';
import { campaignInput } from '../../core/campaign.ts';
import type { Template } from '../../core/template.ts';
import {
  carriesFile,
  draftOf,
  emptyDraft,
  inputOf,
  instantOrNull,
  problemsOf,
  type CampaignDraft,
} from '../../admin/campaigns/draft.ts';
import { countWords, durationWords, paceWords, planWords, type Plan } from '../../admin/campaigns/words.ts';
import { noValues } from '../../admin/inbox/template-values.ts';

const plan: Plan = {
  recipients: 1240,
  ratePerSecond: 10,
  segments: 1,
  send: { kind: 'now' },
  destination: null,
};

describe('the summary of a campaign', () => {
  it('[CMP-04] says to how many it goes, how fast, and how long that takes', () => {
    expect(planWords(plan)).toBe(
      'Sends to 1,240 people now, at 10 a second: about 2 minutes. No sessions are opened.',
    );
    expect(planWords({ ...plan, recipients: 1, ratePerSecond: 0.5, destination: 'Support' })).toBe(
      'Sends to 1 person now, one every 2 seconds: less than a minute. ' +
        'Each opens a session for Support, unless one is open already.',
    );
  });

  it('[CMP-04] says when by the clock of the campaign’s time zone', () => {
    const at = Date.UTC(2026, 11, 24, 7, 50);
    const send = { kind: 'at', at, timeZone: 'Europe/Berlin' } as const;
    expect(planWords({ ...plan, send }, 'en-GB')).toContain('on 24 Dec 2026, 08:50 (Europe/Berlin), at 10');
  });

  it('[CMP-03] counts the segments of long texts, and says of drafts that nothing is sent', () => {
    expect(planWords({ ...plan, segments: 3 })).toContain('3 SMS segments long, 3,720 in all.');
    expect(planWords({ ...plan, send: { kind: 'draft' } })).toBe(
      'Nothing is sent. The draft has 1,240 people as recipients.',
    );
    expect(planWords({ ...plan, recipients: 0 })).toBe('There are no recipients yet.');
  });

  it('rounds times to what one plans by', () => {
    expect([10, 50, 100, 3_000, 20_000, 400_000].map(durationWords)).toEqual([
      'less than a minute',
      'about 1 minute',
      'about 2 minutes',
      'about 50 minutes',
      'about 6 hours',
      'about 5 days',
    ]);
    expect([1, 80, 0.1].map(paceWords)).toEqual(['at 1 a second', 'at 80 a second', 'one every 10 seconds']);
  });

  it('[CMP-02] tells what became of all rows', () => {
    expect(countWords({ read: 6, imported: 1, duplicate: 2, invalid: 1, optedOut: 2 })).toBe(
      '1 recipient, 2 duplicate, 1 invalid, 2 opted out',
    );
    expect(countWords({ read: 2000, imported: 2000, duplicate: 0, invalid: 0, optedOut: 0 })).toBe(
      '2,000 recipients',
    );
  });
});

// ── Drafts ──────────────────────────────────────────────────────────────────────────────────────────────

const template: Template = {
  id: '7',
  name: 'order',
  language: 'en',
  category: 'utility',
  parameterFormat: 'positional',
  header: { kind: 'image', example: '' },
  body: {
    text: 'Hello {{1}}, order {{2}} is ready.',
    variables: ['1', '2'].map((name) => ({ name, example: '' })),
  },
  footer: '',
  buttons: [],
  unsendable: null,
};
const file = { name: 'lamp.png', type: 'image/png', size: 4_000, url: '/api/campaigns/c/file' };
const around = { template: null, columns: ['Number', 'Name'], recipients: 2, now: Date.UTC(2026, 5, 1) };

function draft(change: Partial<CampaignDraft> = {}): CampaignDraft {
  const empty = emptyDraft('Europe/Berlin');
  return {
    ...empty,
    name: 'Spring',
    channel: 'c1',
    number: '+14155550100',
    content: { ...empty.content, text: 'Hello' },
    mode: { kind: 'sessions', destination: { kind: 'queue', id: 'q' } },
    ...change,
  };
}
const withTemplate = (body: Record<string, string>, header: 'file' | null): CampaignDraft =>
  draft({
    content: {
      ...draft().content,
      kind: 'template',
      file: header ? file : null,
      template: { id: '7', header: header && { kind: 'file', ticket: 'local' }, body, buttons: {} },
      values: { ...noValues, body },
    },
  });
const fieldsOf = (of: CampaignDraft, change: Partial<Parameters<typeof problemsOf>[1]> = {}) =>
  problemsOf(of, { ...around, ...change }).map(({ field }) => field);

describe('a campaign that is being written', () => {
  it('[CMP-03] [CMP-05] saves what is chosen, and nothing of the other choices', () => {
    const text = draft({ mode: { kind: 'direct', destination: { kind: 'queue', id: 'q' } } });
    expect(campaignInput.parse(inputOf(text))).toMatchObject({
      content: { kind: 'text', text: 'Hello' },
      mode: { kind: 'direct' },
      send: { kind: 'now' },
    });
    const sent = withTemplate({ '1': '{{Name}}', '2': 'A-17' }, 'file');
    expect(carriesFile(text)).toBe(false);
    expect(carriesFile(sent)).toBe(true);
    expect(campaignInput.parse(inputOf(sent)).content).toMatchObject({ kind: 'template' });
  });

  it('comes back from what is stored as it was typed', () => {
    const saved = withTemplate({ '1': '{{Name}}', '2': 'A-17' }, 'file');
    const send = { ...saved.send, kind: 'at', date: '2026-07-01', time: '08:50' } as const;
    const input = campaignInput.parse(inputOf({ ...saved, send }));
    const { name, type, size } = file;
    const back = draftOf(
      { input, file: { name, type, size, width: 1, height: 1 } },
      file.url,
      emptyDraft('UTC'),
    );
    expect(back.content).toMatchObject({ values: { body: { '1': '{{Name}}' } }, file });
    expect(inputOf(back)).toEqual(input);
  });

  it('[CMP-03] names every field that is not ready for sending, and none of a draft', () => {
    const bare = draft({ content: { ...draft().content, text: ' ' } });
    expect(fieldsOf(bare, { recipients: 0 })).toEqual(['recipients', 'content.text']);
    expect(fieldsOf({ ...bare, send: { ...bare.send, kind: 'draft' } }, { recipients: 0 })).toEqual([]);
    const nobody = { kind: 'phonebooks', phonebooks: [], numberType: 'mobile' } as const;
    expect(fieldsOf(draft({ recipients: { ...nobody, phonebooks: [] } }))).toEqual(['recipients.phonebooks']);
    expect(fieldsOf(draft({ content: { ...bare.content, kind: 'file' } }))).toEqual(['content.file']);
    expect(fieldsOf(draft({ content: { ...bare.content, kind: 'template' } }))).toEqual([
      'content.template.id',
    ]);
    expect(fieldsOf(draft())).toEqual([]);
  });

  it('[CMP-03] takes columns of the list as variables, and says which there are when one is not', () => {
    const texted = (text: string) => draft({ content: { ...draft().content, text } });
    expect(fieldsOf(texted('Hi {{City}}'), { columns: ['Number', 'Name', 'City'] })).toEqual([]);
    const [wrong] = problemsOf(texted('Hi {{Town}}'), around);
    expect(wrong).toMatchObject({ field: 'content.text' });
    expect(wrong?.message).toContain('Number, Name');
  });

  it('[CMP-03] checks a template’s values all at once, with columns standing for what fits', () => {
    const filled = withTemplate({ '1': '{{Name}}', '2': 'A-17' }, 'file');
    expect(fieldsOf(filled, { template })).toEqual([]);
    const empty = fieldsOf(withTemplate({ '1': '' }, null), { template });
    expect(empty.sort()).toEqual([
      'content.template.body.1',
      'content.template.body.2',
      'content.template.header',
    ]);
    expect(fieldsOf(filled, { template: null })).toEqual(['content.template.id']);
  });

  it('[CMP-04] reads the date and the time by the clock of its time zone', () => {
    const send = { kind: 'at', date: '2026-07-01', time: '08:50', timeZone: 'Europe/Berlin' } as const;
    expect(instantOrNull(send)).toBe(Date.UTC(2026, 6, 1, 6, 50));
    expect(instantOrNull({ ...send, timeZone: 'Europe/Ber' })).toBeNull();
    expect(instantOrNull({ ...send, date: '' })).toBeNull();
    expect(fieldsOf(draft({ send }))).toEqual([]);
    expect(fieldsOf(draft({ send: { ...send, date: '2026-05-01' } }))).toEqual(['send.time']);
    expect(fieldsOf(draft({ send: { ...send, date: '', time: '' } }))).toEqual(['send.date', 'send.time']);
  });
});
