/** The labels that agents put on sessions. Sessions hold their ids; what became of a label is found here. */
import { maxLabels, type Label, type LabelInput } from '../../../core/label.ts';
import { refuse, type Answer } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import type { Actor, Audit } from './audit.ts';

type LabelRow = { id: string; name: string; colour: Label['colour'] };

export type LabelChange =
  | { kind: 'create'; input: LabelInput }
  | { kind: 'change'; id: string; input: LabelInput }
  | { kind: 'delete'; id: string };

export class Labels {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
  ) {}

  list(): Label[] {
    return this.sql
      .exec<LabelRow>('SELECT id, name, colour FROM labels ORDER BY name COLLATE NOCASE')
      .toArray();
  }

  apply(actor: Actor, change: LabelChange): Answer<Label> {
    switch (change.kind) {
      case 'create':
        return this.create(actor, change.input);
      case 'change':
        return this.edit(actor, change.id, change.input);
      case 'delete':
        return this.remove(actor, change.id);
    }
  }

  private create(actor: Actor, input: LabelInput): Answer<Label> {
    const all = this.list();
    if (all.length >= maxLabels) {
      const message = `There are ${maxLabels} labels already. Delete one that is not used any more.`;
      return refuse('conflict', { message });
    }
    if (isTaken(all, input.name, '')) return taken();
    const label = { id: newId(), ...input };
    this.sql.exec('INSERT INTO labels VALUES (?, ?, ?)', label.id, label.name, label.colour);
    this.audit.write(actor, 'label.created', targetOf(label), []);
    return { value: label };
  }

  private edit(actor: Actor, id: string, input: LabelInput): Answer<Label> {
    const all = this.list();
    const before = all.find((one) => one.id === id);
    if (!before) return refuse('not_found');
    if (isTaken(all, input.name, id)) return taken();
    this.sql.exec('UPDATE labels SET name = ?, colour = ? WHERE id = ?', input.name, input.colour, id);
    const changes = [
      { field: 'name', before: before.name, after: input.name },
      { field: 'colour', before: before.colour, after: input.colour },
    ].filter((one) => one.before !== one.after);
    this.audit.writeEdit(actor, 'label.changed', targetOf({ id, name: input.name }), changes);
    return { value: { id, ...input } };
  }

  /** Sessions keep the id; nobody sees it any more. */
  private remove(actor: Actor, id: string): Answer<Label> {
    const label = this.list().find((one) => one.id === id);
    if (!label) return refuse('not_found');
    this.sql.exec('DELETE FROM labels WHERE id = ?', id);
    this.audit.write(actor, 'label.deleted', targetOf(label), []);
    return { value: label };
  }
}

function isTaken(all: readonly Label[], name: string, except: string): boolean {
  const wanted = name.toLocaleLowerCase();
  return all.some((one) => one.id !== except && one.name.toLocaleLowerCase() === wanted);
}

function taken(): Answer<never> {
  return refuse('conflict', { field: 'name', message: 'There is a label of this name already.' });
}

function targetOf({ id, name }: { id: string; name: string }) {
  return { kind: 'label' as const, id, name };
}
