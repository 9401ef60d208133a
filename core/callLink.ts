/**
 * The rules of the sound between the two ends of a call, for the visitor's page and the inbox: "perfect negotiation"
 * (W3C WebRTC, section 10.7), and when to restart ICE or to give up. Who carries them out has the peer connection.
 *
 * Each link, that is each pair of ends, has a peer connection of its own. The agent's end makes the first offer of a
 * link as soon as it knows both ends; later either end may.
 */
import type { CallFrom } from './log.ts';

/** The side that makes the first offer of a link, and whose offer counts when both make one. */
export const offersFirst = (side: CallFrom): boolean => side === 'agent';

export interface Negotiation {
  side: CallFrom;
  /** From calling setLocalDescription() for an offer until that is done. */
  makingOffer: boolean;
  /** RTCPeerConnection.signalingState. */
  signaling: string;
  /** From calling setRemoteDescription() for an answer until that is done. */
  takingAnswer: boolean;
}

/**
 * What to do with a description of the other end. `take`: setRemoteDescription(), which takes back an offer of this
 * end by itself, then answer an offer. `ignore`: leave it, and the candidates that come with it.
 */
export function onDescription(
  type: 'offer' | 'answer',
  { side, makingOffer, signaling, takingAnswer }: Negotiation,
): 'take' | 'ignore' {
  // An answer to an offer that has been taken back since says nothing any more.
  if (type === 'answer') return signaling === 'have-local-offer' ? 'take' : 'ignore';
  const ready = !makingOffer && (signaling === 'stable' || takingAnswer);
  return ready || !offersFirst(side) ? 'take' : 'ignore';
}

/** What to do with a candidate: `keep` it until there is a remote description, `drop` those of an ignored offer. */
export function onCandidate(of: { described: boolean; ignoredOffer: boolean }): 'add' | 'keep' | 'drop' {
  if (of.ignoredOffer) return 'drop';
  return of.described ? 'add' : 'keep';
}

/** How a link is doing. Times are durations in ms. */
export interface LinkHealth {
  /** RTCPeerConnection.iceConnectionState. */
  ice: string;
  /** Since when no sound can come through; 0 when it can. */
  brokenMs: number;
  /** Since this end last restarted ICE, or the link began. */
  restartedMs: number;
  /** Since when an offer of this end waits for its answer; null when none does. */
  offerMs: number | null;
  /** Whether this end's socket to the edge is open. */
  signalling: boolean;
}

/** A blink of the network mends by itself. */
const blinkMs = 3_000;
/** How long a restart may take before the next one. */
const restartMs = 6_000;
/** Without sound for this long a call makes no sense. */
export const brokenForGoodMs = 25_000;

/**
 * What to do about a link; asked every second and with each change of its state. `restart`: take an offer back that
 * waits (setLocalDescription rollback), then restartIce() and negotiate.
 */
export function recovery(health: LinkHealth): 'wait' | 'restart' | 'giveUp' {
  const { ice, brokenMs, restartedMs, offerMs, signalling } = health;
  if (brokenMs >= brokenForGoodMs) return 'giveUp';
  if (!signalling || restartedMs < restartMs) return 'wait';
  // Its answer, or the offer itself, got lost with a socket.
  if (offerMs !== null && offerMs >= restartMs) return 'restart';
  if (ice === 'failed') return 'restart';
  if (ice === 'disconnected' && brokenMs >= blinkMs) return 'restart';
  return 'wait';
}

/** Whether sound can come through in this iceConnectionState. */
export const isConnected = (ice: string): boolean => ice === 'connected' || ice === 'completed';

/** What getStats() says of the last seconds. */
export interface LinkStats {
  /** Round trip, ms; null when it is not known yet. */
  rttMs: number | null;
  /** Share of packets lost, 0 to 1. */
  loss: number;
  jitterMs: number;
}

export type LinkQuality = 'good' | 'fair' | 'poor';

/** How it sounds, by what telephony takes for good: ITU-T G.114 for delay, G.113 for loss with concealment. */
export function qualityOf({ rttMs, loss, jitterMs }: LinkStats): LinkQuality {
  const rtt = rttMs ?? 0;
  if (loss >= 0.08 || rtt >= 600 || jitterMs >= 80) return 'poor';
  return loss >= 0.03 || rtt >= 300 || jitterMs >= 40 ? 'fair' : 'good';
}
