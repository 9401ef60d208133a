/** A browser at the console, inside workerd: calls the Worker with its own cookie, as the app would. */
import { exports } from 'cloudflare:workers';
import { newLiveChat, type LiveChatChannel, type LiveChatInput } from '../../core/channel.ts';
import type { Destination } from '../../core/destination.ts';
import type { Agent, AgentInput } from '../../core/agent.ts';
import type { Problem } from '../../core/errors.ts';
import type { Queue, QueueInput } from '../../core/queue.ts';

export const origin = 'https://chat.example.com';
export const admin = { email: 'admin@example.com', extension: '1000', password: 'four unlikely words' };
export const agentPassword = 'another four unlikely words';

export interface Reply<T> {
  status: number;
  body: T;
  headers: Headers;
}
export type Refused = { error: Problem };

export class Console {
  /** The sign-in, as `name=value`; empty when signed out. */
  cookie = '';

  constructor(
    private readonly address = '203.0.113.7',
    private readonly at = origin,
  ) {}

  /** Calls as a page of ours would; `headers` override what such a page sends. */
  async call<T = Refused>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | null> = {},
  ): Promise<Reply<T>> {
    const sent = new Headers({ origin: this.at, 'cf-connecting-ip': this.address });
    if (this.cookie !== '') sent.set('cookie', this.cookie);
    if (body !== undefined) sent.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) sent.delete(name);
      else sent.set(name, value);
    }
    const raw = body instanceof Uint8Array || typeof body === 'string';
    const answer = await exports.default.fetch(`${this.at}${path}`, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const set = answer.headers.get('set-cookie');
    if (set !== null) this.cookie = set.includes('Max-Age=0') ? '' : (set.split(';')[0] ?? '');
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.startsWith('application/json');
    return { status: answer.status, body: (isJson ? JSON.parse(text) : text) as T, headers: answer.headers };
  }

  /** Calls and answers the body; throws when refused. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await this.call<T>(method, path, body);
    if (reply.status >= 300)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }
}

export function setupBody(change: Record<string, unknown> = {}) {
  return {
    workspaceName: 'Example Shop',
    name: 'First Admin',
    timeZone: 'Europe/Berlin',
    ...admin,
    ...change,
  };
}

/** Sets up the workspace and answers the first admin's console. */
export async function setUp(): Promise<Console> {
  const console = new Console();
  await console.ask('POST', '/api/setup', setupBody());
  return console;
}

let made = 0;

export async function makeAgent(by: Console, change: Partial<AgentInput> = {}): Promise<Agent> {
  made += 1;
  const input = {
    extension: String(2000 + made),
    name: `Agent ${made}`,
    email: `agent${made}@example.com`,
    role: 'agent',
    photo: null,
    groups: [],
    mayCallOut: false,
    enabled: true,
    ...change,
    password: agentPassword,
  };
  return (await by.ask<{ agent: Agent }>('POST', '/api/agents', input)).agent;
}

export async function signInAs(agent: { email: string }, password = agentPassword): Promise<Console> {
  const console = new Console();
  await console.ask('POST', '/api/sign-in', { login: agent.email, password });
  return console;
}

export function makeQueue(by: Console, change: Partial<QueueInput> = {}): Promise<Queue> {
  made += 1;
  return by.ask('POST', '/api/queues', {
    name: `Queue ${made}`,
    mode: 'manual',
    agents: [],
    groups: [],
    ...change,
  });
}

export function makeChannel(
  by: Console,
  destination: Destination,
  change: Partial<LiveChatInput> = {},
): Promise<LiveChatChannel> {
  return by.ask('POST', '/api/channels', {
    ...newLiveChat(destination),
    domains: ['shop.example'],
    ...change,
  });
}
