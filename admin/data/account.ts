/** Who is signed in, and what the workspace is called. */
import {
  changePasswordInput,
  me,
  state,
  type ChangePasswordInput,
  type Me,
  type ProfileInput,
  type SetupInput,
  type SignInInput,
  type State,
} from '../../core/api.ts';
import * as z from 'zod';
import { call, nothing, whenSignedOut, type Answer } from './api.ts';
import { Store } from './store.ts';

export { changePasswordInput };

/** Null until the server has said. */
export const account = new Store<State | null>(null);

/** Who was signed in last, for an app that is opened without a network. */
const keptKey = 'parley.account';
/** Whether `account` is what was kept, and not what the server says. */
let stale = false;

account.subscribe(() => {
  try {
    if (account.value?.me) localStorage.setItem(keptKey, JSON.stringify(account.value));
    else localStorage.removeItem(keptKey);
  } catch {
    // A full device keeps nothing: without a network the app then says so.
  }
});

whenSignedOut(() => {
  if (account.value?.me) account.set({ ...account.value, me: null });
});

/** Without the server, whoever was signed in before stays so: what they see then is on this device anyway. */
export async function loadState(): Promise<Answer<State>> {
  const answer = await call('GET', '/api/state', state);
  const kept = 'problem' in answer && answer.problem.code === 'unavailable' ? readKept() : null;
  stale = kept !== null;
  if (kept) {
    account.set(kept);
    return { value: kept };
  }
  if ('value' in answer) account.set(answer.value);
  return answer;
}

/** Asks the server again after a start without it. */
export async function refreshState(): Promise<void> {
  if (stale) await loadState();
}

function readKept(): State | null {
  try {
    return state.parse(JSON.parse(localStorage.getItem(keptKey) ?? ''));
  } catch {
    return null;
  }
}

export async function setUp(input: SetupInput): Promise<Answer<Me>> {
  const answer = await call('POST', '/api/setup', me, input);
  if ('value' in answer) {
    account.set({ setupNeeded: false, workspaceName: input.workspaceName, me: answer.value });
  }
  return answer;
}

export async function signIn(input: SignInInput): Promise<Answer<Me>> {
  return remember(await call('POST', '/api/sign-in', me, input));
}

export async function signOut(everywhere: boolean): Promise<Answer<unknown>> {
  const path = everywhere ? '/api/sign-out-everywhere' : '/api/sign-out';
  const answer = await call('POST', path, nothing, {});
  if ('value' in answer) forget();
  return answer;
}

export function passwordLinkOwner(token: string): Promise<Answer<{ name: string }>> {
  return call('GET', `/api/password-link/${encodeURIComponent(token)}`, z.object({ name: z.string() }));
}

export async function choosePassword(token: string, password: string): Promise<Answer<Me>> {
  return remember(await call('POST', `/api/password-link/${encodeURIComponent(token)}`, me, { password }));
}

export async function saveProfile(input: ProfileInput): Promise<Answer<Me>> {
  return remember(await call('PATCH', '/api/me', me, input));
}

export function changePassword(input: ChangePasswordInput): Promise<Answer<unknown>> {
  return call('POST', '/api/me/password', nothing, input);
}

/** Shows a new workspace name at once. */
export function renameWorkspace(workspaceName: string): void {
  if (account.value) account.set({ ...account.value, workspaceName });
}

/** Forgets who was signed in, such as when the socket says that the sign-in has ended. */
export function forget(): void {
  if (account.value) account.set({ ...account.value, me: null });
}

function remember(answer: Answer<Me>): Answer<Me> {
  if ('value' in answer) {
    const before = account.value ?? { setupNeeded: false, workspaceName: '' };
    account.set({ ...before, setupNeeded: false, me: answer.value });
  }
  return answer;
}
