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
} from '../core/protocol.ts';

export type Refusal = z.infer<typeof problemFrame>;
export type Answer<T> = { ok: T } | { refused: Refusal } | { unreachable: true };

export async function hello(gateway: string, request: HelloRequest): Promise<Answer<HelloAnswer>> {
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
