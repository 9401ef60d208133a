/** What the inbox asks beside its socket: colleagues and queues, numbers to start sessions from, labels. */
import * as z from 'zod';
import { colleagues as colleaguesAnswer, type Colleagues } from '../../core/api.ts';
import { label, type Label, type LabelInput } from '../../core/label.ts';
import { sendersAnswer, type Sender } from '../../core/protocol.ts';
import { call, nothing, type Answer } from './api.ts';
import { Store } from './store.ts';

const labelsAnswer = z.object({ labels: z.array(label) });

/** All labels by their ids; empty before they were read. */
export const labels = new Store<ReadonlyMap<string, Label>>(new Map());

export async function readLabels(): Promise<void> {
  const answer = await call('GET', '/api/labels', labelsAnswer);
  if ('value' in answer) labels.set(new Map(answer.value.labels.map((one) => [one.id, one])));
}

export async function createLabel(input: LabelInput): Promise<Answer<Label>> {
  const answer = await call('POST', '/api/labels', label, input);
  if ('value' in answer) labels.set(new Map(labels.value).set(answer.value.id, answer.value));
  return answer;
}

export async function changeLabel({ id, ...input }: Label): Promise<Answer<Label>> {
  const answer = await call('PATCH', `/api/labels/${encodeURIComponent(id)}`, label, input);
  await readLabels();
  return answer;
}

export async function deleteLabel(id: string): Promise<Answer<unknown>> {
  const answer = await call('DELETE', `/api/labels/${encodeURIComponent(id)}`, nothing);
  await readLabels();
  return answer;
}

/** The numbers that this agent may start sessions from. */
export const listSenders = (): Promise<Answer<{ senders: Sender[] }>> =>
  call('GET', '/api/senders', sendersAnswer);

/** Whom a session can be transferred to, and who can be mentioned; empty before they were read. */
export const colleagues = new Store<Colleagues>({ agents: [], queues: [] });

export async function readColleagues(): Promise<Answer<Colleagues>> {
  const answer = await call('GET', '/api/colleagues', colleaguesAnswer);
  if ('value' in answer) colleagues.set(answer.value);
  return answer;
}

/** Null for somebody who is not there any more. */
export function nameOfColleague(id: string): string | null {
  return colleagues.value.agents.find((one) => one.id === id)?.name ?? null;
}
