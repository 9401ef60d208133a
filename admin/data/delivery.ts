/**
 * Takes what an agent writes from the page's outbox to the edge: shown at once, kept on this device, uploaded and sent
 * in order, one message of a session at a time.
 */
import { v7 as uuid } from 'uuid';
import * as z from 'zod';
import type { Problem } from '../../core/errors.ts';
import { upload, type Upload } from './api.ts';
import { filesOf, withFiles, type DeskState, type OutboxEntry, type OutgoingDraft } from './desk-state.ts';
import { drop, keep, kept } from './outbox.ts';
import { sendingOf } from './sending.ts';
import type { DeskSocket } from './socket.ts';
import type { Store } from './store.ts';

/** What the outbox needs of an upload's answer, whatever the channel. */
const ticketAnswer = z.object({ upload: z.string() });

/** The pause before a message is tried again that the edge could not take just now. */
const againMs = 2_000;

export class Delivery {
  #agent: string | null = null;
  /** Messages that this device does not hold yet. */
  readonly #keeping = new Set<string>();
  /** Sessions with a message under way. */
  readonly #busy = new Set<string>();
  readonly #uploads = new Map<string, Upload<unknown>>();

  /** `ask` as that of `DeskSocket`. */
  constructor(
    private readonly state: Store<DeskState>,
    private readonly ask: DeskSocket['ask'],
  ) {}

  /** Takes up what this device has kept of the agent's. */
  start(agent: string): void {
    this.#agent = agent;
    void kept(agent).then((waiting) => {
      if (this.#agent !== agent) return;
      const { outbox } = this.state.value;
      const known = new Set(outbox.map(({ id }) => id));
      this.put([...waiting.filter(({ id }) => !known.has(id)), ...outbox]);
      this.flush();
    });
  }

  stop(): void {
    this.#agent = null;
    this.#busy.clear();
  }

  /**
   * Takes a message over. True: it is safe, on this device or, where the browser keeps nothing, at the edge. False: it
   * is not, and has left the outbox.
   */
  async send(session: string, content: OutgoingDraft, replyTo: string | null = null): Promise<boolean> {
    const agent = this.#agent;
    if (agent === null) return false;
    const entry: OutboxEntry = {
      id: uuid(),
      session,
      at: Date.now(),
      content,
      replyTo,
      state: 'waiting',
      progress: 0,
      problem: null,
    };
    this.#keeping.add(entry.id);
    this.put([...this.state.value.outbox, entry]);
    const safe = await keep(agent, entry).then(
      () => true,
      () => false,
    );
    this.#keeping.delete(entry.id);
    if (safe) {
      this.flush();
      return true;
    }
    if (this.#agent !== agent) return false;
    await this.deliver(entry);
    const left = this.find(entry.id);
    if (left && left.state !== 'stored') this.leave(entry.id);
    return !left || left.state === 'stored';
  }

  /** Tries a message again that the edge did not take. */
  retry(id: string): void {
    const entry = this.find(id);
    if (!entry || !this.#agent) return;
    const again: OutboxEntry = { ...entry, state: 'waiting', problem: null, progress: 0 };
    this.change(id, again);
    void keep(this.#agent, again).catch(() => undefined);
    this.flush();
  }

  /** Takes a message back that is not stored at the edge. */
  discard(id: string): void {
    this.#uploads.get(id)?.cancel();
    this.leave(id);
  }

  /** Lets go of messages that have come back as events. */
  forget(entries: readonly OutboxEntry[]): void {
    for (const { id } of entries) if (this.#agent) void drop(this.#agent, id);
  }

  /** Starts the oldest waiting message of each session: one at a time, so that their order holds. */
  flush(): void {
    if (this.state.value.connection !== 'online') return;
    const started = new Set<string>();
    for (const entry of this.state.value.outbox) {
      if (entry.state === 'failed' || entry.state === 'stored' || started.has(entry.session)) continue;
      started.add(entry.session);
      if (this.#busy.has(entry.session) || this.#keeping.has(entry.id)) continue;
      void this.deliver(entry).then(() => this.flush());
    }
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    const agent = this.#agent;
    this.#busy.add(entry.session);
    this.change(entry.id, { state: 'sending' });
    const refusal = await this.transmit(entry);
    this.#busy.delete(entry.session);
    if (this.#agent !== agent || agent === null) return;
    if (refusal === null) {
      await drop(agent, entry.id);
      // An open conversation takes it over when its event comes; a closed one shows it when loaded.
      if (this.state.value.logs.has(entry.session)) this.change(entry.id, { state: 'stored' });
      else this.leave(entry.id);
      return;
    }
    if (refusal.code === 'unavailable') {
      this.change(entry.id, { state: 'waiting', progress: 0 });
      // The connection may be up while one answer got lost.
      await new Promise((resolve) => setTimeout(resolve, againMs));
      return;
    }
    const current = this.find(entry.id);
    if (!current) return;
    const failed: OutboxEntry = { ...current, state: 'failed', problem: refusal };
    this.change(entry.id, failed);
    await keep(agent, failed).catch(() => undefined);
  }

  private async transmit(entry: OutboxEntry): Promise<Problem | null> {
    const uploaded = await this.uploadFiles(entry);
    if ('problem' in uploaded) return uploaded.problem;
    const frame = {
      kind: 'send',
      session: entry.session,
      ...sendingOf(uploaded.content, entry.replyTo),
    } as const;
    const refusal = await this.ask(frame, entry.id);
    if (refusal?.code === 'media_unknown') {
      const files = filesOf(uploaded.content).map((file) => ({ ...file, ticket: null }));
      this.change(entry.id, { content: withFiles(uploaded.content, files) });
    }
    return refusal;
  }

  /** Uploads what has no ticket yet, one file after the other. */
  private async uploadFiles({
    id,
    session,
    content,
  }: OutboxEntry): Promise<{ content: OutgoingDraft } | { problem: Problem }> {
    const files = [...filesOf(content)];
    const total = files.reduce((sum, { file }) => sum + file.size, 0) || 1;
    let done = 0;
    for (const [index, { file, name, ticket }] of files.entries()) {
      if (ticket === null) {
        const path = `/api/media?session=${encodeURIComponent(session)}&name=${encodeURIComponent(name)}`;
        const before = done;
        const sending = upload(path, file, ticketAnswer, (share) =>
          this.change(id, { progress: (before + share * file.size) / total }),
        );
        this.#uploads.set(id, sending);
        const answer = await sending.answer;
        this.#uploads.delete(id);
        if ('problem' in answer) return answer;
        files[index] = { file, name, ticket: answer.value.upload };
        this.change(id, { content: withFiles(content, files) });
      }
      done += file.size;
    }
    return { content: withFiles(content, files) };
  }

  private find(id: string): OutboxEntry | undefined {
    return this.state.value.outbox.find((entry) => entry.id === id);
  }

  private change(id: string, patch: Partial<OutboxEntry>): void {
    this.put(this.state.value.outbox.map((entry) => (entry.id === id ? { ...entry, ...patch } : entry)));
  }

  private leave(id: string): void {
    if (this.#agent) void drop(this.#agent, id);
    this.put(this.state.value.outbox.filter((entry) => entry.id !== id));
  }

  private put(outbox: readonly OutboxEntry[]): void {
    this.state.set({ ...this.state.value, outbox });
  }
}
