/** The one way to the HTTP API: what comes back is parsed, and a refusal is a value with words for people. */
import * as z from 'zod';
import { problem, problemCodes, type Problem } from '../../core/errors.ts';
import { errorAnswer } from '../../core/protocol.ts';

/** What was asked for, or why not. */
export type Answer<T> = { value: T } | { problem: Problem };

export const nothing = z.object({});

/** Of the full zod or the small one. */
type Schema<T> = z.core.$ZodType<T>;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let onSignedOut: () => void = () => undefined;

/** Tells who wants to know that the sign-in has ended. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

const unreachable = problem('unavailable', {
  message: 'The server cannot be reached. Check your connection and try again.',
});

const notUnderstood = problem('unavailable', {
  message: 'The server gave an answer that this page does not understand. Reload the page and try again.',
});

/** Calls `path`; never throws. */
export async function call<T>(
  method: Method,
  path: string,
  schema: Schema<T>,
  body?: unknown,
): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    return { problem: unreachable };
  }
  return readAnswer(response.status, await response.text().catch(() => ''), schema);
}

export interface Upload<T> {
  answer: Promise<Answer<T>>;
  cancel(): void;
}

/** Sends a file as it is; `onProgress` gets 0 to 1. A cancelled upload answers a problem. */
export function upload<T>(
  path: string,
  file: Blob,
  schema: Schema<T>,
  onProgress: (share: number) => void = () => undefined,
): Upload<T> {
  const request = new XMLHttpRequest();
  const answer = new Promise<Answer<T>>((resolve) => {
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener('load', () => resolve(readAnswer(request.status, request.responseText, schema)));
    for (const kind of ['error', 'timeout', 'abort'] as const) {
      request.addEventListener(kind, () => resolve({ problem: unreachable }));
    }
  });
  request.open('PUT', path);
  if (file.type) request.setRequestHeader('content-type', file.type);
  request.send(file);
  return { answer, cancel: () => request.abort() };
}

function readAnswer<T>(status: number, text: string, schema: Schema<T>): Answer<T> {
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    const parsed = z.safeParse(schema, body);
    return parsed.success ? { value: parsed.data } : { problem: notUnderstood };
  }
  const refused = errorAnswer.safeParse(body);
  if (!refused.success) return { problem: status >= 500 ? unreachable : notUnderstood };
  const found = asProblem(refused.data.error);
  if (found.code === 'sign_in_required') onSignedOut();
  return { problem: found };
}

/** Waits for several answers: all values in the order they were asked for, or the first problem. */
export async function together<T extends unknown[]>(
  ...asked: { [K in keyof T]: Answer<T[K]> | Promise<Answer<T[K]>> }
): Promise<Answer<T>> {
  const values: unknown[] = [];
  for (const answer of await Promise.all(asked)) {
    if ('problem' in answer) return answer;
    values.push(answer.value);
  }
  return { value: values as T };
}

/** A problem as it travels, with its code checked; an unknown code keeps its words. */
export function asProblem(frame: {
  code: string;
  message: string;
  field?: string | undefined;
  details?: string[] | undefined;
}): Problem {
  const code = problemCodes.find((known) => known === frame.code) ?? 'unavailable';
  return problem(code, {
    message: frame.message,
    ...(frame.field === undefined ? {} : { field: frame.field }),
    ...(frame.details === undefined ? {} : { details: frame.details }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
