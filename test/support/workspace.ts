/** Sets up a workspace over its HTTP API, as the console does, with short ways to what tests need. */
import {
  newLiveChat,
  liveChatChannel,
  type LiveChatChannel,
  type LiveChatInput,
} from '../../core/channel.ts';
import { agent, type Agent, type AgentInput } from '../../core/agent.ts';
import { queue, type PickupMode, type Queue } from '../../core/queue.ts';
import { me, type Me } from '../../core/api.ts';
import { AgentClient } from './clients.ts';

export const adminSignIn = { login: 'admin@example.com', password: 'a long admin password' };
export const agentPassword = 'a long agent password';

/** A refused API call. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    const { error } = (body ?? {}) as { error?: { code?: string } };
    this.code = error?.code ?? 'unknown';
  }
}

/** Calls the API with one person's cookie. */
export class ApiClient {
  readonly url: string;
  /** The sign-in, as `name=value`; empty when signed out. */
  cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  /** Answers the parsed body; throws `ApiError` when refused. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        origin: this.url,
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const set of answer.headers.getSetCookie()) this.cookie = set.split(';')[0] ?? '';
    const text = await answer.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    if (!answer.ok) throw new ApiError(answer.status, parsed);
    return parsed;
  }

  async signIn(login: string, password: string): Promise<Me> {
    return me.parse(await this.call('POST', '/api/sign-in', { login, password }));
  }
}

export interface TestAgent {
  agent: Agent;
  api: ApiClient;
  /** A new, not yet connected client of this agent's desk. */
  desk(): AgentClient;
}

/** An admin's client with the short ways. */
export class TestWorkspace extends ApiClient {
  private made = 0;

  /**
   * Makes an agent and signs them in, by the link that an admin passes on: so their password is hashed once and not
   * twice, which takes the server its time.
   */
  async agent(input: Partial<AgentInput> = {}): Promise<TestAgent> {
    this.made += 1;
    const given = {
      extension: String(1100 + this.made),
      name: `Agent ${this.made}`,
      email: `agent${this.made}@example.com`,
      role: 'agent',
      photo: null,
      groups: [],
      mayCallOut: false,
      enabled: true,
      ...input,
      password: null,
    };
    const answer = (await this.call('POST', '/api/agents', given)) as {
      agent: unknown;
      passwordLink: string;
    };
    const made = agent.parse(answer.agent);
    const api = new ApiClient(this.url);
    const token = answer.passwordLink.split('/').at(-1) ?? '';
    await api.call('POST', `/api/password-link/${token}`, { password: agentPassword });
    return { agent: made, api, desk: () => new AgentClient({ url: this.url, cookie: api.cookie }) };
  }

  async queue(
    agents: readonly TestAgent[],
    mode: PickupMode = 'manual',
    name = `Queue ${mode}`,
  ): Promise<Queue> {
    const input = { name, mode, agents: agents.map((one) => one.agent.id), groups: [] };
    return queue.parse(await this.call('POST', '/api/queues', input));
  }

  /** A live chat channel for `https://shop.example` and `localhost` whose messages go to a queue or agent. */
  async channel(
    destination: LiveChatInput['destination'],
    change: Partial<LiveChatInput> = {},
  ): Promise<LiveChatChannel> {
    const input: LiveChatInput = {
      ...newLiveChat(destination),
      domains: ['shop.example', 'localhost', '127.0.0.1'],
      ...change,
    };
    return liveChatChannel.parse(await this.call('POST', '/api/channels', input));
  }

  /** The admin's own desk. */
  desk(): AgentClient {
    return new AgentClient({ url: this.url, cookie: this.cookie });
  }
}

/** Makes the first admin of a new server and answers their client. */
export async function setUp(server: { url: string }): Promise<TestWorkspace> {
  const workspace = new TestWorkspace(server.url);
  await workspace.call('POST', '/api/setup', {
    workspaceName: 'Example Shop',
    name: 'First Admin',
    email: adminSignIn.login,
    extension: '1000',
    password: adminSignIn.password,
    timeZone: 'UTC',
  });
  return workspace;
}
