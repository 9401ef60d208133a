/** The agent's end of calls: begins, answers and ends them, and keeps one going across breaks and reloads. */
import { v7 as uuid } from 'uuid';
import { beatMs } from '../../core/call.ts';
import type { LinkQuality } from '../../core/callLink.ts';
import type { CallAsk, CallView, IceSetup, ToCall } from '../../core/callProtocol.ts';
import type { Problem } from '../../core/errors.ts';
import type { CallFrom, CallOutcome } from '../../core/log.ts';
import { CallLink } from './call-link.ts';
import { desk, type Desk } from './desk.ts';
import { playThrough, Speaker } from './speaker.ts';
import { chooseMicrophone, openMicrophone } from './sound.ts';
import { Store } from './store.ts';

/** The call that this page takes part in. */
export interface PhoneCall {
  session: string;
  call: string;
  from: CallFrom;
  /** `reconnecting`: sound came through before and does not now. */
  phase: 'ringing' | 'connecting' | 'talking' | 'reconnecting';
  /** By this device's clock, epoch ms. */
  answeredAt: number | null;
  muted: boolean;
  quality: LinkQuality | null;
  /** The browser wants a press before it plays sound. */
  silent: boolean;
}

export interface PhoneState {
  /** The session whose call waits for the microphone or the edge. */
  busy: string | null;
  call: PhoneCall | null;
  /** How the last one ended, or why there was none. */
  notice: { session: string; text: string; tone: 'info' | 'warning' | 'error' } | null;
}

const idle: PhoneState = { busy: null, call: null, notice: null };

/** All of a call that is not drawn. */
interface Live {
  session: string;
  call: string;
  /** The id of this page. */
  end: string;
  microphone: MediaStream;
  ice: IceSetup | null;
  view: CallView | null;
  link: CallLink | null;
  /** The other end that `link` is with. */
  with: string | null;
  connected: boolean;
  hungUp: boolean;
  beats: ReturnType<typeof setInterval>;
}

/** A call that a reload interrupts goes on from here. */
const keptKey = 'parley.call';

export class Phone {
  readonly state = new Store<PhoneState>(idle);
  #live: Live | null = null;
  /** Ids of calls that were over here before their sessions said so. */
  readonly #over = new Set<string>();
  #online = false;
  readonly #speaker = new Speaker((silent) => this.show({ silent }));

  constructor(private readonly desk: Desk) {
    desk.onEffect((effect) => {
      if (effect.kind === 'call') this.hear(effect.session, effect.call);
    });
    desk.state.subscribe(() => this.follow());
  }

  /** Whether this page, or an earlier one of it, has to do with a call. */
  knows(call: string): boolean {
    return this.#live?.call === call || this.#over.has(call);
  }

  /** Invites the visitor of a session. */
  invite(session: string): Promise<void> {
    return this.begin(session, uuid(), 'agent', 'start');
  }

  /** Takes a call that rings. */
  answer(session: string, call: string): Promise<void> {
    return this.begin(session, call, 'customer', 'answer');
  }

  /** Takes part from this page instead of the one that did. */
  takeOver(session: string, call: string, from: CallFrom): Promise<void> {
    return this.begin(session, call, from, 'join');
  }

  /** It rings on at colleagues, if there are any. */
  async decline(session: string, call: string): Promise<void> {
    const refusal = await this.ask(session, { kind: 'decline', call });
    if (refusal) this.tell(session, wordsFor(refusal), 'warning');
  }

  async hangUp(): Promise<void> {
    const live = this.#live;
    if (!live) return;
    live.hungUp = true;
    const { session, call } = live;
    this.finish(live, null);
    // The edge notices as well that nobody is there any more.
    await this.ask(session, { kind: 'hangUp', call });
  }

  mute(on: boolean): void {
    for (const track of this.#live?.microphone.getAudioTracks() ?? []) track.enabled = !on;
    this.show({ muted: on });
  }

  async useMicrophone(id: string): Promise<void> {
    chooseMicrophone(id);
    const live = this.#live;
    if (!live) return;
    const opened = await openMicrophone();
    if ('problem' in opened) return this.tell(live.session, opened.problem, 'error');
    const [track] = opened.microphone.getAudioTracks();
    if (!track || this.#live !== live) return stop(opened.microphone);
    track.enabled = !(this.state.value.call?.muted ?? false);
    await live.link?.useMicrophone(track);
    stop(live.microphone);
    live.microphone = opened.microphone;
  }

  useSpeaker(id: string): Promise<void> {
    return playThrough(this.#speaker, id);
  }

  /** After a press, browsers let the page sound. */
  unblock(): void {
    this.#speaker.play();
  }

  dismiss(): void {
    this.state.set({ ...this.state.value, notice: null });
  }

  // ── Beginning ─────────────────────────────────────────────────────────────────────────────────────────

  private async begin(
    session: string,
    call: string,
    from: CallFrom,
    kind: 'start' | 'answer' | 'join',
  ): Promise<void> {
    if (this.#live || this.state.value.busy !== null) return;
    this.state.set({ busy: session, call: null, notice: null });
    const opened = await openMicrophone();
    if ('problem' in opened) {
      this.state.set(idle);
      return this.tell(session, opened.problem, 'error');
    }
    const end = uuid();
    const live: Live = {
      session,
      call,
      end,
      microphone: opened.microphone,
      ice: null,
      view: null,
      link: null,
      with: null,
      connected: false,
      hungUp: false,
      beats: setInterval(() => this.beat(live), beatMs),
    };
    this.#live = live;
    const refusal = await this.ask(session, { kind, call, end });
    if (this.#live !== live) return;
    if (refusal) {
      this.finish(live, null);
      return this.tell(session, wordsFor(refusal), 'warning');
    }
    sessionStorage.setItem(keptKey, JSON.stringify({ session, call, from }));
    this.draw(live, from);
  }

  // ── What the edge says ────────────────────────────────────────────────────────────────────────────────

  private hear(session: string, frame: ToCall): void {
    const live = this.#live;
    if (!live || live.session !== session) return;
    switch (frame.kind) {
      case 'ice':
        if (frame.call !== live.call) return;
        live.ice = frame;
        return this.connect(live);
      case 'rtc':
        if (frame.call === live.call && frame.to === live.end && frame.from === live.with)
          live.link?.receive(frame);
        return;
      case 'state':
        return this.heardState(live, frame.call);
    }
  }

  private heardState(live: Live, view: CallView | null): void {
    // Before the answer to what this page has asked, none may be known yet.
    if (view === null) {
      if (live.view) this.finish(live, 'lost');
      return;
    }
    if (view.id !== live.call) return;
    if (view.outcome !== null) return this.finish(live, view.outcome);
    // What was on its way before this page came in does not count against it.
    const isTaken = live.view?.ends.agent === live.end && view.ends.agent !== live.end;
    if (isTaken) {
      this.finish(live, null);
      return this.tell(live.session, 'The call goes on in another window.', 'info');
    }
    live.view = view;
    this.draw(live, view.from);
    this.connect(live);
  }

  /** Once both ends and the servers are known there can be sound; each pair of ends has a link of its own. */
  private connect(live: Live): void {
    const { view, ice } = live;
    const other = view?.ends.customer ?? null;
    if (!ice || other === null || view?.ends.agent !== live.end || view.phase === 'ringing') return;
    if (other === live.with) return;
    live.link?.close();
    live.with = other;
    live.connected = false;
    live.link = new CallLink(ice, live.microphone, {
      send: (message) =>
        this.desk.tell({
          kind: 'callNote',
          session: live.session,
          note: { kind: 'rtc', call: live.call, from: live.end, to: other, ...message },
        }),
      signalling: () => this.desk.state.value.connection === 'online',
      connected: (on) => {
        live.connected = on;
        this.beat(live);
        this.draw(live, view.from);
      },
      quality: (quality) => this.show({ quality }),
      sound: (stream) => this.#speaker.use(stream),
      gaveUp: () => void this.giveUp(live),
    });
  }

  private async giveUp(live: Live): Promise<void> {
    if (this.#live !== live) return;
    const talked = live.view?.phase === 'active';
    this.finish(live, talked ? 'lost' : 'failed');
    await this.ask(live.session, { kind: 'hangUp', call: live.call, failed: true });
  }

  private beat({ session, call, end, connected }: Live): void {
    this.desk.tell({ kind: 'callNote', session, note: { kind: 'beat', call, end, connected } });
  }

  // ── Breaks ────────────────────────────────────────────────────────────────────────────────────────────

  /** The connection is back: this end joins again, also after a reload. */
  private follow(): void {
    const online = this.desk.state.value.connection === 'online';
    if (online === this.#online) return;
    this.#online = online;
    if (!online) return;
    if (this.#live) void this.rejoin(this.#live);
    else void this.resume();
  }

  private async rejoin(live: Live): Promise<void> {
    const { session, call, end } = live;
    if (!live.view) return;
    const refusal = await this.ask(session, { kind: 'join', call, end });
    if (this.#live !== live) return;
    if (refusal && refusal.code !== 'unavailable') this.finish(live, 'lost');
    else live.link?.signallingBack();
  }

  private async resume(): Promise<void> {
    const kept = sessionStorage.getItem(keptKey);
    if (kept === null) return;
    sessionStorage.removeItem(keptKey);
    const { session, call, from } = JSON.parse(kept) as { session: string; call: string; from: CallFrom };
    await this.takeOver(session, call, from);
  }

  // ── Small things ──────────────────────────────────────────────────────────────────────────────────────

  private finish(live: Live, outcome: CallOutcome | null): void {
    if (this.#live !== live) return;
    this.#live = null;
    this.#over.add(live.call);
    sessionStorage.removeItem(keptKey);
    clearInterval(live.beats);
    live.link?.close();
    stop(live.microphone);
    this.#speaker.stop();
    this.state.set(idle);
    const words = outcome && wordsOf(outcome, live.view?.from ?? 'agent');
    if (words && !live.hungUp) this.tell(live.session, words, outcome === 'answered' ? 'info' : 'warning');
  }

  private draw(live: Live, from: CallFrom): void {
    const { view, connected } = live;
    const before = this.state.value.call;
    const talked = view?.phase === 'active' || before?.phase === 'talking';
    const answeredAt = view?.answeredAt ?? null;
    const call: PhoneCall = {
      muted: before?.muted ?? false,
      quality: connected ? (before?.quality ?? null) : null,
      silent: before?.silent ?? false,
      session: live.session,
      call: live.call,
      from,
      phase:
        answeredAt === null && from === 'agent'
          ? 'ringing'
          : connected
            ? 'talking'
            : talked
              ? 'reconnecting'
              : 'connecting',
      answeredAt: answeredAt === null ? null : answeredAt - this.desk.state.value.skew,
    };
    this.state.set({ ...this.state.value, busy: null, call });
  }

  private show(change: Partial<PhoneCall>): void {
    const { call } = this.state.value;
    if (call) this.state.set({ ...this.state.value, call: { ...call, ...change } });
  }

  private tell(session: string, text: string, tone: 'info' | 'warning' | 'error'): void {
    this.state.set({ ...this.state.value, notice: { session, text, tone } });
  }

  private ask(session: string, ask: CallAsk): Promise<Problem | null> {
    return this.desk.ask({ kind: 'call', session, ask });
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function wordsFor({ message, details }: Problem): string {
  return details ? `${message} (${details.join(', ')})` : message;
}

/** What an agent reads when a call ends without their doing. */
function wordsOf(outcome: CallOutcome, from: CallFrom): string {
  switch (outcome) {
    case 'answered':
      return 'The visitor hung up.';
    case 'lost':
      return 'The connection to the visitor was lost. Call again, or write.';
    case 'failed':
      return 'No sound came through: a network on the way blocks it. Write instead; an admin can set a TURN server under Calls.';
    case 'missed':
      return from === 'agent'
        ? 'The visitor did not answer. Write to them instead.'
        : 'Nobody answered the call.';
    case 'declined':
      return 'The visitor declined the call. Write to them instead.';
    case 'cancelled':
      return 'The visitor hung up before the call was answered.';
    case 'busy':
      return 'All lines are busy. Try again in a few minutes.';
  }
}

export const phone = new Phone(desk);
