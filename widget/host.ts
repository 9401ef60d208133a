/** What the loader and the panel, two separate bundles, say to each other. */
import type { LoaderConfig } from '../core/loader.ts';
import type { PanelApi, ParleyEvents } from './api.ts';

/** The launcher as the panel handles it. */
export interface Launcher extends HTMLElement {
  /** Agents' messages that the visitor has not read. */
  unread: number;
  expanded: boolean;
  /** Accessible name, in the widget's language. */
  label: string;
  /** Text of a pill that the channel gave none. */
  words: string;
  focusButton(): void;
}

/** What the loader gives to the panel. */
export interface PanelHost {
  /** Origin of the edge. */
  gateway: string;
  config: LoaderConfig;
  launcher: Launcher;
  /** Puts an element into the page and keeps it there when the page swaps its body. */
  mount(element: HTMLElement): void;
  emit<K extends keyof ParleyEvents>(event: K, detail: ParleyEvents[K]): void;
  /** Takes the widget off the page for good and says why on the console. */
  refuse(reason: string): void;
}

/** What the panel's module exports. */
export interface PanelModule {
  start(host: PanelHost): PanelApi;
}
