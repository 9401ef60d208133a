/** The sounds of a telephone, made on the spot: no file to fetch. Browsers stay silent until the visitor has acted. */

/** `waiting`: it rings at the other end. `incoming`: somebody calls. */
export type Tone = 'waiting' | 'incoming';

/** Pitches (Hz), how long each sounds and how often they come again (s). */
const tones: Record<Tone, { pitches: number[]; lasts: number; every: number; together: boolean }> = {
  waiting: { pitches: [440, 480], lasts: 1.2, every: 4, together: true },
  incoming: { pitches: [660, 880, 660, 880], lasts: 0.22, every: 2.5, together: false },
};
const loudness = 0.06;

/** Plays a tone again and again; answers the function that ends it. */
export function ring(tone: Tone): () => void {
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch {
    return () => undefined;
  }
  const { every } = tones[tone];
  let next = context.currentTime + 0.05;
  const play = () => {
    // One ahead, so that a page whose timers are slowed down still rings in time.
    while (next < context.currentTime + every) {
      once(context, tone, next);
      next += every;
    }
  };
  play();
  const timer = setInterval(play, 1000);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

function once(context: AudioContext, tone: Tone, from: number): void {
  const { pitches, lasts, together } = tones[tone];
  pitches.forEach((frequency, index) => {
    const start = together ? from : from + index * lasts;
    const end = start + lasts;
    const sound = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(loudness, start + 0.03);
    volume.gain.setValueAtTime(loudness, end - 0.05);
    volume.gain.linearRampToValueAtTime(0, end);
    sound.connect(volume).connect(context.destination);
    sound.start(start);
    sound.stop(end);
  });
}
