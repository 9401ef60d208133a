/** Two soft notes, made by the browser itself. */

let context: AudioContext | null = null;

// Browsers let a page sound only after the person has touched it.
for (const kind of ['pointerdown', 'keydown'] as const) {
  addEventListener(kind, () => void (context ??= makeContext())?.resume(), { once: true, capture: true });
}

export function chime(): void {
  if (!context || context.state !== 'running') return;
  note(context, 784, 0);
  note(context, 1047, 0.11);
}

function note(audio: AudioContext, hertz: number, afterSeconds: number): void {
  const start = audio.currentTime + afterSeconds;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.12, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.28);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + 0.3);
}

function makeContext(): AudioContext | null {
  try {
    return new AudioContext();
  } catch {
    return null;
  }
}
