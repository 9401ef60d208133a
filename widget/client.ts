/**
 * The conversation of this page with the edge: says hello, connects when that is wanted, and keeps the state
 * that the panel draws. The pieces are each in their own file: socket, tabs, outbox and delivery, the fold.
 */
import { advanceMarks, type CustomerProfile, type ChatEvent } from '../core/log.ts';
import type { HelloAnswer, ToVisitorFrame, VisitorFrame, WidgetConfig } from '../core/visitorProtocol.ts';
import { emptyState, needsForm } from './chat.ts';
import type { Chat, ChatState, Image, Link, Refused } from './chat.ts';
import { Connection } from './connection.ts';
import { Delivery } from './delivery.ts';
import { upload } from './gateway.ts';
import { Greeter } from './greeter.ts';
import { newId } from './ids.ts';
import type { Identity } from './identity.ts';
import { Outbox } from './outbox.ts';
import { canCall, thisPage } from './page.ts';
import { fold, holds, lastSeq, type Shared } from './store.ts';
import { Requests, type Answered, type Request } from './requests.ts';
import { Tabs, type TabMessage } from './tabs.ts';
import { Typing } from './typing.ts';

export interface ClientEvents {
  /**
   * Events that happened while this page looked on; what a first connect replays is not among them. All tabs
   * hear of them; one of them leads.
   */
  onFresh(events: ChatEvent[], leading: boolean): void;
  /** What the edge says of calls, unread; null when this page begins anew and has heard of none. */
  onCall(said: unknown): void;
  /** This page may not use the channel; nothing more will be tried. */
  onRefused(reason: string): void;
}

export class Client implements Chat {
  #shared: Shared = emptyState;
  #config: WidgetConfig | null = null;
  #link: Link = 'idle';
  /** The visitor whose conversation the state is. */
  #shown = '';
  /** Whether the visitor or the website did something, so that this page may store and connect. */
  #acted = false;
  #welcomed = false;
  #attributes: Record<string, string> = {};
  #tabs: Tabs | null = null;
  #connection: Connection | null = null;
  #requests = new Requests();
  #listeners = new Set<() => void>();
  #state: ChatState = emptyState;
  readonly #delivery: Delivery;
  readonly #greeter: Greeter;
  readonly #typing: Typing;
  readonly #outbox: Outbox;

  constructor(
    private readonly gateway: string,
    private readonly channelNumber: string,
    private readonly events: ClientEvents,
  ) {
    this.#outbox = new Outbox(channelNumber);
    this.#typing = new Typing(
      (on) => this.note({ kind: 'typing', on }),
      () => this.#update({ agentTyping: false }),
    );
    this.#greeter = new Greeter(gateway, channelNumber, {
      onGreeted: (answer, before, identified) => this.#become(answer, before, identified),
      onUnreachable: () => this.#setLink('down'),
      onRefused: (reason) => this.events.onRefused(reason),
    });
    this.#delivery = new Delivery(this.#outbox, {
      visitor: () => this.#greeter.identity?.visitor ?? '',
      clear: () => this.#connection !== null && this.#link === 'up' && !this.#shared.formDue,
      send: (id, what) => this.#send(id, what),
      upload: (...what) => upload(gateway, channelNumber, this.#greeter.identity?.token ?? '', ...what),
      onFormDue: () => this.#update({ formDue: true }),
      onTokenRefused: () => this.#renew(),
      onChange: (elsewhere) => {
        if (elsewhere) this.#tabs?.post({ kind: 'outbox' });
        this.#changed();
      },
      onProgress: (id, share) => {
        this.#tabs?.post({ kind: 'progress', id, share });
        this.#changed();
      },
    });
  }

  // ── Starting ──────────────────────────────────────────────────────────────────────────────────────────

  /** Says hello; connects when this visitor has a conversation already. */
  async start(): Promise<void> {
    this.#acted = this.#greeter.recall();
    addEventListener('storage', ({ key }) => {
      if (key?.endsWith(this.channelNumber)) void this.#followIdentity();
    });
    // What waits in the outbox is shown also while the edge cannot be reached.
    await this.#delivery.reload();
    await this.#greeter.hello();
  }

  /** The visitor acts: from now on this page may store who it is, and connects. */
  async activate(): Promise<void> {
    if (this.#tabs) return;
    this.#acted = true;
    await this.#followIdentity();
    await this.#greeter.hello();
    this.#greeter.remember();
    this.#connect();
  }

  /** See `PanelApi.identify`. */
  identify(token: string): Promise<void> {
    this.#acted = true;
    return this.#greeter.identify(token);
  }

  setAttributes(attributes: Record<string, string>): void {
    this.#attributes = { ...this.#attributes, ...attributes };
    if (this.#link === 'up') this.#sendAttributes();
  }

  // ── What the panel asks for ───────────────────────────────────────────────────────────────────────────

  get state(): ChatState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async send(text: string): Promise<void> {
    this.setTyping(false);
    await this.#delivery.add({ text });
    void this.activate();
  }

  async sendImage(image: Image): Promise<void> {
    await this.#delivery.add(image);
    void this.activate();
  }

  resend(id: string): Promise<void> {
    return this.#delivery.resend(id);
  }

  discard(id: string): Promise<void> {
    return this.#delivery.discard(id);
  }

  async submitForm(profile: CustomerProfile, consent: boolean): Promise<Refused | null> {
    const refused = await this.demand({ kind: 'profile', id: newId(), profile, consent });
    if (refused) return refused;
    this.#update({ formDue: false });
    void this.#delivery.flush();
    return null;
  }

  setTyping(on: boolean): void {
    this.#typing.set(on);
  }

  end(): Promise<Refused | null> {
    return this.demand({ kind: 'end', id: newId() });
  }

  async loadOlder(): Promise<void> {
    const before = this.#shared.events[0]?.seq;
    if (before === undefined || this.#shared.complete) return;
    await this.#request({ kind: 'history', id: newId(), before });
  }

  /** Whether this tab is the one that speaks for all. */
  get leading(): boolean {
    return this.#connection !== null;
  }

  seen(): void {
    const last = lastSeq(this.#shared);
    const marks = advanceMarks(this.#shared.marks, 'customer', { read: last }, last);
    if (marks === this.#shared.marks) return;
    this.note({ kind: 'mark', read: last });
    this.#update({ marks });
  }

  // ── Who the visitor is ────────────────────────────────────────────────────────────────────────────────

  async #become(answer: HelloAnswer, before: Identity | null, identified: boolean): Promise<void> {
    const { visitor, config, availability, known } = answer;
    this.#config = config;
    const connected = this.#tabs !== null;
    if (this.#shown !== visitor) {
      this.#shown = visitor;
      this.#disconnect();
      this.#delivery.reset();
      this.#welcomed = false;
      this.#shared = { ...emptyState, formDue: !known && needsForm(config) };
      // What a guest wrote goes with them when they turn out to be a user; a user's words stay theirs.
      if (before && !before.identified && before.visitor !== visitor)
        await this.#outbox.adopt(before.visitor, visitor);
      await this.#outbox.adopt('', visitor);
    }
    this.#update({ availability });
    if (this.#acted) this.#greeter.remember();
    if (this.#link === 'down' && !this.#tabs) this.#setLink('idle');
    await this.#delivery.reload();
    if (known || connected || this.#state.pending.length > 0) this.#connect();
    // What the website signed this time travels with the token, so that the socket has to be a new one.
    if (identified && this.#connection) this.#lead();
  }

  /** Another tab has stored a visitor: this page belongs to the same one. */
  async #followIdentity(): Promise<void> {
    await this.#greeter.quiet();
    if (this.#greeter.recall()) await this.#greeter.hello();
  }

  /** The token is not accepted any more: gets another and connects again. */
  #renew(): void {
    this.#connection?.stop();
    this.#connection = null;
    this.#setLink('down');
    this.#greeter.fresh = false;
    void this.#greeter.hello().then(() => {
      if (this.#greeter.fresh && this.#tabs?.leading && !this.#connection) this.#lead();
    });
  }

  // ── The connection ────────────────────────────────────────────────────────────────────────────────────

  #connect(): void {
    const visitor = this.#greeter.identity?.visitor;
    if (this.#tabs || !visitor) return;
    this.#setLink('connecting');
    this.#tabs = new Tabs(this.channelNumber, visitor, {
      onLead: () => this.#lead(),
      onDeposed: () => {
        this.#connection?.stop();
        this.#connection = null;
        this.#setLink('connecting');
      },
      onMessage: (message) => this.#hear(message),
    });
  }

  #disconnect(): void {
    this.#connection?.stop();
    this.#connection = null;
    this.#tabs?.stop();
    this.#tabs = null;
    this.#link = 'idle';
  }

  #lead(): void {
    const { identity } = this.#greeter;
    if (!identity) return;
    this.#connection?.stop();
    const url = `${this.gateway.replace(/^http/, 'ws')}/visitor/socket?channelNumber=${this.channelNumber}`;
    this.#connection = new Connection(url, identity.token, {
      onOpen: () => this.#ask(),
      onFrame: (frame) => this.#receive(frame),
      onDown: () => this.#setLink('down'),
      onRefused: (reason) => {
        if (reason === 'unauthorized') return this.#renew();
        this.#disconnect();
        this.events.onRefused('this live chat channel was switched off, or no longer lists this website.');
      },
    });
  }

  #ask(): void {
    const after = lastSeq(this.#shared);
    this.#connection?.send({ kind: 'hello', after, page: thisPage(), calls: canCall() });
  }

  #receive(frame: ToVisitorFrame): void {
    const { leading } = this;
    const { state, fresh, gap } = fold(this.#shared, frame, Date.now());
    if (gap) return leading ? this.#ask() : this.#tabs?.question();
    this.#shared = state;
    // Followers may hold other events than a welcome continues, so that they get the outcome instead.
    if (leading && frame.kind !== 'welcome') this.#tabs?.post({ kind: 'frame', frame });
    if (frame.kind === 'done' || frame.kind === 'refused' || frame.kind === 'history') this.#answer(frame);
    if (frame.kind === 'typing' && frame.on) this.#typing.noticed();
    if (frame.kind === 'call') this.events.onCall(frame.call);
    if (frame.kind === 'welcome') {
      this.events.onCall(null);
      this.#setLink('up');
      this.#tabs?.post({ kind: 'state', state, link: 'up' });
    }
    if (fresh.length > 0 && this.#welcomed) this.events.onFresh(fresh, leading);
    if (frame.kind === 'welcome') this.#welcomed = true;
    this.#catchUp(leading && frame.kind === 'welcome');
    if (leading && fresh.length > 0) this.note({ kind: 'mark', delivered: lastSeq(this.#shared) });
    this.#changed();
  }

  /** Ties up what the log answers by itself; after a reconnect, asks again for the rest. */
  #catchUp(repeat: boolean): void {
    const { events } = this.#shared;
    for (const frame of this.#requests.open) {
      if (frame.kind === 'send' && holds(events, frame.id)) this.#answer({ kind: 'done', id: frame.id });
      else if (repeat) this.#connection?.send(frame);
    }
    void this.#delivery.settle((id) => holds(events, id));
    if (!repeat) return;
    if (Object.keys(this.#attributes).length > 0) this.#sendAttributes();
    void this.#delivery.flush();
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'outbox') return void this.#delivery.reload();
    if (message.kind === 'progress') return this.#delivery.noteProgress(message.id, message.share);
    if (this.#tabs?.together === false) return;
    if (this.leading) {
      if (message.kind === 'sync') this.#tabs?.post({ kind: 'state', state: this.#shared, link: this.#link });
      if (message.kind === 'note') this.note(message.frame);
      if (message.kind === 'request') void this.#request(message.frame);
      return;
    }
    if (message.kind === 'frame') this.#receive(message.frame);
    if (message.kind === 'link') this.#setLink(message.link);
    if (message.kind === 'state') {
      const known = lastSeq(this.#shared);
      const fresh = message.state.events.filter(({ seq }) => seq > known);
      this.#shared = message.state;
      this.events.onCall(message.state.call);
      if (this.#welcomed && fresh.length > 0) this.events.onFresh(fresh, false);
      this.#welcomed = true;
      this.#setLink(message.link);
      // A new leader does not know what the old one was asked.
      for (const frame of this.#requests.open) this.#tabs?.post({ kind: 'request', frame });
      this.#catchUp(false);
      this.#changed();
    }
  }

  // ── Requests ──────────────────────────────────────────────────────────────────────────────────────────

  async #send(id: string, what: { text?: string; upload?: string }) {
    const answer = await this.#request({ kind: 'send', id, ...what });
    return answer.kind === 'refused' ? { refused: answer.problem.code } : { stored: true as const };
  }

  /** Resolves when the edge answers, however often the connection is lost before. */
  #request(frame: Request): Promise<Answered> {
    const answer = this.#requests.expect(frame);
    if (this.#connection) {
      if (this.#link === 'up') this.#connection.send(frame);
    } else if (this.#tabs) this.#tabs.post({ kind: 'request', frame });
    else void this.activate();
    return answer;
  }

  /** Answers why not, or null when it is done. */
  async demand(frame: Request): Promise<Refused | null> {
    const answer = await this.#request(frame);
    return answer.kind === 'refused' ? answer.problem : null;
  }

  #answer(answer: Answered): void {
    const frame = this.#requests.settle(answer);
    if (frame?.kind === 'profile' && frame.consent !== undefined && answer.kind === 'done') {
      this.#shared = { ...this.#shared, formDue: false };
    }
  }

  /** Sends what may be lost. */
  note(frame: VisitorFrame): void {
    if (this.#connection) {
      if (this.#link === 'up') this.#connection.send(frame);
    } else this.#tabs?.post({ kind: 'note', frame });
  }

  #sendAttributes(): void {
    const attributes = this.#attributes;
    this.#attributes = {};
    void this.#request({ kind: 'profile', id: newId(), profile: { attributes } });
  }

  // ── State ─────────────────────────────────────────────────────────────────────────────────────────────

  #setLink(link: Link): void {
    this.#link = link;
    if (this.#connection) this.#tabs?.post({ kind: 'link', link });
    this.#changed();
  }

  #update(change: Partial<Shared>): void {
    this.#shared = { ...this.#shared, ...change };
    this.#changed();
  }

  #changed(): void {
    const { events } = this.#shared;
    const pending = this.#delivery.pending.filter(({ id }) => !holds(events, id));
    this.#state = { ...this.#shared, config: this.#config, link: this.#link, pending };
    for (const listener of this.#listeners) listener();
  }
}
