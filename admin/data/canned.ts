/** The canned responses that this agent can insert: everybody's and their own. */
import * as z from 'zod';
import {
  cannedResponse,
  customerNames,
  type CannedResponse,
  type CannedResponseInput,
  type FillValues,
} from '../../core/cannedResponse.ts';
import type { CustomerProfile } from '../../core/log.ts';
import { account } from './account.ts';
import { call, type Answer } from './api.ts';
import { Store } from './store.ts';

const listAnswer = z.object({ cannedResponses: z.array(cannedResponse) });
const path = '/api/canned-responses';
const at = (id: string) => `${path}/${encodeURIComponent(id)}`;

/** Null before they were read. */
export const cannedResponses = new Store<readonly CannedResponse[] | null>(null);

// Whoever signs in next on this page must not find somebody else's own ones.
let agent: string | null = null;
account.subscribe(() => {
  const now = account.value?.me?.id ?? null;
  if (now === agent) return;
  agent = now;
  cannedResponses.set(null);
});

export async function readCannedResponses(): Promise<Answer<readonly CannedResponse[]>> {
  const asked = account.value?.me?.id;
  const answer = await call('GET', path, listAnswer);
  if ('problem' in answer) return answer;
  const list = answer.value.cannedResponses;
  if (asked === account.value?.me?.id) cannedResponses.set(list);
  return { value: list };
}

export const createCannedResponse = (input: CannedResponseInput): Promise<Answer<CannedResponse>> =>
  call('POST', path, cannedResponse, input);

export const changeCannedResponse = (
  id: string,
  input: CannedResponseInput,
): Promise<Answer<CannedResponse>> => call('PATCH', at(id), cannedResponse, input);

export const deleteCannedResponse = (id: string): Promise<Answer<CannedResponse>> =>
  call('DELETE', at(id), cannedResponse);

/** What placeholders stand for when this agent writes to that customer. */
export function fillValues(customer: CustomerProfile): FillValues {
  return {
    ...customerNames(customer),
    'agent.name': account.value?.me?.name ?? '',
    'workspace.name': account.value?.workspaceName ?? '',
  };
}
