/** Tells a visitor who looks elsewhere that somebody answered: page title, and a soft sound. */

/** Counts unread messages in the page's title, after a sign, and takes only its own part out again. */
export function noticeInTitle(unread: number, sign: string): void {
  const title = document.title.replace(/^(📞 )?(\(\d+\) )?/u, '');
  const next = sign + (unread > 0 ? `(${unread}) ${title}` : title);
  if (document.title !== next) document.title = next;
}

let context: AudioContext | undefined;

/** Two falling tones, made on the spot: no file to fetch. Browsers stay silent until the visitor has acted. */
export function chime(): void {
  try {
    context ??= new AudioContext();
    const { currentTime, destination } = context;
    for (const [delay, pitch] of [
      [0, 880],
      [0.12, 660],
    ] as const) {
      const tone = new OscillatorNode(context, { frequency: pitch });
      const volume = new GainNode(context, { gain: 0 });
      const start = currentTime + delay;
      volume.gain.linearRampToValueAtTime(0.08, start + 0.01);
      volume.gain.setValueAtTime(0.08, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
      tone.connect(volume).connect(destination);
      tone.start(start);
      tone.stop(start + 0.4);
    }
  } catch {
    context = undefined;
  }
}
