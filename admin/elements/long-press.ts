/**
 * Press and hold on a touch screen asks for what a right click asks for: where the browser sends no `contextmenu` of
 * its own (iPhones), one is sent to what is pressed. A finger that moves scrolls, and is no press.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

const holdMs = 500;
/** A finger is never quite still, CSS pixels. */
const slack = 10;

interface Press {
  target: HTMLElement;
  x: number;
  y: number;
  timer: ReturnType<typeof setTimeout>;
}

export class LongPress implements ReactiveController {
  #press: Press | null = null;
  /** The finger is still down, and has been heard. */
  #held = false;

  /** Watches what matches `selector` in the host. */
  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly selector: string,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener('pointerdown', this.handleDown);
    for (const kind of ['pointermove', 'pointerup', 'pointercancel'] as const) {
      this.host.addEventListener(kind, this.handleMove);
    }
    this.host.addEventListener('contextmenu', this.handleNative, { capture: true });
    for (const kind of ['touchend', 'touchcancel'] as const) {
      this.host.addEventListener(kind, this.handleEnd, { capture: true, passive: false });
    }
  }

  hostDisconnected(): void {
    this.stop();
    this.host.removeEventListener('pointerdown', this.handleDown);
    for (const kind of ['pointermove', 'pointerup', 'pointercancel'] as const) {
      this.host.removeEventListener(kind, this.handleMove);
    }
    this.host.removeEventListener('contextmenu', this.handleNative, { capture: true });
    for (const kind of ['touchend', 'touchcancel'] as const) {
      this.host.removeEventListener(kind, this.handleEnd, { capture: true });
    }
  }

  private handleDown = (event: PointerEvent) => {
    this.stop();
    this.#held = false;
    if (event.pointerType !== 'touch' || !event.isPrimary) return;
    const target = event
      .composedPath()
      .find((one): one is HTMLElement => one instanceof HTMLElement && one.matches(this.selector));
    if (!target) return;
    const { clientX: x, clientY: y } = event;
    this.#press = { target, x, y, timer: setTimeout(() => this.hold(), holdMs) };
  };

  private handleMove = (event: PointerEvent) => {
    const press = this.#press;
    if (!press) return;
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > slack;
    if (event.type !== 'pointermove' || far) this.stop();
  };

  /** The browser's own, of a held finger: first or second, it counts once. */
  private handleNative = (event: Event) => {
    if (!event.isTrusted) return;
    this.stop();
    if (!this.#held) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /** By default a finger that goes up moves the focus and clicks. */
  private handleEnd = (event: Event) => {
    if (this.#held && event.cancelable) event.preventDefault();
    this.#held = false;
  };

  private hold(): void {
    const press = this.#press;
    if (!press) return;
    this.stop();
    this.#held = true;
    navigator.vibrate?.(10);
    const { target, x, y } = press;
    target.dispatchEvent(
      new MouseEvent('contextmenu', {
        clientX: x,
        clientY: y,
        bubbles: true,
        cancelable: true,
        composed: true,
      }),
    );
  }

  private stop(): void {
    clearTimeout(this.#press?.timer);
    this.#press = null;
  }
}
