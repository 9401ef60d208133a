/** The visitor's microphone and speakers: asked for only when a call begins, and changed while it goes on. */
import type { Failure } from './words.ts';

/** Asks for a microphone; `device` is the id of the one to take, if it is there. */
export async function openMicrophone(device = ''): Promise<MediaStream | Failure> {
  const audio = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(device && { deviceId: { ideal: device } }),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    return whyNot(error);
  }
}

function whyNot(error: unknown): Failure {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return allowedByPage() ? 'denied' : 'forbidden';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'noMicrophone';
    case 'NotReadableError':
    case 'AbortError':
      return 'microphoneInUse';
    default:
      return 'failed';
  }
}

/** Whether the website lets its pages use a microphone at all; only some browsers say. */
function allowedByPage(): boolean {
  const page = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return page.featurePolicy?.allowsFeature('microphone') ?? true;
}

export interface Device {
  id: string;
  name: string;
}

export interface Devices {
  microphones: Device[];
  /** Empty where the browser lets nobody choose. */
  speakers: Device[];
}

/** What can be chosen from. Names are there only once a microphone has been allowed. */
export async function listDevices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const ofKind = (kind: MediaDeviceKind) =>
    all
      .filter((device) => device.kind === kind)
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return {
    microphones: ofKind('audioinput'),
    speakers: 'setSinkId' in HTMLMediaElement.prototype ? ofKind('audiooutput') : [],
  };
}
