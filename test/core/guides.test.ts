/** The set-up guides, held against what the forms ask for and what the adapters make of each error. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOfEvent } from '../../core/providers/bandwidth/errors.ts';
import { messengerRefusal } from '../../core/providers/facebook/errors.ts';
import { receiptEvent } from '../../core/providers/flowroute/receipt.ts';
import type { Outgoing, Provider } from '../../core/providers/provider.ts';
import { providerIds, providers, type ProviderId } from '../../core/providers/registry.ts';
import { sendErrorOfTelnyx } from '../../core/providers/telnyx/errors.ts';
import { errorOfCallback } from '../../core/providers/twilio/errors.ts';
import { whatsappError } from '../../core/providers/whatsapp/errors.ts';
import { errorCategories, promptOf, type SendError } from '../../core/sendError.ts';

const folder = join(import.meta.dirname, '../../docs/providers');
const guideOf = (id: string) => readFileSync(join(folder, `${id}.md`), 'utf8');
const named: [ProviderId, Provider][] = providerIds.map((id) => [id, providers[id]]);
/** As one reads it: in one line and without marks of emphasis. */
const plain = (text: string) => text.replace(/\*\*/g, '').replace(/\s+/g, ' ');

/** All that can put words into a channel's event log. */
const sources = ['core/providers', 'edge']
  .map((path) => join(folder, '../..', path))
  .flatMap((path) =>
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(path, name), 'utf8')),
  )
  .join('\n');

/** The text below a heading of the second level. */
function section(guide: string, heading: string): string {
  return guide.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

/** The rows of a section's first table that begins with this column, without its head. */
function rows(text: string, column: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${column} `).test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines
    .slice(start + 2, end === -1 ? undefined : end)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** Codes that a cell names: four digits and more, code/sub-code, and what lies between two of them. */
function codesIn(cell: string): string[] {
  const text = cell.replace(/HTTP [\d, ]+/g, '');
  const ranges = [...text.matchAll(/\b(\d{4,}) to (\d{4,})\b/g)].flatMap(([, from = '', to = '']) => [
    from,
    to,
  ]);
  return [...new Set([...ranges, ...[...text.matchAll(/\b\d+\/\d+\b|\b\d{4,}\b/g)].map(([code]) => code)])];
}

/** What a provider says beside a code that has several meanings. */
const saidWith: Record<string, string> = {
  [promptOf('recipient_opted_out')]: 'Blocked due to STOP message',
  [promptOf('exceeds_size_limit')]: 'The size is too large',
};

const graphError = (code: string, text: string) => {
  const [main = '', sub] = code.split('/');
  return { code: Number(main), subcode: sub === undefined ? null : Number(sub), text, transient: false };
};

/** What an adapter makes of a code of its provider. */
const meaning: Partial<
  Record<ProviderId, (code: string, text: string, media: boolean) => SendError | undefined>
> = {
  bandwidth: (code) => errorOfEvent(code, ''),
  facebook: (code, text) => {
    const result = messengerRefusal(graphError(code, text), { tagged: false, shown: false }, null);
    return 'error' in result ? result.error : undefined;
  },
  flowroute: (code) => {
    const event = receiptEvent('mdr2-1', null, { status: 'failed', status_code: code });
    return event.kind === 'status' ? (event.error ?? undefined) : undefined;
  },
  general: (code) => {
    const body = JSON.stringify({ errors: [{ code, title: 'Title' }] });
    const result = providers.general.interpret({ status: 400, headers: {}, body }, {} as Outgoing, 0);
    return result.kind === 'refused' ? result.error : undefined;
  },
  telnyx: (code, title, media) => sendErrorOfTelnyx({ code, title, detail: undefined }, media, 400),
  twilio: (code) => errorOfCallback(code, ''),
  whatsapp: (code, text) => whatsappError(graphError(code, text)),
};

describe('the set-up guides of providers', () => {
  it('[DOC-01] are there for all ten, and for nothing else', () => {
    const guides = readdirSync(folder).filter((name) => name.endsWith('.md'));
    expect(guides.sort()).toEqual(providerIds.map((id) => `${id}.md`).sort());
    expect(guides).toHaveLength(10);
  });

  it.each(named)('[DOC-01] %s: has the same parts as all the others, in their order', (id, { label }) => {
    const headings = [...guideOf(id).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(guideOf(id)).toMatch(new RegExp(`^# ${label}\n`));
    expect(headings).toEqual([
      'What you need',
      'Open the form',
      `Set up ${id === 'general' ? 'the service' : label}`,
      'Fill in the form',
      'Test it',
      'When nothing arrives',
      'Limits',
      'What errors mean',
      'Good to know',
    ]);
  });

  it.each(named)('[DOC-01] %s: explains each field of its form, and what to paste', (id, provider) => {
    const guide = guideOf(id);
    const explained = rows(section(guide, 'Fill in the form'), 'Field').map(([field]) => field);
    const labels = provider.form.map(({ label }) => label);
    const ours = provider.ours.filter(({ key }) => key === 'verifyToken').map(({ label }) => label);
    expect(explained.sort()).toEqual([...labels, ...ours].sort());
    const words = plain(guide);
    for (const { options = [] } of provider.form) {
      for (const { label } of options) expect(words, label).toContain(label);
    }
    for (const { label } of provider.ours) expect(words, label).toContain(label);
    expect(words).toContain('Webhook URL');
    expect(words).toContain(provider.webhookFragment);
    for (const word of ['Check now', 'Send test message', 'Event log', 'Status'])
      expect(words).toContain(word);
    expect(words).toContain(`starts with ${provider.rate} a second`);
    expect(words).toContain(provider.limits.textLength.toLocaleString('en'));
    if (provider.kind === 'sms') expect(words).toContain('10DLC');
  });

  it.each([
    ['facebook', ['pages_messaging', 'Business Asset User Profile Access', 'Human Agent']],
    ['whatsapp', ['whatsapp_business_messaging', 'whatsapp_business_management']],
  ])('[DOC-01] %s: has a text to paste into App Review for each permission', (id, permissions) => {
    const texts = [...guideOf(id).matchAll(/^Text to paste for \*\*(.+)\*\*:\n\n> (?=.{60})/gm)];
    expect(texts.map(([, permission]) => permission)).toEqual(permissions);
    expect(guideOf(id)).toMatch(/\*\*publish the app\*\* \(switch it to \*\*Live\*\*\)/i);
    expect(guideOf(id)).toContain('First subscription');
    expect(guideOf(id)).toContain('Second subscription');
  });

  it.each(named)('[DOC-01] %s: quotes the event log as it is', (id) => {
    const table = rows(section(guideOf(id), 'When nothing arrives'), 'The event log says');
    const quoted = table.flatMap(([says = '']) => /^(?:Refused|Ignored|Failed): (.+)$/.exec(says)?.[1] ?? []);
    expect(quoted.length).toBeGreaterThan(1);
    for (const words of quoted) {
      for (const part of words.split('…')) expect(sources, `${id}: ${words}`).toContain(part.trim());
    }
  });

  it.each(named)('[DOC-01] %s: says of each prompt what to do, and maps codes as the adapter does', (id) => {
    const table = rows(section(guideOf(id), 'What errors mean'), 'The agent reads');
    expect(table.length).toBeGreaterThan(7);
    const prompts = errorCategories.map(promptOf);
    for (const [prompt = '', what = '', todo = ''] of table) {
      expect(prompts).toContain(prompt);
      expect(todo).not.toBe('');
      const media = prompt === promptOf('unsupported_media');
      for (const code of codesIn(what)) {
        const error = meaning[id]?.(code, saidWith[prompt] ?? '', media);
        if (error) expect(promptOf(error.category), `${id} ${code}`).toBe(prompt);
      }
    }
  });

  it('stand beside a table of limits that says what the adapters do', () => {
    const size = (bytes: number) =>
      bytes < 1_000_000
        ? `${Math.round(bytes / 1024)} kB`
        : `${bytes % 1_048_576 === 0 ? bytes / 1_048_576 : bytes / 1_000_000} MB`;
    const limits = readFileSync(join(folder, '../limits.md'), 'utf8');
    const expected = named.map(
      ([
        ,
        {
          label,
          rate,
          limits: { textLength, files, fileBytes },
          webhook,
        },
      ]) => [
        label,
        String(rate),
        textLength.toLocaleString('en'),
        String(files),
        size(fileBytes),
        size(webhook.maxBytes),
      ],
    );
    expect(rows(section(limits, 'By provider'), 'Provider').sort()).toEqual(expected.sort());
  });

  it('maps codes of every provider that documents any', () => {
    const checked = named.map(([id]) => {
      const cells = rows(section(guideOf(id), 'What errors mean'), 'The agent reads').map(
        ([, what = '']) => what,
      );
      return [id, meaning[id] ? cells.flatMap(codesIn).length : 0] as const;
    });
    expect(Object.fromEntries(checked.filter(([, count]) => count > 0))).toEqual({
      bandwidth: expect.any(Number) as number,
      facebook: expect.any(Number) as number,
      flowroute: expect.any(Number) as number,
      general: 8,
      telnyx: expect.any(Number) as number,
      twilio: expect.any(Number) as number,
      whatsapp: expect.any(Number) as number,
    });
  });
});
