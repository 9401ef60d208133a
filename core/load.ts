/**
 * Whether a thread that does everything alone keeps up. It does whatever is ready to its end before it looks for
 * more, so nobody inside ever sees a queue: what waits, waits outside. But a timer that is due has to wait, too. A
 * pulse is such a timer, sent again and again while there is work: between two of them is one round, and those who
 * come in one round wait for each other.
 */

/** How long a pulse takes when there is nothing else to do, ms. */
export const pulseMs = 10;
/** Rounds that would take longer than this are too much, and shorter than this all right again, ms. */
const tooLongMs = 60;
const shortMs = 40;
/** What is taken on in one round while there is too much: what can be done in this time, ms, and so many at least. */
const roundMs = 20;
const fewest = 8;
/** How much of the averages a new round makes: what one costs changes slowly, how many come quickly. */
const costShare = 0.02;
const crowdShare = 0.25;
/** A pulse of which nothing was heard for so long is lost, ms. */
const lostMs = 5_000;

export class Load {
  /** When the pulse under way was sent, epoch ms; null when there is none. */
  private sentAt: number | null = null;
  private isTooMuch = false;
  /** What one takes of the thread, ms, and how many come in one round; averages. */
  private costMs = 1;
  private crowd = 0;
  private taken = 0;
  private refused = 0;

  /** Takes one more on; false when those before it are more than can be done in time. */
  admits(): boolean {
    if (this.isTooMuch && this.taken >= Math.max(fewest, roundMs / this.costMs)) {
      this.refused += 1;
      return false;
    }
    this.taken += 1;
    return true;
  }

  /** Whether a pulse has to be sent now (epoch ms); who is told so sends it, and calls `beat` when it is back. */
  wantsPulse(now: number): boolean {
    if (this.sentAt !== null && now - this.sentAt < lostMs) return false;
    this.sentAt = now;
    return true;
  }

  /** The pulse is back (epoch ms): a round is over. Answers whether the pulse has to be sent again. */
  beat(now: number): boolean {
    const { taken, refused } = this;
    const tookMs = now - (this.sentAt ?? now);
    // Rounds with little to do are mostly rest, and tell nothing of what one costs.
    if (taken >= fewest && tookMs > 2 * pulseMs) this.costMs += (tookMs / taken - this.costMs) * costShare;
    this.crowd += (taken + refused - this.crowd) * crowdShare;
    // As long as it would take if none were refused.
    const wholeMs = this.crowd * this.costMs;
    this.isTooMuch = wholeMs > (this.isTooMuch ? shortMs : tooLongMs);
    this.taken = 0;
    this.refused = 0;
    this.sentAt = taken > 0 ? now : null;
    return taken > 0;
  }
}
