/**
 * How a campaign goes on: one step after the other, each of which may be the last of this process and is then done
 * again (CMP-07). Who is next is written down before the channel or a session hears of them, and what these have
 * is theirs: the same message again is the same one. So nobody gets it twice, and nobody is left out.
 */
import { channelOf, type Env } from '../../env.ts';
import { messagingRouting } from '../../routing.ts';
import type { MessagingRouting } from '../contracts.ts';
import { Handover, Trouble } from './handover.ts';
import type { CampaignFiles } from './files.ts';
import { numberOf } from './messageIds.ts';
import type { CampaignState } from './state.ts';
import type { Takings } from './takings.ts';

const dayMs = 86_400_000;
/** Recipients that are handed over in one step. */
const batch = 100;
/** How far ahead of the provider the channel's queue is fed (seconds of its rate), and most of it. */
const aheadSeconds = 3;
const mostAhead = 2_000;
/** Messages of which nothing is heard for so long are in doubt, which others need not wait for. */
const doubtfulMs = 2_000;

export class Run {
  private readonly handover: Handover;
  private going: Promise<void> | null = null;
  private again = false;
  private heardAt = 0;
  /** Who waits for a decision. */
  private curious: (() => void)[] = [];

  constructor(
    private readonly env: Env,
    private readonly state: CampaignState,
    private readonly takings: Takings,
    private readonly files: CampaignFiles,
  ) {
    this.handover = new Handover(env, state, files);
  }

  /** Goes on with what there is to do; one run at a time. Resolves when there is nothing for now. */
  go(): Promise<void> {
    if (this.going) {
      this.again = true;
      return this.going;
    }
    this.going = this.all().finally(() => (this.going = null));
    return this.going;
  }

  /** Goes on, and resolves when what a person asked for is decided; sending itself takes its time. */
  decided(): Promise<void> {
    const decided = new Promise<void>((resolve) => this.curious.push(resolve));
    void this.go();
    return decided;
  }

  /** For the timer: goes on, and answers when to look again (epoch ms), null when nothing is to be done. */
  onTimer(): number | null {
    // Not waited for: other timers have their turn while a campaign is being sent.
    void this.go();
    return this.state.nextRun(Date.now());
  }

  private async all(): Promise<void> {
    try {
      do {
        this.again = false;
        while (await this.stepOrStop()) if (this.isDecided()) this.say();
      } while (this.again);
    } catch (error) {
      console.error(JSON.stringify({ event: 'campaign.failed', error: String(error) }));
    } finally {
      this.say();
    }
  }

  private async stepOrStop(): Promise<boolean> {
    if (this.state.isGoing) return this.letGo();
    if (!this.state.known) return false;
    try {
      return await this.step();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.stop(error.message);
      return true;
    }
  }

  private say(): void {
    for (const resolve of this.curious.splice(0)) resolve();
  }

  /** Whether it is known whose turn it is, or that it is nobody's. */
  private isDecided(): boolean {
    if (!this.state.known) return true;
    const { phase, turn, taking, withdrawn } = this.state.known;
    if (phase === 'running') return turn !== 'none' || taking !== null;
    return phase === 'cancelled' ? withdrawn : phase !== 'scheduled';
  }

  /** One step; false when there is nothing to do for now. */
  private async step(): Promise<boolean> {
    const { phase, sendAt, taking, turn, withdrawn } = this.state.record;
    if (phase === 'scheduled' && (sendAt ?? Infinity) <= Date.now()) {
      this.takings.begin();
      return true;
    }
    if (taking) {
      await this.takings.next();
      return true;
    }
    if (phase === 'cancelled' && !withdrawn) {
      await this.withdraw();
      return true;
    }
    if (phase !== 'running') {
      if (turn === 'none') return false;
      await this.leave();
      return true;
    }
    if (this.state.isDone) return this.complete();
    return turn === 'goes' ? this.feed() : this.ask();
  }

  /** Asks the channel for the turn; it says later when it comes, if not now. */
  private async ask(): Promise<boolean> {
    const { id, input, turnAt } = this.state.record;
    const may = await channelOf(this.env, input.channel).campaignWants(id, turnAt, input.windowDays * dayMs);
    const { phase, turn } = this.state.record;
    if (phase !== 'running' || turn === 'goes') return true;
    if (may || turn === 'none') this.state.change(() => ({ turn: may ? 'goes' : 'waits' }));
    return may;
  }

  private async feed(): Promise<boolean> {
    const { recipients } = this.state;
    const routing = await this.routing();
    if (recipients.unhanded(1).length === 0) {
      if (recipients.totals.waiting === 0) return false;
      const room = await this.room(routing.rate);
      if (room <= 0) return false;
      if (this.state.record.phase !== 'running') return true;
      this.state.change(() => {
        recipients.takeUp(room);
        return {};
      });
    }
    await this.handover.hand(recipients.unhanded(batch), routing);
    return true;
  }

  /** How many more the channel's queue takes now. */
  private async room(rate: number): Promise<number> {
    const { record, recipients } = this.state;
    const ahead = Math.min(mostAhead, Math.max(2, Math.ceil(rate * aheadSeconds)));
    const room = ahead - recipients.totals.queued;
    if (room > 0 || Date.now() - this.heardAt < doubtfulMs) return Math.min(batch, room);
    const doubtful = await channelOf(this.env, record.input.channel).inDoubt(record.id, doubtfulMs);
    return Math.min(batch, room + doubtful);
  }

  /** The channel has told something. */
  heard(): void {
    this.heardAt = Date.now();
    void this.go();
  }

  private async routing(): Promise<MessagingRouting> {
    const { input } = this.state.record;
    const routing = await messagingRouting(this.env, input.channel);
    if (!routing?.saved || routing.nonce === '') {
      throw new Trouble('Its channel was deleted. Duplicate the campaign and choose another channel.');
    }
    if (!routing.enabled) throw new Trouble('Its channel is switched off. Switch it on, then resume.');
    if (!routing.numbers.some(({ number }) => number === input.number)) {
      throw new Trouble(
        `The channel does not have the number ${input.number} any more. Add it, then resume.`,
      );
    }
    return routing;
  }

  private async complete(): Promise<boolean> {
    const { turn, completedAt } = this.state.record;
    if (turn !== 'none') await this.leave();
    if (completedAt === null && this.state.isDone) this.state.change(() => ({ completedAt: Date.now() }));
    return false;
  }

  /** Something that a person has to put right. */
  stop(stopReason: string): void {
    if (this.state.record.phase !== 'running') return;
    this.state.change(() => ({ phase: 'stopped', stopReason }));
  }

  private async leave(): Promise<void> {
    const { id, input } = this.state.record;
    await channelOf(this.env, input.channel).campaignLeaves(id);
    this.state.change(() => ({ turn: 'none' }));
  }

  /** Nothing of a deleted campaign leaves, and nothing of it stays. */
  private async letGo(): Promise<boolean> {
    const { id, input, turnAt } = this.state.record;
    if (turnAt > 0) await channelOf(this.env, input.channel).campaignCancelled(id);
    await this.files.deleteAll();
    this.state.forget();
    return false;
  }

  /** What has not left does not leave any more. */
  private async withdraw(): Promise<void> {
    const { id, input, turnAt } = this.state.record;
    const { recipients } = this.state;
    const messages = turnAt === 0 ? [] : await channelOf(this.env, input.channel).campaignCancelled(id);
    this.state.change(() => {
      for (const message of messages) {
        const named = numberOf(message);
        if (named) recipients.withdrawn(named.recipient, named.attempt);
      }
      return { withdrawn: true, turn: 'none' };
    });
  }
}
