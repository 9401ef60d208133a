/** Three short sounds, made by the browser itself. */
import type { Tone } from '../../core/notifications.ts';

let context: AudioContext | null = null;
let lastAt = -Infinity;
/** Many messages at once, such as after a break, sound once. */
const quietMs = 800;

// Browsers let a page sound only after the person has touched it.
for (const kind of ['pointerdown', 'keydown'] as const) {
  addEventListener(kind, () => void (context ??= makeContext())?.resume(), { once: true, capture: true });
}

export const toneNames: Record<Tone, string> = { chime: 'Chime', knock: 'Knock', drop: 'Drop' };

/** One note: from one pitch to another (hertz), after a time, fading out in another (seconds). */
interface Note {
  shape: OscillatorType;
  from: number;
  to: number;
  after: number;
  lasts: number;
  /** Of what full volume is. */
  gain: number;
}

const notes: Record<Tone, readonly Note[]> = {
  chime: [
    { shape: 'sine', from: 784, to: 784, after: 0, lasts: 0.3, gain: 0.33 },
    { shape: 'sine', from: 1047, to: 1047, after: 0.11, lasts: 0.3, gain: 0.33 },
  ],
  knock: [
    { shape: 'triangle', from: 240, to: 120, after: 0, lasts: 0.09, gain: 0.9 },
    { shape: 'triangle', from: 240, to: 120, after: 0.14, lasts: 0.09, gain: 0.9 },
  ],
  drop: [{ shape: 'sine', from: 1300, to: 520, after: 0, lasts: 0.22, gain: 0.45 }],
};

/** Sounds a tone at a volume in per cent; nothing while the browser does not let the page sound. */
export function chime(tone: Tone, volume: number, now = performance.now()): void {
  if (context?.state !== 'running' || volume <= 0 || now - lastAt < quietMs) return;
  lastAt = now;
  for (const note of notes[tone]) play(context, note, volume / 100);
}

/** Sounds it also when one has just sounded, for who chooses. */
export function tryTone(tone: Tone, volume: number): void {
  lastAt = -Infinity;
  chime(tone, volume);
}

/** Two bursts of two pitches: a telephone. */
const ringNotes: readonly Note[] = [0, 0.5].flatMap((after) => [
  { shape: 'sine', from: 880, to: 880, after, lasts: 0.4, gain: 0.3 },
  { shape: 'sine', from: 1109, to: 1109, after, lasts: 0.4, gain: 0.2 },
]);
/** What callers hear while it rings at the other end (ITU-T E.180). */
const backNotes: readonly Note[] = [{ shape: 'sine', from: 425, to: 425, after: 0, lasts: 1.2, gain: 0.15 }];

/** Rings once, at a volume in per cent; nothing while the browser does not let the page sound. */
export function ringTone(volume: number): void {
  sound(ringNotes, volume);
}

/** The quiet tone for who calls. */
export function ringBack(): void {
  sound(backNotes, 60);
}

function sound(notes: readonly Note[], volume: number): void {
  if (context?.state !== 'running' || volume <= 0) return;
  for (const note of notes) play(context, note, volume / 100);
}

function play(audio: AudioContext, { shape, from, to, after, lasts, gain }: Note, loudness: number): void {
  const start = audio.currentTime + after;
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.type = shape;
  source.frequency.setValueAtTime(from, start);
  source.frequency.exponentialRampToValueAtTime(to, start + lasts);
  volume.gain.setValueAtTime(0.0001, start);
  // Ears hear loudness about as its square root.
  volume.gain.exponentialRampToValueAtTime(Math.max(0.0002, gain * loudness ** 2), start + 0.012);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + lasts);
  source.connect(volume).connect(audio.destination);
  source.start(start);
  source.stop(start + lasts + 0.02);
}

function makeContext(): AudioContext | null {
  try {
    return new AudioContext();
  } catch {
    return null;
  }
}
