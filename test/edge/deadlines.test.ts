import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../edge/deadlines.ts';

/** Ends when its signal aborts. */
const hanging = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () =>
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))),
    ),
  );

describe('deadlines of calls', () => {
  it('end what takes too long, the shortest first, and leave the others alone', async () => {
    const deadlines = new Deadlines();
    const ended: string[] = [];
    const end = (name: string, ms: number) =>
      deadlines.within(ms, hanging).catch((error: unknown) => {
        ended.push(`${name}: ${error instanceof DOMException ? error.name : String(error)}`);
      });
    let release = () => undefined as void;
    const patient = deadlines.within(
      60_000,
      () => new Promise<string>((done) => (release = () => done('whole'))),
    );
    await Promise.all([end('long', 120), end('short', 20), end('middle', 60)]);
    expect(ended).toEqual(['short: TimeoutError', 'middle: TimeoutError', 'long: TimeoutError']);
    release();
    expect(await patient).toBe('whole');
  });

  it('answer what the task answers, and throw what it throws', async () => {
    const deadlines = new Deadlines();
    expect(await deadlines.within(1_000, () => Promise.resolve(1))).toBe(1);
    await expect(deadlines.within(1_000, () => Promise.reject(new Error('refused')))).rejects.toThrow(
      'refused',
    );
  });
});
