/** The visitor's two HTTP calls. Answers are values; `unreachable` says that it is worth trying again. */
import type * as z from 'zod/mini';
import {
  errorAnswer,
  helloAnswer,
  type problemFrame,
  uploadAnswer,
  type HelloAnswer,
  type HelloRequest,
  type UploadAnswer,
} from '../core/visitorProtocol.ts';

export type Refusal = z.infer<typeof problemFrame>;
export type Answer<T> = { ok: T } | { refused: Refusal } | { unreachable: true };

/** Waits between hellos, ms, by how many have failed. */
const retryMs = [1000, 2000, 5000, 10_000, 20_000, 30_000];

/** Says hello, with whatever `request` gives at the time, until the edge answers. */
export async function helloUntilReached(
  gateway: string,
  request: () => HelloRequest,
  onUnreachable: () => void,
): Promise<{ ok: HelloAnswer } | { refused: Refusal }> {
  for (let tries = 0; ; tries++) {
    const answer = await hello(gateway, request());
    if (!('unreachable' in answer)) return answer;
    onUnreachable();
    await soon(retryMs[Math.min(tries, retryMs.length - 1)] ?? 0);
  }
}

async function hello(gateway: string, request: HelloRequest): Promise<Answer<HelloAnswer>> {
  try {
    const response = await fetch(`${gateway}/visitor/hello`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify(request),
    });
    const body: unknown = await response.json();
    if (response.ok) return { ok: helloAnswer.parse(body) };
    return refusal(response.status, body);
  } catch {
    return { unreachable: true };
  }
}

/** Uploads an image; fetch cannot tell how far it is, so this is an XMLHttpRequest. */
export function upload(
  gateway: string,
  channelNumber: string,
  token: string,
  file: Blob,
  name: string,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Answer<UploadAnswer>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ channelNumber, name });
    request.open('PUT', `${gateway}/visitor/media?${query}`);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.responseType = 'text';
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      try {
        const body: unknown = JSON.parse(request.responseText);
        resolve(request.status === 200 ? { ok: uploadAnswer.parse(body) } : refusal(request.status, body));
      } catch {
        resolve({ unreachable: true });
      }
    };
    request.onerror = () => resolve({ unreachable: true });
    request.onabort = request.onerror;
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** A refusal that time may heal counts as not reached. */
function refusal(status: number, body: unknown): { refused: Refusal } | { unreachable: true } {
  if (status === 429 || status >= 500) return { unreachable: true };
  return { refused: errorAnswer.parse(body).error };
}

/** Waits, but no longer than until the network or the visitor comes back. */
function soon(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => {
      done.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end, done);
    document.addEventListener('visibilitychange', end, done);
  });
}
