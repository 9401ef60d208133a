/** The shell: decides which page is seen, and draws navigation, connection state and user menu around it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { problem, type Problem } from '../core/errors.ts';
import { account, loadState, refreshState } from './data/account.ts';
import { desk } from './data/desk.ts';
import { startWorker } from './data/installation.ts';
import { forgetLocal } from './data/local.ts';
import { loadNotifications, notifications } from './data/notifications.ts';
import { endPush, refreshPush } from './data/push.ts';
import { Watch } from './data/store.ts';
import { go, place, type Place } from './router.ts';
import { redirectFor, routeAt, type Route } from './routes.ts';
import { base } from './styles/shared.ts';
import './inbox/calls.ts';
import { Notifier } from './inbox/notifier.ts';
import './elements/navigation.ts';
import './elements/notice.ts';
import './elements/empty-state.ts';
import './elements/update-notice.ts';
import './elements/webawesome.ts';

/** Set while a reload tries to get a part that did not come. */
const recoveredKey = 'parley.recovered';

/** Where to go after signing in: the page that was asked for. */
let wanted: Pick<Place, 'path' | 'query'> | null = null;

@customElement('pl-app')
export class PlApp extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        height: var(--parley-height, 100dvh);
        padding-left: env(safe-area-inset-left);
        padding-right: env(safe-area-inset-right);
        grid-template: auto auto minmax(0, 1fr) / auto minmax(0, 1fr);
      }
      pl-navigation {
        grid-row: 1 / -1;
      }
      .top {
        grid-column: 2;
        grid-row: 1;
        min-width: 0;
      }
      main {
        grid-column: 2;
        grid-row: 3;
        min-width: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
      }
      main.alone {
        grid-column: 1 / -1;
        grid-row: 1 / -1;
      }
      .skip {
        position: absolute;
        z-index: 10;
        inset-inline-start: var(--parley-space-2);
        inset-block-start: -60px;
        padding: var(--parley-space-2) var(--parley-space-3);
        border-radius: var(--parley-radius);
        background: var(--parley-accent);
        color: var(--parley-on-accent);
      }
      .skip:focus {
        inset-block-start: var(--parley-space-2);
      }
      .center {
        display: grid;
        place-content: center;
        min-height: 100%;
        padding: var(--parley-space-6);
      }
      @media (max-width: 767px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        pl-navigation {
          grid-row: 2;
        }
        pl-navigation,
        .top,
        main {
          grid-column: 1;
        }
      }
    `,
  ];

  @state() private problem: Problem | null = null;
  @state() private loaded: Route | null = null;
  private account = new Watch(this, account);
  private place = new Watch(this, place);
  private notifier = new Notifier(desk, () => this.place.value.path);
  #drawn = '';
  #online = false;
  /** Whom the desk is connected for; undefined before anybody has said. */
  #agent: string | null | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.start();
    desk.state.subscribe(this.handleConnection);
  }

  /** What could not be asked while there was no connection. */
  private handleConnection = () => {
    const online = desk.state.value.connection === 'online';
    if (online === this.#online) return;
    this.#online = online;
    if (!online) return;
    void refreshState();
    if (!notifications.value) void loadNotifications();
  };

  private start = async () => {
    this.problem = null;
    const answer = await loadState();
    if ('problem' in answer) this.problem = answer.problem;
  };

  override willUpdate(): void {
    const state = this.account.value;
    if (!state) return;
    this.keepDesk(state.me?.id ?? null);
    const { path, query } = this.place.value;
    const found = routeAt(path);
    const target = redirectFor(path, found?.route.access ?? null, {
      setupNeeded: state.setupNeeded,
      role: state.me?.role ?? null,
    });
    if (target !== null) {
      if (target === '/sign-in') wanted = { path, query };
      const isBack = path === '/sign-in' && wanted !== null && routeAt(wanted.path) !== null;
      const next = isBack && wanted ? wanted.path + wanted.query : target;
      if (path === '/sign-in') wanted = null;
      queueMicrotask(() => void go(next, { replace: true }));
      return;
    }
    if (found && found.route !== this.loaded) void this.load(found.route);
  }

  private keepDesk(agent: string | null): void {
    if (agent === this.#agent) return;
    this.#agent = agent;
    if (agent === null) {
      desk.disconnect();
      void forgetLocal();
      void endPush();
      return;
    }
    desk.connect(agent);
    startWorker();
    void refreshPush();
  }

  private async load(route: Route): Promise<void> {
    try {
      await route.load();
    } catch {
      this.recover();
      return;
    }
    sessionStorage.removeItem(recoveredKey);
    if (routeAt(this.place.value.path)?.route === route) this.loaded = route;
  }

  /** A part of the page did not come: a new version has taken its place, or the network is away. */
  private recover(): void {
    // Once: if the newest version has no such part either, reloading again would not help.
    if (navigator.onLine && sessionStorage.getItem(recoveredKey) === null) {
      sessionStorage.setItem(recoveredKey, 'yes');
      location.reload();
      return;
    }
    this.problem = problem('unavailable', {
      message: 'This page could not be loaded. Check your connection and try again.',
    });
  }

  override updated(): void {
    const found = routeAt(this.place.value.path);
    if (!found || found.route !== this.loaded) return;
    const { path } = this.place.value;
    this.notifier.setTitle(found.route.title);
    if (this.#drawn === path) return;
    const first = this.#drawn === '';
    const sameInbox = path.startsWith('/inbox') && this.#drawn.startsWith('/inbox');
    this.#drawn = path;
    if (!first && !sameInbox) this.announce();
  }

  /** Moves the focus to the new page, so that those who hear it know where they are. */
  private announce(): void {
    const main = this.renderRoot.querySelector('main');
    main?.scrollTo(0, 0);
    main?.focus();
  }

  override render() {
    const state = this.account.value;
    if (this.problem) {
      return html`<main class="alone">
        <div class="center">
          <pl-notice tone="error"
            >${this.problem.message}
            <wa-button slot="action" size="s" appearance="outlined" @click=${this.start}>Try again</wa-button>
          </pl-notice>
        </div>
      </main>`;
    }
    if (!state) return nothing;
    const found = routeAt(this.place.value.path);
    const page = found ? this.drawPage(found.route, found.params) : notFound();
    if (!state.me || found?.route.access === 'open')
      return html`<main class="alone" tabindex="-1">${page}</main>`;
    return html`
      <a class="skip" href="#content" @click=${this.handleSkip}>Skip to the page</a>
      <pl-navigation
        .me=${state.me}
        .workspaceName=${state.workspaceName}
        .path=${this.place.value.path}
        .inConversation=${found?.params.session !== undefined}
      ></pl-navigation>
      <div class="top">
        <pl-update-notice></pl-update-notice>
        <pl-calls></pl-calls>
      </div>
      <main id="content" tabindex="-1">${page}</main>
    `;
  }

  private handleSkip = (event: Event) => {
    event.preventDefault();
    this.renderRoot.querySelector('main')?.focus();
  };

  private drawPage(route: Route, params: Record<string, string>) {
    return route === this.loaded ? route.draw(params) : nothing;
  }
}

function notFound() {
  return html`<div class="center">
    <pl-empty icon="search" heading="There is no such page">
      The address may be mistyped, or the page has moved.
      <wa-button slot="action" href="/" appearance="outlined">Go to the start page</wa-button>
    </pl-empty>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-app': PlApp;
  }
}
