/**
 * Who may come in (GEN-01, GEN-02): the first admin, signing in and out, choosing and changing passwords.
 * Nothing here hashes a password or makes a token: the Worker does the first, the Workspace the second, and
 * what arrives here are hashes and digests.
 */
import type { Agent } from '../../../core/agent.ts';
import type { SetupInput } from '../../../core/api.ts';
import { refuse, type Answer } from '../../answer.ts';
import { targetOf, type Agents } from './agents.ts';
import { systemActor, type Actor, type Audit } from './audit.ts';
import { networkOf, signInAllowance, type Limits } from './limits.ts';
import type { PasswordLinks } from './passwordLinks.ts';
import type { Settings } from './settings.ts';
import type { SignIns } from './signIns.ts';

/** An agent who is signed in from now on. */
export interface Begun {
  agent: Agent;
  /** Epoch ms. */
  expiresAt: number;
}

/** A sign-in just made: the token goes into the cookie and is known nowhere else. */
export type FreshSignIn = Begun & { token: string };

export class Accounts {
  constructor(
    private readonly agents: Agents,
    private readonly signIns: SignIns,
    private readonly links: PasswordLinks,
    private readonly limits: Limits,
    private readonly settings: Settings,
    private readonly audit: Audit,
  ) {}

  /** Makes the first admin and signs them in; only while there is nobody. */
  setUp(
    input: Omit<SetupInput, 'password'>,
    passwordHash: string,
    by: 'visitor' | 'environment',
    address: string | null,
    tokenDigest: string,
  ): Answer<Begun> {
    if (!this.agents.isEmpty()) return refuse('setup_done');
    const { workspaceName, timeZone, ...person } = input;
    const actor = by === 'environment' ? systemActor : { id: null, name: person.name, address };
    this.settings.begin(workspaceName, timeZone);
    this.audit.write(actor, 'workspace.setUp', null, [
      { field: 'workspaceName', before: null, after: workspaceName },
      { field: 'timeZone', before: null, after: timeZone },
    ]);
    const created = this.agents.create(
      actor,
      { ...person, role: 'admin', photo: null, groups: [], mayCallOut: true, enabled: true },
      passwordHash,
    );
    return 'refusal' in created ? created : { value: this.begin(created.value, tokenDigest) };
  }

  /**
   * The hash to check a password against, for which one try is taken from the account and from the address.
   * Unknown logins and disabled agents answer null, which the caller checks at the same cost.
   */
  passwordOf(login: string, address: string | null): Answer<{ agent: string | null; hash: string | null }> {
    const agent = this.agents.byLogin(login);
    const keys = triesOf(agent?.id ?? login.toLowerCase(), address);
    const waitMs = this.limits.take(keys, signInAllowance, Date.now());
    if (waitMs > 0) {
      const message = `Too many tries. Wait ${Math.ceil(waitMs / 1000)} seconds and try again.`;
      return { ...refuse('too_many_requests', { message }), waitMs };
    }
    if (!agent?.enabled) return { value: { agent: null, hash: null } };
    return { value: { agent: agent.id, hash: this.agents.passwordHash(agent.id) } };
  }

  /** Signs in an agent whose password was found to match `hash`. */
  signIn(id: string, hash: string, address: string | null, tokenDigest: string): Answer<Begun> {
    const agent = this.agents.get(id);
    // The password may have been changed, or the agent disabled, while the Worker was hashing.
    if (!agent?.enabled || this.agents.passwordHash(id) !== hash) return refuse('sign_in_failed');
    this.forgetTries(id, address);
    return { value: this.begin(agent, tokenDigest) };
  }

  /** Writes down a failed try. What was typed is only kept if it looks like a login, not like a password. */
  signInFailed(login: string, address: string | null): void {
    const agent = this.agents.byLogin(login);
    const looksLikeLogin = /^\d{2,7}$|^[^@\s]+@[^@\s]+$/.test(login);
    const name = agent?.name ?? (looksLikeLogin ? login : 'unknown');
    this.audit.write({ id: null, name, address }, 'signIn.failed', agent && targetOf(agent));
  }

  /** Ends the sign-in with this token, if it is one. */
  signOut(tokenDigest: string): void {
    const signIn = this.signIns.find(tokenDigest, Date.now());
    if (signIn) this.signIns.end(signIn);
  }

  /** Ends all sign-ins of an agent, on all devices. */
  signOutEverywhere(actor: Actor, id: string): Answer<Record<string, never>> {
    const agent = this.agents.get(id);
    if (!agent) return refuse('not_found');
    this.signIns.endAll(id);
    this.audit.write(actor, 'agent.signedOut', targetOf(agent));
    return { value: {} };
  }

  /**
   * Sets an agent's own password after the current one was found to match `currentHash`. Ends their other
   * sign-ins and gives this one a new token.
   */
  changePassword(
    actor: Actor,
    signIn: string,
    currentHash: string,
    newHash: string,
    tokenDigest: string,
  ): Answer<Record<string, never>> {
    const agent = actor.id === null ? null : this.agents.get(actor.id);
    if (!agent || this.agents.passwordHash(agent.id) !== currentHash) {
      return refuse('password_wrong', { field: 'current' });
    }
    this.forgetTries(agent.id, actor.address);
    this.setPassword(actor, agent, newHash);
    this.signIns.endAll(agent.id, signIn);
    this.signIns.rotate(signIn, tokenDigest);
    return { value: {} };
  }

  /** Makes a one-time link with this token for an agent to choose a password. */
  makePasswordLink(actor: Actor, id: string, tokenDigest: string): Answer<Record<string, never>> {
    const agent = this.agents.get(id);
    if (!agent) return refuse('not_found');
    this.links.make(id, tokenDigest, Date.now());
    this.audit.write(actor, 'password.linkMade', targetOf(agent));
    return { value: {} };
  }

  /** Whom a password link is for. */
  passwordLink(linkDigest: string): Answer<Agent> {
    const id = this.links.agentOf(linkDigest, Date.now());
    const agent = id === null ? null : this.agents.get(id);
    return agent?.enabled ? { value: agent } : refuse('link_expired');
  }

  /** Uses up a password link: sets the password, ends all sign-ins and makes a new one. */
  usePasswordLink(
    linkDigest: string,
    hash: string,
    address: string | null,
    tokenDigest: string,
  ): Answer<Begun> {
    const found = this.passwordLink(linkDigest);
    if ('refusal' in found) return found;
    const agent = found.value;
    this.setPassword({ id: agent.id, name: agent.name, address }, agent, hash);
    this.signIns.endAll(agent.id);
    this.forgetTries(agent.id, address);
    return { value: this.begin({ ...agent, hasPassword: true }, tokenDigest) };
  }

  /** Ends what an agent who was just disabled still holds. */
  shutOut(agent: string): void {
    this.signIns.endAll(agent);
    this.links.forget(agent);
  }

  private begin(agent: Agent, tokenDigest: string): Begun {
    const now = Date.now();
    const { expiresAt } = this.signIns.start(agent.id, tokenDigest, now);
    this.agents.markSignedIn(agent.id, now);
    return { agent: { ...agent, lastSignInAt: now }, expiresAt };
  }

  private setPassword(actor: Actor, agent: Agent, hash: string): void {
    this.agents.setPasswordHash(agent.id, hash);
    this.links.forget(agent.id);
    this.audit.write(actor, 'password.changed', targetOf(agent), [
      { field: 'password', before: agent.hasPassword ? 'set' : 'not set', after: 'set' },
    ]);
  }

  private forgetTries(agent: string, address: string | null): void {
    const [account, client] = triesOf(agent, address);
    if (account) this.limits.forget(account);
    if (client) this.limits.giveBack(client, signInAllowance);
  }
}

/** The buckets that a try with a password is taken from: the account's, and the address's if it is known. */
function triesOf(account: string, address: string | null): string[] {
  return [`account:${account}`, ...(address === null ? [] : [`address:${networkOf(address)}`])];
}
