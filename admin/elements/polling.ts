/** Looks again and again while an element is on the page, and not while nobody can see the page. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export class Polling implements ReactiveController {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #on = false;

  /** `pauseMs` says before each look how long to wait from the last one's answer. */
  constructor(
    host: ReactiveControllerHost,
    private readonly look: () => Promise<unknown>,
    private readonly pauseMs: () => number,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#on = true;
    this.wait();
  }

  hostDisconnected(): void {
    this.#on = false;
    clearTimeout(this.#timer);
  }

  /** Begins the pause anew, as its length may have changed. */
  wait(): void {
    clearTimeout(this.#timer);
    if (this.#on) this.#timer = setTimeout(() => void this.tick(), this.pauseMs());
  }

  private async tick(): Promise<void> {
    if (!document.hidden) await this.look();
    this.wait();
  }
}
