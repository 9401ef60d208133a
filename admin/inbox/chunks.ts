/**
 * Which chunks of a long log are near the screen. Only those are drawn; each of the others keeps its place with the
 * height that it had, or will have roughly. A row near the top of the screen stays where it is meanwhile.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Chunk } from './timeline.ts';

/** This far beyond the screen is near, px: more than a turn of the wheel goes in one frame. */
const reachPx = 1_200;
/** Chunks of a log that are drawn at once when it is opened at its end. */
const drawnAtFirst = 3;
/** What a message or line takes that was never drawn, px. */
const roughlyPx = 44;

type Host = ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment };

export class Chunks implements ReactiveController {
  readonly #near = new Set<number>();
  readonly #heights = new Map<number, number>();
  readonly #known = new Set<number>();
  #log = '';
  #observer: IntersectionObserver | null = null;
  /** Some elements of chunks are new. */
  #unobserved = false;
  #anchor: { id: string; top: number } | null = null;

  /** Elements of the class `chunk`, and `drawn`, with their numbers in `data-chunk`, in one of the class `scroller`. */
  constructor(private readonly host: Host) {
    host.addController(this);
  }

  /** Before they are drawn: the chunks of the log that is called `log`. Those that are new to it begin near. */
  take(log: string, chunks: readonly Chunk[]): void {
    const other = log !== this.#log;
    if (other || chunks.length === 0) this.forget();
    this.#log = log;
    const fresh = chunks.filter((chunk) => !this.#known.has(chunk.number));
    for (const { number } of this.#known.size === 0 ? fresh.slice(-drawnAtFirst) : fresh)
      this.#near.add(number);
    for (const { number } of fresh) this.#known.add(number);
    this.#unobserved ||= fresh.length > 0;
  }

  isNear({ number }: Chunk): boolean {
    return this.#near.has(number);
  }

  /** What a chunk takes while it is not drawn, px. */
  heightOf({ number, items }: Chunk): number {
    const known = this.#heights.get(number);
    if (known !== undefined) return known;
    const lines = items.reduce((sum, item) => sum + (item.kind === 'group' ? item.messages.length : 1), 0);
    return lines * roughlyPx;
  }

  /** Draws a chunk that is about to come to the screen. */
  async draw(number: number): Promise<void> {
    if (this.#near.has(number)) return;
    this.#near.add(number);
    this.host.requestUpdate();
    await this.host.updateComplete;
  }

  /** Before a change: remembers the first message on the screen. */
  hold(): void {
    this.#anchor = null;
    const scroller = this.scroller;
    if (!scroller) return;
    const top = scroller.getBoundingClientRect().top;
    for (const chunk of scroller.querySelectorAll('.chunk.drawn')) {
      if (chunk.getBoundingClientRect().bottom <= top) continue;
      for (const message of chunk.querySelectorAll('.message')) {
        const box = message.getBoundingClientRect();
        if (box.bottom <= top) continue;
        this.#anchor = { id: message.id, top: box.top };
        return;
      }
    }
  }

  /** After the change: brings that message back to where it was. False when it is not there. */
  keep(): boolean {
    const { scroller } = this;
    const message = this.#anchor && this.host.renderRoot.querySelector(`#${CSS.escape(this.#anchor.id)}`);
    if (!scroller || !message || !this.#anchor) return false;
    const moved = message.getBoundingClientRect().top - this.#anchor.top;
    // Less than a pixel is rounding; to set the place at all would stop a finger's momentum.
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
    return true;
  }

  hostDisconnected(): void {
    this.forget();
    this.#log = '';
  }

  hostUpdated(): void {
    const { scroller } = this;
    if (!scroller || !this.#unobserved) return;
    this.#unobserved = false;
    this.#observer ??= new IntersectionObserver(this.handleCrossing, {
      root: scroller,
      rootMargin: `${reachPx}px 0px`,
    });
    // Those that it observes already it leaves alone.
    for (const chunk of scroller.querySelectorAll('.chunk')) this.#observer.observe(chunk);
  }

  private get scroller(): HTMLElement | null {
    return this.host.renderRoot.querySelector('.scroller');
  }

  private handleCrossing = (entries: readonly IntersectionObserverEntry[]) => {
    let changed = false;
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const number = Number((target as HTMLElement).dataset.chunk);
      if (!target.isConnected || isIntersecting === this.#near.has(number)) continue;
      if (isIntersecting) this.#near.add(number);
      // Who stands in it with the keyboard, or opens its picture, comes back to it.
      else if (target.matches(':focus-within')) continue;
      else {
        this.#near.delete(number);
        this.#heights.set(number, boundingClientRect.height);
      }
      changed = true;
    }
    if (changed) this.host.requestUpdate();
  };

  private forget(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#near.clear();
    this.#heights.clear();
    this.#known.clear();
  }
}
