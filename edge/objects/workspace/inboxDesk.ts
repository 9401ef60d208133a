/** What agents use of the workspace in the inbox: numbers to start sessions from, and labels. */
import { RpcTarget } from 'cloudflare:workers';
import type { Label, LabelInput } from '../../../core/label.ts';
import type { Sender } from '../../../core/protocol.ts';
import type { Answer } from '../../answer.ts';
import type { Actor, Audit } from './audit.ts';
import { Labels } from './labels.ts';
import { Senders } from './senders.ts';

export class InboxDesk extends RpcTarget {
  readonly #senders: Senders;
  readonly #labels: Labels;
  readonly #change: <T>(work: () => T) => Promise<T>;

  /** `change` runs a change in one transaction. */
  constructor(sql: SqlStorage, audit: Audit, change: <T>(work: () => T) => Promise<T>) {
    super();
    this.#senders = new Senders(sql);
    this.#labels = new Labels(sql, audit);
    this.#change = change;
  }

  /** The numbers that an agent may start sessions from. */
  senders(agent: string): Sender[] {
    return this.#senders.of(agent);
  }

  mayStart(agent: string, channel: string, number: string): boolean {
    return this.#senders.permits(agent, channel, number);
  }

  labels(): Label[] {
    return this.#labels.list();
  }

  createLabel(actor: Actor, input: LabelInput): Promise<Answer<Label>> {
    return this.#change(() => this.#labels.create(actor, input));
  }

  changeLabel(actor: Actor, id: string, input: LabelInput): Promise<Answer<Label>> {
    return this.#change(() => this.#labels.change(actor, id, input));
  }

  deleteLabel(actor: Actor, id: string): Promise<Answer<Record<string, never>>> {
    return this.#change(() => this.#labels.remove(actor, id));
  }
}
