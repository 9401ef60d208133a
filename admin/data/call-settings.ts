/** How calls find their way through networks, and whether that works from this browser. */
import { peerConfiguration } from '../../core/callProtocol.ts';
import {
  callSettings,
  iceAnswer,
  type CallSettings,
  type CallSettingsInput,
} from '../../core/callSettings.ts';
import { call, type Answer } from './api.ts';

export const readCallSettings = (): Promise<Answer<CallSettings>> => call('GET', '/api/calls', callSettings);
export const saveCallSettings = (input: CallSettingsInput): Promise<Answer<CallSettings>> =>
  call('PUT', '/api/calls', callSettings, input);

export interface ServerTest {
  /** Whether a STUN server has told this browser its public address. */
  stun: boolean;
  /** Whether a TURN server has let it in. */
  turn: boolean;
}

/** Longest that servers may take to answer. */
const gatherMs = 6_000;

/** Asks the saved servers as a call would do it. */
export async function testServers(): Promise<Answer<ServerTest>> {
  const answer = await call('POST', '/api/calls/test', iceAnswer, {});
  if ('problem' in answer) return answer;
  const found: ServerTest = { stun: false, turn: false };
  const peer = new RTCPeerConnection(peerConfiguration(answer.value));
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, gatherMs);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      peer.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate === null) done();
        if (candidate?.type === 'srflx') found.stun = true;
        if (candidate?.type === 'relay') found.turn = true;
      });
      // Something to find a way for.
      peer.createDataChannel('test');
      peer.setLocalDescription().catch(reject);
    });
  } finally {
    peer.close();
  }
  return { value: found };
}
