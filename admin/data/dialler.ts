/** Calls to customers' numbers through the company's PBX (CALL-06), one at a time, and what becomes of them. */
import { outcomeOfStatus, type DialOutcome } from '../../core/dial.ts';
import type { LinkQuality } from '../../core/callLink.ts';
import { account } from './account.ts';
import { desk, type Desk } from './desk.ts';
import { DialRecord, flushRecords } from './dial-records.ts';
import { readPhonePass } from './pbx.ts';
import { phone } from './phone.ts';
import type { LineEnd, SipLine } from './sip-line.ts';
import { inListOrder } from './sessions.ts';
import { chooseMicrophone, openMicrophone } from './sound.ts';
import { playThrough, Speaker } from './speaker.ts';
import { Store } from './store.ts';

/** Whom to call, and the session whose timeline is to hold it; null: the newest one with the number. */
export interface Dialled {
  number: string;
  name: string;
  session: string | null;
}

export interface DialledCall extends Dialled {
  /** `reconnecting`: sound came through before and does not now. */
  phase: 'connecting' | 'ringing' | 'talking' | 'reconnecting';
  /** Whether the network lets its own ringing be heard. */
  audible: boolean;
  /** Epoch ms. */
  answeredAt: number | null;
  muted: boolean;
  quality: LinkQuality | null;
  /** The browser wants a press before it plays sound. */
  silent: boolean;
}

export interface DialState {
  /** Whether there is an extension to call with; without one, the device's own phone dials. */
  ready: boolean;
  call: DialledCall | null;
  /** How the last call ended, or why there was none; `number` for another try by the device's phone. */
  notice: { text: string; number: string; session: string | null } | null;
}

export class Dialler {
  readonly state = new Store<DialState>({ ready: false, call: null, notice: null });
  #line: SipLine | null = null;
  #record: DialRecord | null = null;
  #microphone: MediaStream | null = null;
  /** The agent whose extension was asked for. */
  #asked: string | null = null;
  readonly #speaker = new Speaker((silent) => this.#show({ silent }));

  constructor(private readonly desk: Desk) {
    account.subscribe(() => void this.#ask());
    void this.#ask();
    let online = false;
    desk.state.subscribe(() => {
      const now = desk.state.value.connection === 'online';
      if (now && !online) void this.#flush();
      online = now;
    });
  }

  async dial(to: Dialled): Promise<void> {
    if (this.state.value.call || phone.state.value.call || phone.state.value.busy !== null) return;
    const begun: DialledCall = {
      ...to,
      phase: 'connecting',
      audible: false,
      answeredAt: null,
      muted: false,
      quality: null,
      silent: false,
    };
    this.#set({ call: begun, notice: null });
    addEventListener('beforeunload', this.#handleUnload);
    addEventListener('pagehide', this.#handleLeaving);
    const opened = await openMicrophone();
    if ('problem' in opened) return this.#refuse(to, opened.problem);
    if (!this.state.value.call) return stop(opened.microphone);
    this.#microphone = opened.microphone;
    const pass = await readPhonePass();
    if ('problem' in pass) return this.#refuse(to, pass.problem.message);
    if (!pass.value) {
      this.#set({ ready: false });
      return this.#refuse(
        to,
        'You have no extension at the PBX any more. Ask an admin to add one under PBX.',
      );
    }
    let line: typeof import('./sip-line.ts');
    try {
      line = await import('./sip-line.ts');
    } catch {
      return this.#refuse(to, 'The phone could not be loaded. Check your connection and call again.');
    }
    if (!this.state.value.call) return;
    this.#record = new DialRecord(to.session, to.number.replace(/[^+\d*#]/g, ''));
    this.#line = new line.SipLine(pass.value, account.value?.me?.name ?? '', to.number, opened.microphone, {
      ringing: (audible) => this.#show({ phase: 'ringing', audible }),
      answered: () => {
        this.#record?.answered();
        this.#show({ phase: 'talking', answeredAt: Date.now() });
      },
      connected: (on) => {
        if (this.state.value.call?.answeredAt) this.#show({ phase: on ? 'talking' : 'reconnecting' });
      },
      voice: (stream) => this.#speaker.use(stream),
      quality: (quality) => this.#show({ quality }),
      ended: (how) => this.#ended(to, how),
    });
  }

  hangUp(): void {
    if (this.#line) this.#line.hangUp();
    else this.#close();
  }

  /** A call cannot be taken up by the next page, so that the agent is asked before this one goes. */
  readonly #handleUnload = (event: BeforeUnloadEvent) => event.preventDefault();

  /** The page goes: the other end hears it at once, and not only when nothing more comes. */
  readonly #handleLeaving = () => {
    const answered = this.state.value.call?.answeredAt !== null;
    this.#record?.end(answered ? 'lost' : 'cancelled');
    this.#record = null;
    this.hangUp();
  };

  mute(on: boolean): void {
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !on;
    this.#show({ muted: on });
  }

  async useMicrophone(id: string): Promise<void> {
    chooseMicrophone(id);
    const line = this.#line;
    if (!line) return;
    const opened = await openMicrophone();
    const { call } = this.state.value;
    if ('problem' in opened) {
      this.#set({ notice: { text: opened.problem, number: '', session: call?.session ?? null } });
      return;
    }
    const [track] = opened.microphone.getAudioTracks();
    if (!track || this.#line !== line) return stop(opened.microphone);
    track.enabled = !(call?.muted ?? false);
    await line.use(track);
    if (this.#microphone) stop(this.#microphone);
    this.#microphone = opened.microphone;
  }

  useSpeaker(id: string): Promise<void> {
    return playThrough(this.#speaker, id);
  }

  /** After a press, browsers let the page sound. */
  unblock(): void {
    this.#speaker.play();
  }

  dismiss(): void {
    this.#set({ notice: null });
  }

  /** Whether this agent can call through the PBX. */
  async #ask(): Promise<void> {
    const me = account.value?.me ?? null;
    const agent = me?.mayCallOut ? me.id : null;
    if (agent === this.#asked) return;
    this.#asked = agent;
    this.#set({ ready: false });
    if (agent === null) return;
    const pass = await readPhonePass();
    if (this.#asked === agent) this.#set({ ready: 'value' in pass && pass.value !== null });
  }

  #ended(to: Dialled, how: LineEnd): void {
    const answered = this.state.value.call?.answeredAt !== null;
    this.#record?.end(outcomeOf(how, answered));
    this.#close();
    const text = wordsOf(how, answered);
    if (text !== null) this.#refuse(to, text);
    void this.#flush();
  }

  #refuse({ number, session }: Dialled, text: string): void {
    this.#close();
    this.#set({ notice: { text, number, session } });
  }

  #close(): void {
    if (this.#microphone) stop(this.#microphone);
    this.#microphone = null;
    this.#line = null;
    this.#record = null;
    removeEventListener('beforeunload', this.#handleUnload);
    removeEventListener('pagehide', this.#handleLeaving);
    this.#speaker.stop();
    this.#set({ call: null });
  }

  /** Without a connection it waits for the next one. */
  async #flush(): Promise<void> {
    if (this.desk.state.value.connection !== 'online') return;
    await flushRecords(async (given, report, id) => {
      const session = given ?? this.#sessionWith(report.number);
      // With nobody in the inbox who has the number there is no timeline to hold it.
      return session === null ? null : this.desk.ask({ kind: 'dialled', session, report }, id);
    });
  }

  #sessionWith(number: string): string | null {
    const all = [...this.desk.state.value.sessions.values()];
    return all.filter(({ customer }) => customer.address === number).sort(inListOrder)[0]?.id ?? null;
  }

  #show(change: Partial<DialledCall>): void {
    const { call } = this.state.value;
    if (call) this.#set({ call: { ...call, ...change } });
  }

  #set(change: Partial<DialState>): void {
    this.state.set({ ...this.state.value, ...change });
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What stands in the log. */
function outcomeOf(how: LineEnd, answered: boolean): DialOutcome {
  switch (how.kind) {
    case 'hungUp':
      return answered ? 'answered' : how.by === 'agent' ? 'cancelled' : 'missed';
    case 'lost':
      return answered ? 'lost' : 'failed';
    case 'refused':
      return outcomeOfStatus(how.status);
    case 'notRegistered':
    case 'unreachable':
      return 'failed';
  }
}

/** What the agent reads; null when they have ended it themselves. */
function wordsOf(how: LineEnd, answered: boolean): string | null {
  switch (how.kind) {
    case 'hungUp':
      return how.by === 'agent'
        ? null
        : answered
          ? 'The customer hung up.'
          : 'Nobody answered. Write instead.';
    case 'lost':
      return 'The connection was lost. Call again, or write.';
    case 'unreachable':
      return 'The PBX cannot be reached. Check your connection and reload the page; if that does not help, ask an admin to check its address under PBX.';
    case 'notRegistered':
      return [401, 403, 404, 407].includes(how.status)
        ? 'The PBX does not accept your extension. Ask an admin to check the extension and its password under PBX.'
        : `The PBX does not take calls right now (${how.status}). Try again in a moment.`;
    case 'refused':
      return refusalWords(outcomeOfStatus(how.status), how.status);
  }
}

function refusalWords(outcome: DialOutcome, status: number): string {
  switch (outcome) {
    case 'busy':
      return 'The number is busy. Call again in a few minutes, or write.';
    case 'missed':
      return 'Nobody answered. Call again later, or write.';
    case 'declined':
      return 'The call was declined. Write instead.';
    case 'noNumber':
      return 'The PBX cannot reach this number. Check it, or write.';
    case 'notAllowed':
      return 'The PBX does not let your extension call this number. Ask an admin to allow it there.';
    case 'answered':
    case 'lost':
    case 'cancelled':
    case 'unknown':
    case 'failed':
      return `The call did not come about${status > 0 ? ` (${status})` : ''}. Try again in a moment, or write.`;
  }
}

export const dialler = new Dialler(desk);
