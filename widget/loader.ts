/**
 * The script that a website includes. It draws the launcher and nothing else: the panel, and with it every
 * further request and all storage, comes when the visitor acts or the page has gone idle (LC-21).
 */
import type { LoaderConfig } from '../core/loader.ts';
import type { PanelApi, Parley } from './api.ts';
import type { PanelHost, PanelModule } from './host.ts';
import { ParleyLauncher } from './launcher.ts';

// The edge replaces the quoted text by an object. Object() returns that unchanged, and keeps a minifier from
// working out properties of the text.
const config = Object('__PARLEY_CONFIG__') as LoaderConfig;
const { channelNumber } = config;

function run(): void {
  const script =
    document.currentScript ?? document.querySelector(`script[src*="channelNumber=${channelNumber}"]`);
  if (!(script instanceof HTMLScriptElement)) return;
  const before = window.Parley;
  if (before) {
    if (before.channelNumber !== channelNumber) {
      warn(`${before.channelNumber} is on this page already; ${channelNumber} is left out.`);
    }
    return;
  }
  if (!isListed(location.hostname)) {
    warn(`add ${location.hostname} to the website domains of live chat channel ${channelNumber}.`);
    return;
  }
  window.Parley = start(new URL(script.src).origin);
}

function warn(what: string): void {
  console.warn(`Parley: ${what}`);
}

/** Whether to draw at all; the edge is what enforces the list. */
function isListed(hostname: string): boolean {
  return config.domains.some((domain) => {
    const [name = ''] = domain.split(':');
    return name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : hostname === name;
  });
}

function start(gateway: string): Parley {
  const listeners: Record<string, Set<(detail: never) => void>> = {};
  const mounted: HTMLElement[] = [];
  customElements.define('parley-launcher', ParleyLauncher);
  const launcher = new ParleyLauncher();
  launcher.draw(config);

  const host: PanelHost = {
    gateway,
    config,
    launcher,
    mount(element) {
      element.hidden = launcher.hidden;
      mounted.push(element);
      attach();
    },
    emit(event, detail) {
      // One at a time and later: what the website's listener throws is the website's.
      listeners[event]?.forEach((listener) => queueMicrotask(() => listener(detail as never)));
    },
    refuse(reason) {
      hide(true);
      warn(reason);
    },
  };

  let panel: Promise<PanelApi> | undefined;
  const load = (): Promise<PanelApi> =>
    (panel ??= import(/* @vite-ignore */ gateway + config.panel).then(
      (module: PanelModule) => module.start(host),
      (error: unknown) => {
        // Offline, perhaps: the next act tries again.
        panel = undefined;
        throw error;
      },
    ));
  const quietly = () => void Promise.allSettled([load()]);
  const hide = (hidden: boolean) => mounted.forEach((element) => (element.hidden = hidden));

  // Pages that navigate without a reload replace the body, or tidy up what they did not put there.
  const observer = new MutationObserver(() => setTimeout(attach));
  function attach(): void {
    if (!document.body) return void addEventListener('DOMContentLoaded', attach, { once: true });
    for (const element of mounted) if (!element.isConnected) document.body.append(element);
    observer.disconnect();
    observer.observe(document.documentElement, { childList: true });
    observer.observe(document.body, { childList: true });
  }
  host.mount(launcher);

  launcher.onpointerenter = launcher.onfocus = quietly;
  launcher.onclick = () => {
    load().then(
      (api) => api.toggle(),
      () => warn('the chat could not be loaded. Check the connection and try again.'),
    );
  };
  const whenIdle = () =>
    'requestIdleCallback' in window
      ? requestIdleCallback(quietly, { timeout: 10_000 })
      : setTimeout(quietly, 2000);
  if (document.readyState === 'complete') whenIdle();
  else addEventListener('load', whenIdle, { once: true });

  /** A call for the panel; what is called before it is there waits in order. */
  const later =
    <K extends keyof PanelApi>(name: K) =>
    (...args: Parameters<PanelApi[K]>) =>
      load().then((api) => (api[name] as (...args: unknown[]) => Promise<void>)(...args));
  const identify = later('identify');
  return Object.freeze({
    channelNumber,
    open: later('open'),
    // Nothing is open before the panel is there.
    close: async () => panel && later('close')(),
    toggle: later('toggle'),
    identify(token: string) {
      if (!token) throw new Error('Parley.identify() needs a token signed by your server.');
      return identify(token);
    },
    setAttributes: later('setAttributes'),
    send: later('send'),
    show: () => hide(false),
    hide: () => hide(true),
    on(event: string, listener: (detail: never) => void) {
      if (!listeners[event]?.add(listener)) listeners[event] = new Set([listener]);
    },
    off(event: string, listener: (detail: never) => void) {
      listeners[event]?.delete(listener);
    },
  });
}

run();
