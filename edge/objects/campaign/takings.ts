/** Recipients that are taken in part by part, by an admin's chunks, out of phonebooks, or from another campaign. */
import { isPossible, maxRecipients } from '../../../core/campaign.ts';
import { maxFaults, type RecipientChunk } from '../../../core/campaignApi.ts';
import { phonebookColumns, sameColumn } from '../../../core/campaignText.ts';
import { refuse, type Refusal } from '../../answer.ts';
import { campaignOf, channelOf, workspaceOf, type Env } from '../../env.ts';
import type { CampaignFiles } from './files.ts';
import type { Taking } from './record.ts';
import { valuesOf, type NewRecipient } from './recipients.ts';
import type { CampaignState } from './state.ts';

const page = 500;

type Row = Omit<NewRecipient, 'optedOut'>;

export class Takings {
  constructor(
    private readonly env: Env,
    private readonly sql: SqlStorage,
    private readonly state: CampaignState,
    private readonly files: CampaignFiles,
  ) {}

  /** Takes a part of a list in; the same one again changes nothing. Whether it could be. */
  async add({
    list,
    chunk,
    columns,
    recipients,
    duplicates,
    faults,
  }: RecipientChunk): Promise<Refusal | null> {
    if (this.hasChunk(list, chunk)) return null;
    const names = await workspaceOf(this.env).contactNames(recipients.map(({ number }) => number));
    const rows = recipients.map(({ number, values }) => ({
      number,
      name: Object.entries(values).find(([key]) => sameColumn(key, 'Name'))?.[1] ?? names[number] ?? '',
      values,
    }));
    const screened = await this.screened(rows);
    const refusal = this.state.refuse('edit');
    if (refusal) return refusal;
    if (this.hasChunk(list, chunk)) return null;
    if (this.state.recipients.totals.total + rows.length > maxRecipients) {
      const most = maxRecipients.toLocaleString('en');
      return refuse('conflict', {
        field: 'recipients',
        message: `A campaign has at most ${most} recipients. Make another one for the rest.`,
      });
    }
    this.state.change(() => {
      const { read, duplicate, invalid, columns: known } = this.state.record;
      this.sql.exec('INSERT INTO chunks VALUES (?, ?)', list, chunk);
      const added = this.state.recipients.add(screened);
      this.keepFaults(faults);
      const fresh = columns.filter(
        (name) =>
          !sameColumn(name, 'Number') &&
          !sameColumn(name, 'Name') &&
          !known.some((one) => sameColumn(one, name)),
      );
      return {
        columns: [...known, ...fresh],
        read: read + rows.length + duplicates + faults.length,
        duplicate: duplicate + duplicates + added.duplicate,
        invalid: invalid + faults.length,
      };
    });
    return null;
  }

  /** Takes recipients out again, all for null. They count as never read. */
  remove(numbers: readonly string[] | null): void {
    const { recipients } = this.state;
    this.state.change(() => {
      if (numbers !== null) return { read: this.state.record.read - recipients.remove(numbers) };
      return this.emptied();
    });
  }

  /** Sending begins: phonebooks are read as they are now. */
  begin(): void {
    this.state.change(() => {
      const fromPhonebooks = this.state.record.input.recipients.kind === 'phonebooks';
      const start = { phase: 'running' as const, turnAt: this.state.record.sendAt ?? Date.now() };
      if (fromPhonebooks) return { ...this.emptied(), ...start, taking: { from: 'phonebooks', after: 0 } };
      this.state.recipients.begin();
      return start;
    });
  }

  /** Takes the next part in of where recipients come from. */
  async next(): Promise<void> {
    const { taking } = this.state.record;
    if (taking?.from === 'campaign') return this.copy(taking);
    if (taking) await this.readPhonebooks(taking);
  }

  /** Looks again at who has opted out, for another sender. */
  async screenAgain(): Promise<void> {
    for (let after = 0; ;) {
      const rows = this.state.recipients.after(after, page);
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
      const screened = await this.screened(rows.map(valuesOf));
      if (!isPossible('edit', this.state.status)) return;
      this.state.change(() => {
        rows.forEach(({ id }, index) => this.state.recipients.screen(id, screened[index]?.optedOut ?? false));
        return {};
      });
    }
  }

  private async copy(taking: Extract<Taking, { from: 'campaign' }>): Promise<void> {
    const source = campaignOf(this.env, taking.id);
    if (taking.after === 0 && this.state.record.file === null) {
      const file = await source.keptFile();
      if (file) await this.files.copyFrom(file);
    }
    const { rows, after, columns } = await source.copied(taking.after, page);
    const screened = await this.screened(rows);
    if (this.state.record.taking?.after !== taking.after) return;
    this.state.change(() => {
      this.state.recipients.add(screened);
      const read = this.state.record.read + rows.length;
      return { columns, read, taking: after === null ? null : { ...taking, after } };
    });
  }

  private async readPhonebooks(taking: Extract<Taking, { from: 'phonebooks' }>): Promise<void> {
    const { recipients } = this.state.record.input;
    if (recipients.kind !== 'phonebooks') return this.state.change(() => ({ taking: null }));
    const { phonebooks, numberType } = recipients;
    const part = await workspaceOf(this.env).phonebookPage({
      phonebooks,
      numberType,
      after: taking.after,
      limit: page,
    });
    const found = part.rows.flatMap(({ number, name, company }): Row[] =>
      number === null ? [] : [{ number, name, values: company === '' ? {} : { Company: company } }],
    );
    const screened = await this.screened(found);
    if (this.state.record.taking?.after !== taking.after) return;
    this.state.change(() => {
      const { read, duplicate, invalid } = this.state.record;
      const room = maxRecipients - this.state.recipients.totals.total;
      const added = this.state.recipients.add(screened.slice(0, room));
      const without = part.rows.filter(({ number }) => number === null);
      this.keepFaults(
        without.map(({ name }) => ({ row: 0, message: `${name} has no number of this type.` })),
      );
      const tooMany = Math.max(0, screened.length - room);
      return {
        columns: [...phonebookColumns],
        read: read + part.rows.length,
        duplicate: duplicate + added.duplicate,
        invalid: invalid + without.length + tooMany,
        taking: part.after === null ? null : { ...taking, after: part.after },
      };
    });
  }

  private async screened<R extends Row>(rows: readonly R[]): Promise<(R & { optedOut: boolean })[]> {
    const { input, names } = this.state.record;
    const numbers = rows.map(({ number }) => number);
    const answers = await channelOf(this.env, input.channel).screen(
      input.number,
      numbers,
      names.type === 'whatsapp',
    );
    return rows.map((row, index) => ({ ...row, optedOut: answers[index]?.optedOut ?? false }));
  }

  private emptied() {
    this.state.recipients.clear();
    this.sql.exec('DELETE FROM chunks');
    this.sql.exec('DELETE FROM faults');
    return { columns: [], read: 0, duplicate: 0, invalid: 0 };
  }

  private hasChunk(list: string, chunk: number): boolean {
    return (
      this.sql.exec('SELECT 1 FROM chunks WHERE list = ? AND chunk = ?', list, chunk).toArray().length > 0
    );
  }

  private keepFaults(faults: readonly { row: number; message: string }[]): void {
    const { n } = this.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM faults').one();
    for (const { row, message } of faults.slice(0, Math.max(0, maxFaults - n))) {
      this.sql.exec('INSERT INTO faults (row, message) VALUES (?, ?)', row, message);
    }
  }
}
