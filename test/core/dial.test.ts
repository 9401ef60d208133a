/** CALL-06: what a call through the PBX came to, in the network's numbers and in the timeline's words. */
import { describe, expect, it } from 'vitest';
import { dialReport, outcomeOfStatus, type DialOutcome } from '../../core/dial.ts';
import { noSession, decide, place, evolve } from '../../core/session.ts';
import { sipTarget } from '../../core/pbx.ts';
import { dialWords } from '../../admin/inbox/dial-words.ts';

const ann = { id: 'a', name: 'Ann', extension: '1001', photo: null };
const report = { number: '+4930123456', ringingMs: 7000, talkingMs: 65_000, outcome: 'answered' as const };

describe('a call through the PBX', () => {
  it('[CALL-06] means by its final answer what RFC 3261 says', () => {
    const meant = (...codes: number[]) => codes.map(outcomeOfStatus);
    expect(meant(486, 600, 480, 408, 487, 603)).toEqual([
      'busy',
      'busy',
      'missed',
      'missed',
      'cancelled',
      'declined',
    ]);
    expect(meant(404, 484, 604)).toEqual(['noNumber', 'noNumber', 'noNumber']);
    expect(meant(401, 403, 407)).toEqual(['notAllowed', 'notAllowed', 'notAllowed']);
    expect(meant(503, 500, 488, 0)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('[CALL-04] [CALL-06] stands in the timeline with who, number, duration and outcome', () => {
    expect(dialWords(report, 'Ann')).toBe('Ann called +4930123456 and talked for 1:05');
    const words = (outcome: DialOutcome) => dialWords({ ...report, outcome }, 'You');
    expect(words('busy')).toBe('You called +4930123456, which was busy');
    expect(words('cancelled')).toBe('You called +4930123456 and hung up after 0:07');
    const all = dialReport.shape.outcome.options.map(words);
    expect(new Set(all).size).toBe(all.length);
  });

  it('[CALL-04] [CALL-06] is a record that does not open a session again', () => {
    const command = {
      kind: 'remark' as const,
      events: [{ kind: 'dialled' as const, id: 'd1', agent: ann, report }],
    };
    const made = decide(noSession, command, 0);
    if ('refusal' in made) throw new Error('refused');
    expect(place(noSession, made.events, 5).reduce(evolve, noSession).open).toBeNull();
  });

  it('[CALL-06] dials what people write between digits without it', () => {
    expect(sipTarget('+49 (30) 123-456', 'pbx.example.com')).toBe('sip:+4930123456@pbx.example.com');
    expect(sipTarget('*21#', 'pbx.example.com')).toBe('sip:*21%23@pbx.example.com');
  });
});
