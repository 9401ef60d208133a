/** Agents and their groups, as an admin edits them. */
import * as z from 'zod';
import { agent, group, type Agent, type AgentInput, type Group, type GroupInput } from '../../core/agent.ts';
import { colleagues, type Colleagues, type NewAgentInput } from '../../core/api.ts';
import { call, nothing, type Answer } from './api.ts';

const agentList = z.object({ agents: z.array(agent) });
const newAgent = z.object({ agent, passwordLink: z.string().nullable() });
const link = z.object({ passwordLink: z.string() });
const groupList = z.object({ groups: z.array(group) });

const at = (id: string) => `/api/agents/${encodeURIComponent(id)}`;
const groupAt = (id: string) => `/api/groups/${encodeURIComponent(id)}`;

export const listAgents = (): Promise<Answer<{ agents: Agent[] }>> => call('GET', '/api/agents', agentList);
export const createAgent = (
  input: NewAgentInput,
): Promise<Answer<{ agent: Agent; passwordLink: string | null }>> =>
  call('POST', '/api/agents', newAgent, input);
export const changeAgent = (id: string, input: AgentInput): Promise<Answer<Agent>> =>
  call('PATCH', at(id), agent, input);
export const deleteAgent = (id: string): Promise<Answer<unknown>> => call('DELETE', at(id), nothing);
export const makePasswordLink = (id: string): Promise<Answer<{ passwordLink: string }>> =>
  call('POST', `${at(id)}/password-link`, link, {});
export const signAgentOut = (id: string): Promise<Answer<unknown>> =>
  call('POST', `${at(id)}/sign-out`, nothing, {});

export const listGroups = (): Promise<Answer<{ groups: Group[] }>> => call('GET', '/api/groups', groupList);
export const createGroup = (input: GroupInput): Promise<Answer<Group>> =>
  call('POST', '/api/groups', group, input);
export const changeGroup = (id: string, input: GroupInput): Promise<Answer<Group>> =>
  call('PATCH', groupAt(id), group, input);
export const deleteGroup = (id: string): Promise<Answer<unknown>> => call('DELETE', groupAt(id), nothing);

/** Names of everybody, which agents may read too. */
export const listColleagues = (): Promise<Answer<Colleagues>> => call('GET', '/api/colleagues', colleagues);
