/** Typing notices, both ways: sent sparingly while the visitor types, and taken down when an agent stops. */

/** While the visitor types on, the agent is told again after this, ms. */
const againMs = 3000;
/** Without a key for this long the visitor has stopped. */
const endsMs = 5000;
/** An agent's notice lasts this long unless it is renewed. */
const noticeMs = 8000;

export class Typing {
  #saidAt = 0;
  #end: ReturnType<typeof setTimeout> | undefined;
  #notice: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly say: (on: boolean) => void,
    private readonly onNoticeEnd: () => void,
  ) {}

  /** The visitor typed something (true), or sent or removed it all. */
  set(on: boolean): void {
    const now = Date.now();
    clearTimeout(this.#end);
    if (on) {
      this.#end = setTimeout(() => this.set(false), endsMs);
      if (now - this.#saidAt < againMs) return;
    } else if (this.#saidAt === 0) return;
    this.#saidAt = on ? now : 0;
    this.say(on);
  }

  /** An agent types. */
  noticed(): void {
    clearTimeout(this.#notice);
    this.#notice = setTimeout(this.onNoticeEnd, noticeMs);
  }
}
