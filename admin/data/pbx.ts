/** The company's PBX: where it is, whose extension is which, and one's own. */
import {
  pbxSettings,
  phoneAnswer,
  type PbxExtensionInput,
  type PbxInput,
  type PbxSettings,
  type PhonePass,
} from '../../core/pbx.ts';
import { call, type Answer } from './api.ts';

const extension = (agent: string) => `/api/pbx/extensions/${encodeURIComponent(agent)}`;

export const readPbx = (): Promise<Answer<PbxSettings>> => call('GET', '/api/pbx', pbxSettings);
export const savePbx = (input: PbxInput): Promise<Answer<PbxSettings>> =>
  call('PUT', '/api/pbx', pbxSettings, input);
export const saveExtension = (agent: string, input: PbxExtensionInput): Promise<Answer<PbxSettings>> =>
  call('PUT', extension(agent), pbxSettings, input);
export const removeExtension = (agent: string): Promise<Answer<PbxSettings>> =>
  call('DELETE', extension(agent), pbxSettings);

/** What this agent can call out with; null without PBX or extension. */
export async function readPhonePass(): Promise<Answer<PhonePass | null>> {
  const answer = await call('GET', '/api/me/phone', phoneAnswer);
  return 'problem' in answer ? answer : { value: answer.value.pass };
}
