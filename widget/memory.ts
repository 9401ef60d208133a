/** Small things that a page remembers about the panel, where the browser lets it. */

/** `tab`: until the tab ends. `site`: until the visitor clears it. */
type Span = 'tab' | 'site';

export class Memory {
  constructor(private readonly channelNumber: string) {}

  get(span: Span, name: string): boolean {
    try {
      return storage(span).getItem(this.#key(name)) !== null;
    } catch {
      return false;
    }
  }

  set(span: Span, name: string, on: boolean): void {
    try {
      if (on) storage(span).setItem(this.#key(name), '1');
      else storage(span).removeItem(this.#key(name));
    } catch {
      return;
    }
  }

  #key(name: string): string {
    return `parley:${this.channelNumber}:${name}`;
  }
}

function storage(span: Span): Storage {
  return span === 'tab' ? sessionStorage : localStorage;
}
