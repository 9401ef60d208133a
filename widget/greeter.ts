/** Says hello to the edge, one at a time and until it answers, as the guest or the signed user that this is. */
import type { HelloAnswer } from '../core/visitorProtocol.ts';
import { helloUntilReached } from './gateway.ts';
import { readIdentity, writeIdentity, type Identity } from './identity.ts';

export interface GreeterEvents {
  /** The edge has answered; `identified` when to a token that the website signed. */
  onGreeted(answer: HelloAnswer, before: Identity | null, identified: boolean): Promise<void>;
  onUnreachable(): void;
  /** This page may not use the channel. */
  onRefused(reason: string): void;
}

export class Greeter {
  identity: Identity | null = null;
  /** Whether the next hello may be left out, because the last one still stands. */
  fresh = false;
  #running: Promise<void> | null = null;
  #signed: string | undefined;
  /** The signed token that was refused last, and why. */
  #refused: { token: string; why: string } | null = null;

  constructor(
    private readonly gateway: string,
    private readonly channelNumber: string,
    private readonly events: GreeterEvents,
  ) {}

  /** Takes up what this browser remembers; says whether that is another visitor than before. */
  recall(): boolean {
    const stored = readIdentity(this.channelNumber);
    if (!stored || stored.visitor === this.identity?.visitor) return false;
    this.identity = stored;
    this.fresh = false;
    return true;
  }

  remember(): void {
    if (this.identity) writeIdentity(this.channelNumber, this.identity);
  }

  /** Resolves when the edge has answered. */
  hello(): Promise<void> {
    if (this.fresh && this.#signed === undefined) return Promise.resolve();
    this.#running ??= this.#ask().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Resolves when the edge has accepted the website's word for who this is; rejects when it has not. */
  async identify(token: string): Promise<void> {
    this.#signed = token;
    // A hello that is under way may have left without it.
    while (this.#signed === token) await this.hello();
    if (this.#refused?.token === token) throw new Error(`Parley.identify(): ${this.#refused.why}`);
  }

  /** Resolves when no hello is under way. */
  async quiet(): Promise<void> {
    await Promise.allSettled([this.#running]);
  }

  async #ask(): Promise<void> {
    const { channelNumber } = this;
    let identity: string | undefined;
    const answer = await helloUntilReached(
      this.gateway,
      () => {
        identity = this.#signed;
        const token = this.identity?.token;
        return { channelNumber, ...(token && { token }), ...(identity && { identity }) };
      },
      () => this.events.onUnreachable(),
    );
    if (this.#signed === identity) this.#signed = undefined;
    if ('refused' in answer) {
      const { code, message } = answer.refused;
      if (identity !== undefined) {
        // The visitor stays who they were; the website is told by `identify`.
        this.#refused = { token: identity, why: message };
        return this.fresh ? undefined : this.#ask();
      }
      if (!this.identity?.token || !code.startsWith('token_')) return this.events.onRefused(message);
      // A token that ran out makes way for a new one; what was written under it goes along.
      this.identity.token = '';
      return this.#ask();
    }
    const before = this.identity;
    const { visitor, token } = answer.ok;
    const wasIdentified = before?.visitor === visitor && before.identified;
    this.identity = { visitor, token, identified: identity !== undefined || wasIdentified };
    this.fresh = true;
    await this.events.onGreeted(answer.ok, before, identity !== undefined);
  }
}
