/** The table of pages: who may see each, and which module draws it. */
import { html, type TemplateResult } from 'lit';
import type { Role } from '../core/agent.ts';
import { match } from './router.ts';

type Access = 'open' | 'signedIn' | 'admin';

export interface Route {
  /** Addresses of one page: going from one to another keeps what is on the screen. */
  patterns: readonly string[];
  title: string;
  access: Access;
  load: () => Promise<unknown>;
  draw: (params: Record<string, string>) => TemplateResult;
}

export const routes: readonly Route[] = [
  {
    patterns: ['/setup'],
    title: 'Set up Parley',
    access: 'open',
    load: () => import('./pages/setup.ts'),
    draw: () => html`<pl-setup></pl-setup>`,
  },
  {
    patterns: ['/sign-in'],
    title: 'Sign in',
    access: 'open',
    load: () => import('./pages/sign-in.ts'),
    draw: () => html`<pl-sign-in></pl-sign-in>`,
  },
  {
    patterns: ['/password/:token'],
    title: 'Choose a password',
    access: 'open',
    load: () => import('./pages/password.ts'),
    draw: ({ token = '' }) => html`<pl-password .token=${token}></pl-password>`,
  },
  {
    patterns: ['/profile'],
    title: 'Profile',
    access: 'signedIn',
    load: () => import('./pages/profile.ts'),
    draw: () => html`<pl-profile></pl-profile>`,
  },
  {
    patterns: ['/inbox', '/inbox/:session', '/inbox/:session/:pane'],
    title: 'Inbox',
    access: 'signedIn',
    load: () => import('./inbox/inbox.ts'),
    draw: ({ session = '', pane = '' }) => html`<pl-inbox .session=${session} .pane=${pane}></pl-inbox>`,
  },
  {
    patterns: ['/contacts'],
    title: 'Contacts',
    access: 'signedIn',
    load: () => import('./pages/contacts.ts'),
    draw: () => html`<pl-contacts></pl-contacts>`,
  },
  {
    patterns: ['/contacts/:id'],
    title: 'Contact',
    access: 'signedIn',
    load: () => import('./pages/contact.ts'),
    draw: ({ id = '' }) => html`<pl-contact .contact=${id}></pl-contact>`,
  },
  {
    patterns: ['/phonebooks'],
    title: 'Phonebooks',
    access: 'admin',
    load: () => import('./pages/phonebooks.ts'),
    draw: () => html`<pl-phonebooks></pl-phonebooks>`,
  },
  {
    patterns: ['/duplicates'],
    title: 'Duplicates',
    access: 'admin',
    load: () => import('./pages/duplicates.ts'),
    draw: () => html`<pl-duplicates></pl-duplicates>`,
  },
  {
    patterns: ['/'],
    title: 'Start',
    access: 'admin',
    load: () => import('./pages/start.ts'),
    draw: () => html`<pl-start></pl-start>`,
  },
  {
    patterns: ['/channels'],
    title: 'Channels',
    access: 'admin',
    load: () => import('./pages/channels.ts'),
    draw: () => html`<pl-channels></pl-channels>`,
  },
  {
    patterns: ['/channels/new/:type', '/channels/new/:type/:provider', '/channels/:id'],
    title: 'Channel',
    access: 'admin',
    load: () => import('./pages/channel.ts'),
    draw: ({ type = '', provider = '', id = '' }) =>
      html`<pl-channel .type=${type} .provider=${provider} .channel=${id}></pl-channel>`,
  },
  {
    patterns: ['/queues'],
    title: 'Queues',
    access: 'admin',
    load: () => import('./pages/queues.ts'),
    draw: () => html`<pl-queues></pl-queues>`,
  },
  {
    patterns: ['/queues/:id'],
    title: 'Queue',
    access: 'admin',
    load: () => import('./pages/queue.ts'),
    draw: ({ id = '' }) => html`<pl-queue .queue=${id}></pl-queue>`,
  },
  {
    patterns: ['/campaigns'],
    title: 'Campaigns',
    access: 'admin',
    load: () => import('./pages/campaigns.ts'),
    draw: () => html`<pl-campaigns></pl-campaigns>`,
  },
  {
    patterns: ['/campaigns/new', '/campaigns/:id/edit'],
    title: 'Campaign',
    access: 'admin',
    load: () => import('./pages/campaign-form.ts'),
    draw: ({ id = 'new' }) => html`<pl-campaign-form .campaign=${id}></pl-campaign-form>`,
  },
  {
    patterns: ['/campaigns/:id'],
    title: 'Campaign',
    access: 'admin',
    load: () => import('./pages/campaign.ts'),
    draw: ({ id = '' }) => html`<pl-campaign .campaign=${id}></pl-campaign>`,
  },
  {
    patterns: ['/agents'],
    title: 'Agents',
    access: 'admin',
    load: () => import('./pages/agents.ts'),
    draw: () => html`<pl-agents></pl-agents>`,
  },
  {
    patterns: ['/agents/:id'],
    title: 'Agent',
    access: 'admin',
    load: () => import('./pages/agent.ts'),
    draw: ({ id = '' }) => html`<pl-agent .agent=${id}></pl-agent>`,
  },
  {
    patterns: ['/groups'],
    title: 'Groups',
    access: 'admin',
    load: () => import('./pages/groups.ts'),
    draw: () => html`<pl-groups></pl-groups>`,
  },
  {
    patterns: ['/groups/:id'],
    title: 'Group',
    access: 'admin',
    load: () => import('./pages/group.ts'),
    draw: ({ id = '' }) => html`<pl-group .group=${id}></pl-group>`,
  },
  {
    patterns: ['/hours'],
    title: 'Business hours',
    access: 'admin',
    load: () => import('./pages/hours.ts'),
    draw: () => html`<pl-hours></pl-hours>`,
  },
  {
    patterns: ['/canned-responses'],
    title: 'Canned responses',
    access: 'signedIn',
    load: () => import('./pages/canned-responses.ts'),
    draw: () => html`<pl-canned-responses></pl-canned-responses>`,
  },
  {
    patterns: ['/canned-responses/:id'],
    title: 'Canned response',
    access: 'signedIn',
    load: () => import('./pages/canned-response.ts'),
    draw: ({ id = '' }) => html`<pl-canned-response .response=${id}></pl-canned-response>`,
  },
  {
    patterns: ['/labels'],
    title: 'Labels',
    access: 'admin',
    load: () => import('./pages/labels.ts'),
    draw: () => html`<pl-label-list></pl-label-list>`,
  },
  {
    patterns: ['/calls'],
    title: 'Calls',
    access: 'admin',
    load: () => import('./pages/calls.ts'),
    draw: () => html`<pl-call-settings></pl-call-settings>`,
  },
  {
    patterns: ['/pbx'],
    title: 'PBX',
    access: 'admin',
    load: () => import('./pages/pbx.ts'),
    draw: () => html`<pl-pbx></pl-pbx>`,
  },
  {
    patterns: ['/settings'],
    title: 'Settings',
    access: 'admin',
    load: () => import('./pages/settings.ts'),
    draw: () => html`<pl-settings></pl-settings>`,
  },
  {
    patterns: ['/audit'],
    title: 'Audit',
    access: 'admin',
    load: () => import('./pages/audit.ts'),
    draw: () => html`<pl-audit></pl-audit>`,
  },
];

/** The page at `path` with the values of its pattern; null when there is none. */
export function routeAt(path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of routes) {
    for (const pattern of route.patterns) {
      const params = match(pattern, path);
      if (params) return { route, params };
    }
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
