import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { File } from '../../core/content.ts';
import type { OutgoingFile } from '../../core/providers/provider.ts';
import { keptTemplates } from '../../core/providers/whatsapp/templates.ts';
import {
  fill,
  previewOf,
  template,
  templateInput,
  variablesOf,
  type Template,
  type TemplateFile,
  type TemplateInput,
} from '../../core/template.ts';
import { templateFlaw, type TemplateRow } from '../simulators/providers/metaTemplates.ts';
import { bodyOf } from '../../core/providers/whatsapp/compose.ts';
import { outgoing } from './providers/meta.ts';

const row: TemplateRow = {
  id: '1387000000000004',
  name: 'order_ready',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  parameter_format: 'NAMED',
  components: [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://scontent.whatsapp.net/v/t61'] } },
    {
      type: 'BODY',
      text: 'Hi {{first_name}}, order {{order_no}} is ready, {{first_name}}.',
      example: {
        body_text_named_params: [
          { param_name: 'first_name', example: 'Ana' },
          { param_name: 'order_no', example: 'B-1' },
        ],
      },
    },
    { type: 'FOOTER', text: 'Shop Zürich' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Track', url: 'https://example.com/t/{{1}}', example: ['B-1'] },
        { type: 'QUICK_REPLY', text: 'Stop' },
      ],
    },
  ],
};
const made = (...components: Record<string, unknown>[]) => ({
  ...row,
  parameter_format: undefined,
  components,
});
const read = (one: unknown): Template => {
  const [result] = keptTemplates([one]).templates;
  if (!result) throw new Error('the template was left out');
  return result;
};
const orderReady = read(row);

const outgoingFile: OutgoingFile = {
  url: 'https://files.example.com/a.jpg',
  name: 'a.jpg',
  type: 'image/jpeg',
  size: 1000,
};
const shown: File = {
  state: 'ready',
  name: 'a.jpg',
  type: 'image/jpeg',
  size: 1000,
  url: '/files/a',
  width: 1,
  height: 1,
  expiresAt: 1,
};
const files = (more: Partial<OutgoingFile> = {}) =>
  new Map<string, TemplateFile>([['ticket', { outgoing: { ...outgoingFile, ...more }, shown }]]);
const input = (more: Partial<TemplateInput> = {}): TemplateInput => ({
  id: orderReady.id,
  header: { kind: 'file', ticket: 'ticket' },
  body: { first_name: 'Zoë', order_no: 'A-17' },
  buttons: { '0': 'A-17' },
  ...more,
});
const fieldsOf = (result: ReturnType<typeof fill>) =>
  'problems' in result ? result.problems.map(({ field }) => field) : 'filled';

describe('which templates are kept', () => {
  it('[WA-03] are the Active ones, without marketing templates that show a catalogue', () => {
    const catalog = (type: string) => ({ type: 'BUTTONS', buttons: [{ type, text: 'View' }] });
    const card = { components: [{ type: 'header', format: 'product' }] };
    const body = { type: 'BODY', text: 'Hi' };
    const rows = [
      { ...row, name: 'a' },
      ...['PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'ARCHIVED'].map((status) => ({ ...row, status })),
      ...['CATALOG', 'MPM', 'spm'].map((type) => ({
        ...row,
        category: 'MARKETING',
        components: [body, catalog(type)],
      })),
      { ...row, category: 'MARKETING', components: [body, { type: 'CAROUSEL', cards: [card] }] },
      { ...row, name: 'b', category: 'MARKETING' },
      { ...row, name: 'c', status: 'approved', language: 'de' },
      null,
      { name: 'broken' },
    ];
    expect(keptTemplates(rows).templates.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('[WA-03] are at most 250, and says how many more there are', () => {
    const rows = Array.from({ length: 260 }, (_, index) => ({ ...row, id: String(index) }));
    const { templates, more } = keptTemplates(rows);
    expect([templates.length, more, templates.at(-1)?.id]).toEqual([250, 10, '249']);
    expect(keptTemplates(rows.slice(0, 250)).more).toBe(0);
  });

  it('[WA-03] are read with all their parts', () => {
    expect(orderReady).toEqual({
      id: '1387000000000004',
      name: 'order_ready',
      language: 'en_US',
      category: 'utility',
      parameterFormat: 'named',
      header: { kind: 'image', example: 'https://scontent.whatsapp.net/v/t61' },
      body: {
        text: 'Hi {{first_name}}, order {{order_no}} is ready, {{first_name}}.',
        variables: [
          { name: 'first_name', example: 'Ana' },
          { name: 'order_no', example: 'B-1' },
        ],
      },
      footer: 'Shop Zürich',
      buttons: [
        { kind: 'url', text: 'Track', url: 'https://example.com/t/{{1}}', variable: true, example: 'B-1' },
        { kind: 'quickReply', text: 'Stop', url: '', variable: false, example: '' },
      ],
      unsendable: null,
    });
    expect(template.parse(orderReady)).toEqual(orderReady);
  });

  it('count positions in order and each variable once, and find out the format by themselves', () => {
    const positional = read(
      made({
        type: 'body',
        text: '{{2}} and {{1}} and {{ 2 }} and {{10}}',
        example: { body_text: [['x', 'y']] },
      }),
    );
    expect(positional.parameterFormat).toBe('positional');
    expect(positional.body.variables).toEqual([
      { name: '1', example: 'x' },
      { name: '2', example: 'y' },
      { name: '10', example: '' },
    ]);
    expect(read(made({ type: 'body', text: '{{order_no}}' })).parameterFormat).toBe('named');
    const header = read(
      made({ type: 'header', format: 'text', text: 'For {{1}}', example: { header_text: ['Ana'] } }),
    );
    expect(header.header).toEqual({
      kind: 'text',
      text: 'For {{1}}',
      variables: [{ name: '1', example: 'Ana' }],
    });
    expect(read(made({ type: 'HEADER', format: 'location' })).header).toEqual({ kind: 'location' });
  });

  it('are kept, but marked, where Parley cannot send them', () => {
    expect(read(made({ type: 'CAROUSEL', cards: [] })).unsendable).toContain('Carousels');
    expect(read(made({ type: 'HEADER', format: 'GIF' })).unsendable).toContain('GIF');
    const carousel = read(made({ type: 'CAROUSEL' }));
    expect(fieldsOf(fill(carousel, input({ header: null }), new Map()))).toEqual(['id']);
  });

  it('can be read of any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const any: unknown = JSON.parse(json);
        const kept = keptTemplates([
          any,
          made(
            { type: 'BODY', text: any, example: any },
            { type: 'BUTTONS', buttons: any },
            { type: 'HEADER', format: any },
          ),
        ]);
        expect(kept.templates.length).toBeGreaterThan(0);
        for (const one of kept.templates) expect(template.safeParse(one).success).toBe(true);
      }),
    );
  });
});

describe('what is asked for', () => {
  it('[WA-05] is everything that the message needs, in its order', () => {
    expect(variablesOf(orderReady)).toEqual([
      { field: 'header', kind: 'image' },
      { field: 'body.first_name', kind: 'text', part: 'body', name: 'first_name', example: 'Ana' },
      { field: 'body.order_no', kind: 'text', part: 'body', name: 'order_no', example: 'B-1' },
      { field: 'buttons.0', kind: 'button', index: 0, label: 'Track', example: 'B-1' },
    ]);
    expect(templateInput.parse(input())).toEqual(input());
  });

  it('[WA-05] is shown with the examples, or with what is filled in so far', () => {
    expect(previewOf(orderReady)).toEqual({
      header: { kind: 'image' },
      body: 'Hi Ana, order B-1 is ready, Ana.',
      footer: 'Shop Zürich',
      buttons: ['Track', 'Stop'],
    });
    expect(previewOf(orderReady, { header: null, body: { first_name: 'Zoë', order_no: '' } }).body).toBe(
      'Hi Zoë, order {{order_no}} is ready, Zoë.',
    );
  });
});

describe('a template filled in', () => {
  it('[WA-05] is what goes out and what is shown', () => {
    expect(fill(orderReady, input(), files())).toEqual({
      outgoing: {
        name: 'order_ready',
        language: 'en_US',
        header: { kind: 'image', file: outgoingFile },
        body: [
          { name: 'first_name', text: 'Zoë' },
          { name: 'order_no', text: 'A-17' },
        ],
        buttons: [{ index: 0, kind: 'url', value: 'A-17' }],
      },
      sent: {
        name: 'order_ready',
        language: 'en_US',
        header: { kind: 'image', file: shown },
        body: 'Hi Zoë, order A-17 is ready, Zoë.',
        footer: 'Shop Zürich',
        buttons: ['Track', 'Stop'],
      },
    });
  });

  it('[WA-05] names every field that is missing or not taken', () => {
    expect(fieldsOf(fill(orderReady, input({ header: null, body: {}, buttons: {} }), files()))).toEqual([
      'header',
      'body.first_name',
      'body.order_no',
      'buttons.0',
    ]);
    for (const bad of ['', '  ', 'two\nlines', 'a\ttab', 'many     spaces']) {
      expect(
        fieldsOf(fill(orderReady, input({ body: { first_name: bad, order_no: 'x' } }), files())),
      ).toEqual(['body.first_name']);
    }
    expect(
      fieldsOf(fill(orderReady, input({ body: { first_name: 'four    spaces', order_no: 'x' } }), files())),
    ).toBe('filled');
  });

  it('[WA-05] [WA-06] takes a header file of the right kind and size only', () => {
    expect(fieldsOf(fill(orderReady, input({ header: { kind: 'file', ticket: 'other' } }), files()))).toEqual(
      ['header'],
    );
    expect(fieldsOf(fill(orderReady, input(), files({ type: 'image/gif' })))).toEqual(['header']);
    expect(fieldsOf(fill(orderReady, input(), files({ size: 5_000_001 })))).toEqual(['header']);
    const brochure = read(made({ type: 'HEADER', format: 'DOCUMENT' }));
    expect(fieldsOf(fill(brochure, input(), files({ type: 'application/pdf', size: 50_000_000 })))).toBe(
      'filled',
    );
    const film = read(made({ type: 'HEADER', format: 'VIDEO' }));
    expect(fieldsOf(fill(film, input(), files({ type: 'video/mp4', size: 16_000_001 })))).toEqual(['header']);
  });

  it('[WA-05] needs all four parts of a place', () => {
    const visit = read(made({ type: 'HEADER', format: 'LOCATION' }, { type: 'BODY', text: 'Come' }));
    const spot = {
      kind: 'location',
      latitude: 0,
      longitude: 8.54,
      name: 'Shop',
      address: 'Main St 1',
    } as const;
    expect(fill(visit, input({ header: spot }), files())).toMatchObject({
      outgoing: {
        header: {
          kind: 'location',
          place: { latitude: 0, longitude: 8.54, name: 'Shop', address: 'Main St 1' },
        },
      },
    });
    expect(
      fieldsOf(fill(visit, input({ header: { ...spot, latitude: null, address: '' } }), files())),
    ).toEqual(['header.latitude', 'header.address']);
    expect(fieldsOf(fill(visit, input({ header: null }), files()))).toHaveLength(4);
  });

  it('[WA-05] puts the code of an authentication template in both its places', () => {
    const login = read({
      ...made(
        { type: 'BODY', text: '*{{1}}* is your code.' },
        {
          type: 'BUTTONS',
          buttons: [{ type: 'URL', text: 'Copy', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}' }],
        },
      ),
      category: 'AUTHENTICATION',
    });
    expect(variablesOf(login)).toHaveLength(1);
    expect(fill(login, input({ header: null, body: { '1': '482913' }, buttons: {} }), files())).toMatchObject(
      {
        outgoing: {
          body: [{ name: null, text: '482913' }],
          buttons: [{ index: 0, kind: 'url', value: '482913' }],
        },
      },
    );
    expect(
      fieldsOf(fill(login, input({ header: null, body: { '1': '0123456789abcdef' } }), files())),
    ).toEqual(['body.1']);
  });

  it('[WA-05] fills in codes to copy and payloads of quick replies', () => {
    const buttons = [
      { type: 'COPY_CODE', text: 'Copy', example: 'WELCOME5' },
      { type: 'QUICK_REPLY', text: 'Stop' },
      { type: 'PHONE_NUMBER', text: 'Call' },
    ];
    const offer = read(made({ type: 'BUTTONS', buttons }));
    expect(
      fill(offer, input({ header: null, buttons: { '0': 'SPRING', '1': 'STOP_PROMO' } }), files()),
    ).toMatchObject({
      outgoing: {
        buttons: [
          { index: 0, kind: 'copyCode', value: 'SPRING' },
          { index: 1, kind: 'quickReply', value: 'STOP_PROMO' },
        ],
      },
    });
    expect(fieldsOf(fill(offer, input({ header: null, buttons: {} }), files()))).toEqual(['buttons.0']);
  });

  it('[WA-05] is taken by WhatsApp whenever it is complete', () => {
    const text = fc.constantFrom('{{1}}', 'Hi {{1}}, {{2}}', '{{name}} – {{order_no}}', 'Plain');
    const format = fc.constantFrom('TEXT', 'IMAGE', 'LOCATION', null);
    const value = fc.constantFrom('A-17', 'Zoë', '', 'two\nlines', 'many     spaces');
    const place = {
      kind: 'location',
      latitude: 1,
      longitude: 2,
      name: 'Shop',
      address: 'Main St 1',
    } as const;
    fc.assert(
      fc.property(text, format, fc.boolean(), value, value, (words, header, link, one, two) => {
        const own: TemplateRow = {
          ...row,
          parameter_format: words.includes('name') ? 'NAMED' : 'POSITIONAL',
          components: [
            ...(header
              ? [{ type: 'HEADER', format: header, ...(header === 'TEXT' ? { text: 'Hello' } : {}) }]
              : []),
            { type: 'BODY', text: words },
            ...(link
              ? [
                  {
                    type: 'BUTTONS',
                    buttons: [
                      { type: 'QUICK_REPLY', text: 'No' },
                      { type: 'URL', text: 'Go', url: 'https://example.com/{{1}}' },
                    ],
                  },
                ]
              : []),
          ],
        };
        const given = input({
          header: header === 'LOCATION' ? place : { kind: 'file', ticket: 'ticket' },
          body: { '1': one, '2': two, name: one, order_no: two },
          buttons: { '1': two },
        });
        const result = fill(read(own), given, files());
        if ('problems' in result) {
          const bad = [one, two].some((text) => text === '' || /\n| {5}/.test(text));
          expect(bad).toBe(true);
          return;
        }
        const body = bodyOf(outgoing({ kind: 'template', template: result.outgoing }));
        expect(templateFlaw([own], body['template'] as Record<string, unknown>)).toBeNull();
      }),
    );
  });
});
