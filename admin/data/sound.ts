/** Microphones and speakers: getting at them, and which ones this device is to use. */
import { Store } from './store.ts';

export interface SoundDevice {
  id: string;
  label: string;
}

export interface SoundDevices {
  microphones: readonly SoundDevice[];
  /** Empty where the browser does not let pages choose. */
  speakers: readonly SoundDevice[];
  microphone: string;
  speaker: string;
}

const microphoneKey = 'parley.microphone';
const speakerKey = 'parley.speaker';

/** What there is, once a microphone was allowed: before, browsers name no devices. */
export const soundDevices = new Store<SoundDevices>({
  microphones: [],
  speakers: [],
  microphone: localStorage.getItem(microphoneKey) ?? '',
  speaker: localStorage.getItem(speakerKey) ?? '',
});

/** Absent on pages without HTTPS, whatever the types say. */
const devices = navigator.mediaDevices as MediaDevices | undefined;
devices?.addEventListener('devicechange', () => void readDevices());

/** The chosen microphone, or the system's; or why there is none, and what to do. */
export async function openMicrophone(): Promise<{ microphone: MediaStream } | { problem: string }> {
  if (!devices) return { problem: 'Calls need HTTPS. Open Parley at its secure address.' };
  const { microphone } = soundDevices.value;
  try {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const chosen = microphone === '' ? {} : { deviceId: { ideal: microphone } };
    const stream = await devices.getUserMedia({ audio: { ...audio, ...chosen } });
    void readDevices();
    return { microphone: stream };
  } catch (error) {
    return { problem: wordsOf(error) };
  }
}

export function chooseMicrophone(id: string): void {
  localStorage.setItem(microphoneKey, id);
  soundDevices.set({ ...soundDevices.value, microphone: id });
}

export function chooseSpeaker(id: string): void {
  localStorage.setItem(speakerKey, id);
  soundDevices.set({ ...soundDevices.value, speaker: id });
}

async function readDevices(): Promise<void> {
  const found = (await devices?.enumerateDevices()) ?? [];
  const of = (kind: MediaDeviceKind, name: string): SoundDevice[] =>
    found
      .filter((one) => one.kind === kind && one.deviceId !== '')
      .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `${name} ${index + 1}` }));
  const canChoose = 'setSinkId' in HTMLMediaElement.prototype;
  const next = {
    ...soundDevices.value,
    microphones: of('audioinput', 'Microphone'),
    speakers: canChoose ? of('audiooutput', 'Speaker') : [],
  };
  if (JSON.stringify(next) !== JSON.stringify(soundDevices.value)) soundDevices.set(next);
}

function wordsOf(error: unknown): string {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
      return 'The microphone is blocked. Allow it beside the address in the browser, then try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Plug one in, then try again.';
    case 'NotReadableError':
      return 'Another program uses the microphone. Close it there, then try again.';
    default:
      return 'The microphone did not start. Unplug it and plug it in again, or reload the page.';
  }
}
