/** The table of pages: who may see each, and which module draws it. */
import { html, type TemplateResult } from 'lit';
import type { Role } from '../core/agent.ts';
import { match } from './router.ts';

type Access = 'open' | 'signedIn' | 'admin';

export interface Route {
  pattern: string;
  title: string;
  access: Access;
  load: () => Promise<unknown>;
  draw: (params: Record<string, string>) => TemplateResult;
}

const inbox = {
  title: 'Inbox',
  access: 'signedIn',
  load: () => import('./inbox/inbox.ts'),
  draw: ({ session = '' }: Record<string, string>) => html`<pl-inbox .session=${session}></pl-inbox>`,
} as const;

export const routes: readonly Route[] = [
  {
    pattern: '/setup',
    title: 'Set up Parley',
    access: 'open',
    load: () => import('./pages/setup.ts'),
    draw: () => html`<pl-setup></pl-setup>`,
  },
  {
    pattern: '/sign-in',
    title: 'Sign in',
    access: 'open',
    load: () => import('./pages/sign-in.ts'),
    draw: () => html`<pl-sign-in></pl-sign-in>`,
  },
  {
    pattern: '/password/:token',
    title: 'Choose a password',
    access: 'open',
    load: () => import('./pages/password.ts'),
    draw: ({ token = '' }) => html`<pl-password .token=${token}></pl-password>`,
  },
  {
    pattern: '/profile',
    title: 'Profile',
    access: 'signedIn',
    load: () => import('./pages/profile.ts'),
    draw: () => html`<pl-profile></pl-profile>`,
  },
  { pattern: '/inbox', ...inbox },
  { pattern: '/inbox/:session', ...inbox },
  {
    pattern: '/',
    title: 'Start',
    access: 'admin',
    load: () => import('./pages/start.ts'),
    draw: () => html`<pl-start></pl-start>`,
  },
  {
    pattern: '/channels',
    title: 'Channels',
    access: 'admin',
    load: () => import('./pages/channels.ts'),
    draw: () => html`<pl-channels></pl-channels>`,
  },
  {
    pattern: '/channels/new/:type',
    title: 'New channel',
    access: 'admin',
    load: () => import('./pages/channel.ts'),
    draw: ({ type = '' }) => html`<pl-channel .type=${type}></pl-channel>`,
  },
  {
    pattern: '/channels/:id',
    title: 'Channel',
    access: 'admin',
    load: () => import('./pages/channel.ts'),
    draw: ({ id = '' }) => html`<pl-channel .channel=${id}></pl-channel>`,
  },
  {
    pattern: '/queues',
    title: 'Queues',
    access: 'admin',
    load: () => import('./pages/queues.ts'),
    draw: () => html`<pl-queues></pl-queues>`,
  },
  {
    pattern: '/queues/:id',
    title: 'Queue',
    access: 'admin',
    load: () => import('./pages/queue.ts'),
    draw: ({ id = '' }) => html`<pl-queue .queue=${id}></pl-queue>`,
  },
  {
    pattern: '/agents',
    title: 'Agents',
    access: 'admin',
    load: () => import('./pages/agents.ts'),
    draw: () => html`<pl-agents></pl-agents>`,
  },
  {
    pattern: '/agents/:id',
    title: 'Agent',
    access: 'admin',
    load: () => import('./pages/agent.ts'),
    draw: ({ id = '' }) => html`<pl-agent .agent=${id}></pl-agent>`,
  },
  {
    pattern: '/groups',
    title: 'Groups',
    access: 'admin',
    load: () => import('./pages/groups.ts'),
    draw: () => html`<pl-groups></pl-groups>`,
  },
  {
    pattern: '/groups/:id',
    title: 'Group',
    access: 'admin',
    load: () => import('./pages/group.ts'),
    draw: ({ id = '' }) => html`<pl-group .group=${id}></pl-group>`,
  },
  {
    pattern: '/hours',
    title: 'Business hours',
    access: 'admin',
    load: () => import('./pages/hours.ts'),
    draw: () => html`<pl-hours></pl-hours>`,
  },
  {
    pattern: '/settings',
    title: 'Settings',
    access: 'admin',
    load: () => import('./pages/settings.ts'),
    draw: () => html`<pl-settings></pl-settings>`,
  },
  {
    pattern: '/audit',
    title: 'Audit',
    access: 'admin',
    load: () => import('./pages/audit.ts'),
    draw: () => html`<pl-audit></pl-audit>`,
  },
];

/** The page at `path` with the values of its pattern; null when there is none. */
export function routeAt(path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of routes) {
    const params = match(route.pattern, path);
    if (params) return { route, params };
  }
  return null;
}

/**
 * Where a person who asks for `path` has to go first; null when they may stay. An agent who opens a page of the
 * console lands in the inbox.
 */
export function redirectFor(
  path: string,
  access: Access | null,
  person: { setupNeeded: boolean; role: Role | null },
): string | null {
  if (person.setupNeeded) return path === '/setup' ? null : '/setup';
  if (path === '/setup') return '/';
  if (person.role === null) return access === 'open' ? null : '/sign-in';
  if (path === '/sign-in') return person.role === 'admin' ? '/' : '/inbox';
  if (access === 'admin' && person.role !== 'admin') return '/inbox';
  return null;
}
