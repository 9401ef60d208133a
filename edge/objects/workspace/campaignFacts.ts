/** What campaigns ask of the workspace: where their sessions go, and whom their phonebooks hold. */
import { maxRecipients } from '../../../core/campaign.ts';
import type { ImportCounts } from '../../../core/campaignApi.ts';
import type { AgentRef } from '../../../core/agent.ts';
import type { NumberType } from '../../../core/contact.ts';
import type { Route } from '../../../core/log.ts';
import type { CampaignQuestion, CampaignSurroundings, PhonebookPage } from '../contracts.ts';

export type CampaignDestination = NonNullable<CampaignQuestion['destination']>;
/** `after`: the row of the contact before, 0 for the first page. */
export interface PhonebookQuestion {
  phonebooks: string[];
  numberType: NumberType;
  after: number;
  limit: number;
}

/** Contacts of some phonebooks, and their numbers of one type. */
const chosen = `chosen AS (
  SELECT row, name, input FROM contacts
  WHERE row IN (SELECT contact FROM phonebook_contacts WHERE phonebook IN (SELECT value FROM json_each(?1))))`;
const numbers = `numbers AS (
  SELECT c.row AS row, n.value ->> 'number' AS number FROM chosen c, json_each(c.input, '$.numbers') n
  WHERE n.value ->> 'type' = ?2)`;

export class CampaignFacts {
  constructor(private readonly sql: SqlStorage) {}

  of({ destination, phonebooks }: CampaignQuestion): Omit<CampaignSurroundings, 'routing'> {
    return {
      route: destination && this.route(destination),
      counts: phonebooks && this.count(phonebooks),
    };
  }

  /** Where new sessions go; null when the agent or queue is not there, or not enabled. */
  route({ kind, id }: CampaignDestination): Route | null {
    if (kind === 'agent') {
      const agent = this.sql
        .exec<AgentRef & Record<string, SqlStorageValue>>(
          'SELECT id, name, extension, photo FROM agents WHERE id = ? AND enabled = 1',
          id,
        )
        .toArray()[0];
      return agent ? { queue: null, agent } : null;
    }
    const queue = this.sql
      .exec<{ id: string; name: string }>('SELECT id, name FROM queues WHERE id = ?', id)
      .toArray()[0];
    return queue ? { queue, agent: null } : null;
  }

  /** How many would get a message; null when one of the phonebooks is not there. */
  count({ ids, numberType, optedOut }: NonNullable<CampaignQuestion['phonebooks']>): ImportCounts | null {
    const books = JSON.stringify([...new Set(ids)]);
    const known = this.sql
      .exec<{ n: number }>(
        'SELECT COUNT(*) AS n FROM phonebooks WHERE id IN (SELECT value FROM json_each(?))',
        books,
      )
      .one().n;
    if (known < new Set(ids).size) return null;
    const found = this.sql
      .exec<{ all_numbers: number; different: number; without: number; out: number }>(
        `WITH ${chosen}, ${numbers}
         SELECT (SELECT COUNT(*) FROM numbers) AS all_numbers,
           (SELECT COUNT(DISTINCT number) FROM numbers) AS different,
           (SELECT COUNT(*) FROM chosen WHERE row NOT IN (SELECT row FROM numbers)) AS without,
           (SELECT COUNT(DISTINCT number) FROM numbers
            WHERE number IN (SELECT value FROM json_each(?3))) AS out`,
        books,
        numberType,
        JSON.stringify(optedOut),
      )
      .one();
    // Beyond what a campaign can hold nobody is taken, which the counts say.
    const tooMany = Math.max(0, found.different - maxRecipients);
    return {
      read: found.all_numbers + found.without,
      imported: found.different - found.out - tooMany,
      duplicate: found.all_numbers - found.different,
      invalid: found.without + tooMany,
      optedOut: found.out,
    };
  }

  /** Contacts in the order in which they were made, each with its numbers of this type, or null for none. */
  phonebookPage({ phonebooks, numberType, after, limit }: PhonebookQuestion): PhonebookPage {
    const books = JSON.stringify(phonebooks);
    const last = this.sql
      .exec<{ row: number | null; n: number }>(
        `WITH ${chosen}
         SELECT MAX(row) AS row, COUNT(*) AS n FROM (SELECT row FROM chosen WHERE row > ?2 ORDER BY row LIMIT ?3)`,
        books,
        after,
        limit,
      )
      .one();
    if (last.row === null) return { rows: [], after: null };
    const rows = this.sql
      .exec<{ number: string | null; name: string; company: string }>(
        `WITH ${chosen}, ${numbers}
         SELECT n.number AS number, c.name AS name, c.input ->> 'company' AS company
         FROM chosen c LEFT JOIN numbers n ON n.row = c.row
         WHERE c.row > ?3 AND c.row <= ?4 ORDER BY c.row`,
        books,
        numberType,
        after,
        last.row,
      )
      .toArray();
    return { rows, after: last.n === limit ? last.row : null };
  }
}
