/**
 * Takes messages from the outbox to the edge: in order, one at a time, each until it is confirmed or refused
 * for good. Only the tab that owns the socket delivers; the others show what is waiting.
 */
import type { Image, Pending } from './chat.ts';
import type { Answer } from './gateway.ts';
import { newId } from './ids.ts';
import type { Entry, Outbox } from './outbox.ts';
import type { UploadAnswer } from '../core/visitorProtocol.ts';

/** How the edge answered a `send`: stored, or refused with a problem code. */
export type Sent = { stored: true } | { refused: string };

export interface Road {
  visitor(): string;
  /** Whether messages may go out right now. */
  clear(): boolean;
  /** Resolves when the edge has answered, across reconnects if need be. */
  send(id: string, what: { text?: string; upload?: string }): Promise<Sent>;
  upload(
    file: Blob,
    name: string,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<Answer<UploadAnswer>>;
  /** The edge wants the form filled in, or a newer token, before it takes messages. */
  onFormDue(): void;
  onTokenRefused(): void;
  /** What is waiting has changed; `elsewhere` when other tabs have to look into the outbox too. */
  onChange(elsewhere: boolean): void;
  onProgress(id: string, share: number): void;
}

/** Codes after which the same message may go through a little later. */
const passing = new Set(['too_many_requests', 'unavailable']);
const formCodes = new Set(['profile_required', 'consent_required']);
const retryMs = [2000, 4000, 8000, 15_000, 30_000];

export class Delivery {
  #entries: readonly Entry[] = [];
  /** Not stored yet. */
  #entering: readonly Pending[] = [];
  /** Confirmed, but not yet seen in the log. */
  #confirmed = new Map<string, Entry>();
  #progress = new Map<string, number>();
  #uploads = new Map<string, AbortController>();
  /** Looks into the outbox: how many were begun, and which of them is shown. */
  #asked = 0;
  #known = 0;
  #running = false;
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly road: Road,
  ) {}

  /** What to show as waiting, oldest first. */
  get pending(): Pending[] {
    const waiting = this.#entries.filter(({ id }) => !this.#confirmed.has(id));
    const shown: Pending[] = [...this.#confirmed.values(), ...waiting];
    for (const draft of this.#entering) {
      if (!shown.some(({ id }) => id === draft.id)) shown.push({ ...draft, entering: true });
    }
    return shown.map((entry) => {
      const progress = this.#progress.get(entry.id);
      return progress === undefined ? entry : { ...entry, progress };
    });
  }

  async add(message: { text: string } | Image): Promise<void> {
    const draft = { id: newId(), at: Date.now(), visitor: this.road.visitor(), ...message };
    this.#entering = [...this.#entering, draft];
    this.road.onChange(false);
    const entry = await this.outbox.add(draft);
    // A visitor without a name may have got one while the message was being stored.
    const visitor = this.road.visitor();
    if (entry.visitor === '' && visitor !== '') await this.outbox.put({ ...entry, visitor });
    await this.#changed();
    this.#entering = this.#entering.filter((other) => other !== draft);
  }

  async resend(id: string): Promise<void> {
    const entry = this.#entries.find((candidate) => candidate.id === id);
    if (!entry) return;
    const { problem: _, ...again } = entry;
    await this.outbox.put(again);
    await this.#changed();
  }

  async discard(id: string): Promise<void> {
    this.#uploads.get(id)?.abort();
    await this.outbox.remove(id);
    await this.#changed();
  }

  /** Looks into the outbox again, then delivers. */
  async reload(): Promise<void> {
    const turn = ++this.#asked;
    const entries = await this.outbox.list(this.road.visitor());
    // Two looks at once may come back in the other order; the later one knows more.
    if (turn < this.#known) return;
    this.#known = turn;
    this.#entries = entries;
    const known = new Set(this.#entries.map(({ id }) => id));
    for (const [id, upload] of this.#uploads) if (!known.has(id)) upload.abort();
    this.road.onChange(false);
    void this.flush();
  }

  /** Takes out what the log shows as stored. */
  async settle(inLog: (id: string) => boolean): Promise<void> {
    for (const id of this.#confirmed.keys()) if (inLog(id)) this.#confirmed.delete(id);
    const stored = this.#entries.filter(({ id }) => inLog(id));
    if (stored.length === 0) return;
    this.#entries = this.#entries.filter((entry) => !stored.includes(entry));
    for (const { id } of stored) await this.outbox.remove(id);
    this.road.onChange(true);
  }

  noteProgress(id: string, share: number): void {
    this.#progress.set(id, share);
    this.road.onChange(false);
  }

  /** Forgets everything shown, for another visitor; what is stored stays theirs. */
  reset(): void {
    for (const upload of this.#uploads.values()) upload.abort();
    this.#known = ++this.#asked;
    this.#entries = [];
    this.#confirmed.clear();
    this.#progress.clear();
  }

  /** Delivers until nothing is left, or the road is not clear. */
  async flush(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#retry);
    try {
      while (this.road.clear()) {
        const entry = this.#entries.find(({ problem, id }) => !problem && !this.#confirmed.has(id));
        if (!entry) break;
        if (await this.#deliver(entry)) this.#tries = 0;
        else {
          this.#later();
          break;
        }
      }
    } finally {
      this.#running = false;
    }
  }

  /** Whether the next message may follow at once. */
  async #deliver(entry: Entry): Promise<boolean> {
    let { upload } = entry;
    if (entry.file && upload === undefined) {
      const answer = await this.#upload(entry, entry.file);
      if (answer === null) return true;
      if ('unreachable' in answer) return false;
      if ('refused' in answer) return this.#refused(entry, answer.refused.code);
      upload = answer.ok.upload;
      await this.#replace({ ...entry, upload });
    }
    const what = upload === undefined ? { text: entry.text ?? '' } : { upload };
    const sent = await this.road.send(entry.id, what);
    if ('refused' in sent) return this.#refused(entry, sent.refused);
    this.#confirmed.set(entry.id, entry);
    await this.outbox.remove(entry.id);
    await this.#changed();
    return true;
  }

  /** Null when the visitor took the image back meanwhile. */
  async #upload(entry: Entry, file: Blob): Promise<Answer<UploadAnswer> | null> {
    const stop = new AbortController();
    this.#uploads.set(entry.id, stop);
    const report = (share: number) => {
      this.#progress.set(entry.id, share);
      this.road.onProgress(entry.id, share);
    };
    report(0);
    const answer = await this.road.upload(file, entry.name ?? 'image', stop.signal, report);
    this.#uploads.delete(entry.id);
    this.#progress.delete(entry.id);
    return stop.signal.aborted ? null : answer;
  }

  async #refused(entry: Entry, code: string): Promise<boolean> {
    if (passing.has(code)) return false;
    if (formCodes.has(code)) {
      this.road.onFormDue();
      return true;
    }
    if (code.startsWith('token_')) {
      this.road.onTokenRefused();
      return false;
    }
    // The ticket was used up or ran out; the file is still here, so it is uploaded again.
    if (code === 'media_unknown' && entry.upload !== undefined) {
      const { upload: _, ...again } = entry;
      await this.#replace(again);
      return true;
    }
    await this.#replace({ ...entry, problem: code });
    return true;
  }

  async #replace(entry: Entry): Promise<void> {
    await this.outbox.put(entry);
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.reload();
    this.road.onChange(true);
  }

  #later(): void {
    const wait = retryMs[Math.min(this.#tries++, retryMs.length - 1)];
    this.#retry = setTimeout(() => void this.flush(), wait);
  }
}
