/** The rules of the sound between two ends: they agree whoever offers when, and know when to try again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brokenForGoodMs,
  onCandidate,
  onDescription,
  qualityOf,
  recovery,
  type LinkHealth,
} from '../../core/callLink.ts';
import type { CallFrom } from '../../core/log.ts';

/** A peer connection as far as negotiation goes; what it sends is in the other one's `mail`. */
class Peer {
  signaling: 'stable' | 'have-local-offer' = 'stable';
  wants = false;
  mail: ('offer' | 'answer')[] = [];
  other!: Peer;

  constructor(readonly side: CallFrom) {}

  negotiate(): void {
    this.wants = true;
    if (this.signaling !== 'stable') return;
    this.wants = false;
    this.signaling = 'have-local-offer';
    this.other.mail.push('offer');
  }

  read(): void {
    const type = this.mail.shift();
    if (!type) return;
    const { side, signaling } = this;
    if (onDescription(type, { side, makingOffer: false, signaling, takingAnswer: false }) === 'ignore')
      return;
    if (type === 'offer') {
      // Its own offer is taken back, so that the browser asks for negotiation again.
      if (this.signaling === 'have-local-offer') this.wants = true;
      this.other.mail.push('answer');
    }
    this.signaling = 'stable';
    if (this.wants) this.negotiate();
  }
}

describe('negotiation', () => {
  it('[CALL-01] ends with both in agreement, whoever offers and in whatever order it is read', () => {
    const step = fc.constantFrom('visitorOffers', 'agentOffers', 'visitorReads', 'agentReads');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [visitor, agent] = [new Peer('customer'), new Peer('agent')];
        visitor.other = agent;
        agent.other = visitor;
        for (const one of steps) {
          if (one === 'visitorOffers') visitor.negotiate();
          else if (one === 'agentOffers') agent.negotiate();
          else if (one === 'visitorReads') visitor.read();
          else agent.read();
        }
        for (let rest = 0; visitor.mail.length + agent.mail.length > 0 && rest < 500; rest++) {
          visitor.read();
          agent.read();
        }
        expect([visitor.signaling, agent.signaling]).toEqual(['stable', 'stable']);
        expect([visitor.wants, agent.wants]).toEqual([false, false]);
        expect([visitor.mail, agent.mail]).toEqual([[], []]);
      }),
    );
  });

  it('[CALL-01] yields on one side only while an offer is being made', () => {
    const making = { makingOffer: true, signaling: 'stable', takingAnswer: false };
    expect(onDescription('offer', { side: 'customer', ...making })).toBe('take');
    expect(onDescription('offer', { side: 'agent', ...making })).toBe('ignore');
    const taking = { makingOffer: false, signaling: 'have-local-offer', takingAnswer: true };
    expect(onDescription('offer', { side: 'agent', ...taking })).toBe('take');
    expect(onDescription('answer', { side: 'agent', ...making })).toBe('ignore');
  });

  it('[CALL-01] keeps candidates that come before the description, and drops those of an ignored offer', () => {
    expect(onCandidate({ described: false, ignoredOffer: false })).toBe('keep');
    expect(onCandidate({ described: true, ignoredOffer: false })).toBe('add');
    expect(onCandidate({ described: true, ignoredOffer: true })).toBe('drop');
  });
});

describe('a link that breaks', () => {
  const well: LinkHealth = {
    ice: 'connected',
    brokenMs: 0,
    restartedMs: 60_000,
    offerMs: null,
    signalling: true,
  };

  it('[CALL-03] restarts ICE once the network does not mend by itself, and again when that did not help', () => {
    expect(recovery(well)).toBe('wait');
    const broken: LinkHealth = { ...well, ice: 'disconnected', brokenMs: 1_000 };
    expect(recovery(broken)).toBe('wait');
    expect(recovery({ ...broken, brokenMs: 4_000 })).toBe('restart');
    expect(recovery({ ...broken, brokenMs: 5_000, restartedMs: 1_000 })).toBe('wait');
    expect(recovery({ ...broken, ice: 'failed', brokenMs: 9_000, restartedMs: 7_000 })).toBe('restart');
    expect(recovery({ ...well, offerMs: 7_000, restartedMs: 7_000 })).toBe('restart');
  });

  it('[CALL-03] waits for the socket, without which nobody hears of a restart, and gives up in the end', () => {
    const cut: LinkHealth = { ...well, ice: 'failed', brokenMs: 8_000, signalling: false };
    expect(recovery(cut)).toBe('wait');
    expect(recovery({ ...cut, signalling: true })).toBe('restart');
    expect(recovery({ ...cut, brokenMs: brokenForGoodMs })).toBe('giveUp');
  });

  it('[CALL-02] tells how it sounds by delay, loss and jitter', () => {
    const fine = { rttMs: 60, loss: 0, jitterMs: 5 };
    expect(qualityOf(fine)).toBe('good');
    expect(qualityOf({ ...fine, rttMs: null })).toBe('good');
    expect(qualityOf({ ...fine, loss: 0.04 })).toBe('fair');
    expect(qualityOf({ ...fine, rttMs: 700 })).toBe('poor');
    expect(qualityOf({ ...fine, jitterMs: 90 })).toBe('poor');
  });
});
