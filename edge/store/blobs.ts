/**
 * Where media and pictures are kept: R2 on Cloudflare, a folder behind workerd's disk service when
 * self-hosted. Keys are paths below the store's root; whoever knows a key may read it, so keys are random.
 */
import type { Env } from '../env.ts';

export interface StoredBlob {
  body: ReadableStream<Uint8Array>;
  /** Bytes, of the whole blob or of the range asked for. */
  size: number;
  /** `bytes 0-99/1234` when only a range is answered. */
  contentRange: string | null;
}

export interface BlobStore {
  put(key: string, bytes: Uint8Array, type: string): Promise<void>;
  /** `length` is null while nobody knows it; what is kept of a stream that fails is for the caller to delete. */
  putStream(
    key: string,
    body: ReadableStream<Uint8Array>,
    type: string,
    length: number | null,
  ): Promise<void>;
  /** `range` is the request's Range header. Null when there is no such blob. */
  get(key: string, range: string | null): Promise<StoredBlob | null>;
  delete(key: string): Promise<void>;
  /** Names directly below `folder` (no trailing slash); folders end with a slash. At most 1,000. */
  list(folder: string): Promise<string[]>;
}

export function blobs(env: Env): BlobStore {
  return env.PARLEY_PLATFORM === 'workerd' ? diskBlobs(env.MEDIA as Fetcher) : r2Blobs(env.MEDIA as R2Bucket);
}

/** workerd's disk service: GET (with Range), PUT, DELETE, and a folder as JSON. */
function diskBlobs(disk: Fetcher): BlobStore {
  const url = (key: string) => `http://disk/${key}`;
  return {
    async put(key, bytes) {
      const answer = await disk.fetch(url(key), { method: 'PUT', body: bytes });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`disk PUT ${answer.status}`);
    },
    async putStream(key, body) {
      const answer = await disk.fetch(url(key), { method: 'PUT', body });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`disk PUT ${answer.status}`);
    },
    async get(key, range) {
      const answer = await disk.fetch(url(key), { headers: range ? { range } : {} });
      if (!answer.ok || !answer.body || answer.headers.get('content-type') === 'application/json') {
        await answer.body?.cancel();
        return null;
      }
      return {
        body: answer.body,
        size: Number(answer.headers.get('content-length') ?? 0),
        contentRange: answer.headers.get('content-range'),
      };
    },
    async delete(key) {
      const answer = await disk.fetch(url(key), { method: 'DELETE' });
      await answer.body?.cancel();
    },
    async list(folder) {
      const answer = await disk.fetch(url(folder));
      if (!answer.ok || answer.headers.get('content-type') !== 'application/json') {
        await answer.body?.cancel();
        return [];
      }
      const entries = await answer.json<{ name: string; type: string }[]>();
      return entries.map(({ name, type }) => (type === 'directory' ? `${name}/` : name)).slice(0, 1000);
    },
  };
}

function r2Blobs(bucket: R2Bucket): BlobStore {
  return {
    async put(key, bytes, type) {
      await bucket.put(key, bytes, { httpMetadata: { contentType: type } });
    },
    async putStream(key, body, type, length) {
      const options = { httpMetadata: { contentType: type } };
      // R2 wants to know how much comes. What nobody has measured is gathered in memory, within reason.
      if (length === null) {
        const bytes = await new Response(body).arrayBuffer();
        await bucket.put(key, bytes, options);
        return;
      }
      const { readable, writable } = new FixedLengthStream(length);
      await Promise.all([body.pipeTo(writable), bucket.put(key, readable, options)]);
    },
    async get(key, range) {
      const object = await bucket.get(key, range ? { range: new Headers({ range }) } : {});
      if (!object) return null;
      const part = range ? object.range : undefined;
      if (part && 'offset' in part && part.offset !== undefined) {
        const length = part.length ?? object.size - part.offset;
        const last = part.offset + length - 1;
        return {
          body: object.body,
          size: length,
          contentRange: length === object.size ? null : `bytes ${part.offset}-${last}/${object.size}`,
        };
      }
      return { body: object.body, size: object.size, contentRange: null };
    },
    async delete(key) {
      await bucket.delete(key);
    },
    async list(folder) {
      const prefix = `${folder}/`;
      const found = await bucket.list({ prefix, delimiter: '/' });
      const names = [...found.objects.map(({ key }) => key), ...found.delimitedPrefixes];
      return names.map((name) => name.slice(prefix.length));
    },
  };
}
