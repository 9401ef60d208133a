/**
 * The visitor's calls as this tab takes part in them or looks on: from the first press to what is said in the end. What
 * a call is, the edge decides (core/call.ts); here is what the visitor does, and what becomes of the microphone.
 */
import { toCall, type CallAsk, type CallView, type ToCall } from '../../core/callProtocol.ts';
import type { CallFrom, CallOutcome } from '../../core/log.ts';
import type { ParleyCall } from '../api.ts';
import type { Client } from '../client.ts';
import { newId } from '../ids.ts';
import { openMicrophone } from './microphone.ts';
import { obstacle } from './obstacle.ts';
import { Phone, silence } from './phone.ts';
import { claim, keptCall, keepCall } from './tab.ts';
import { ring, type Tone } from './tones.ts';
import type { Failure } from './words.ts';

/** What the visitor sees. */
export type Stage =
  | { kind: 'idle' }
  /** The browser asks for the microphone. */
  | { kind: 'asking' }
  | { kind: 'ringing' }
  | { kind: 'invited' }
  | { kind: 'connecting' }
  | { kind: 'talking' }
  | { kind: 'reconnecting' }
  /** In another tab or on another device. */
  | { kind: 'elsewhere' }
  | { kind: 'failed'; why: Failure };

/** What calls need of the panel around them. */
export interface CallSite {
  channelNumber: string;
  /** Something is to be drawn anew. */
  onChange(): void;
  onCall(call: ParleyCall): void;
  openPanel(): void;
  /** Whether the visitor wants no sounds. */
  muted(): boolean;
}

/** How long the edge may take to be reached before the visitor hears that it is not. */
const reachMs = 10_000;

/** The call that this tab takes part in. */
interface Own {
  id: string;
  end: string;
  from: CallFrom;
  phone: Phone | null;
  /** Whether the edge has this end in its books, so that it can be told of as lost and back. */
  taken: boolean;
  /** Lets another page of this tab take the call up. */
  release: () => void;
}

const outcomes: Record<CallOutcome, Failure | null> = {
  answered: null,
  cancelled: null,
  lost: 'lost',
  failed: 'unreachable',
  missed: 'noAnswer',
  declined: 'declined',
  busy: 'busy',
};

export class Calls {
  #own: Own | null = null;
  #view: CallView | null = null;
  #failure: Failure | null = null;
  /** The call that the visitor has hung up on here, or declined. */
  #left = '';
  #clockOffset = 0;
  #link: string;
  #told = '';
  #ringing: { tone: Tone; stop: () => void } | null = null;

  constructor(
    private readonly client: Client,
    private readonly site: CallSite,
  ) {
    this.#link = client.state.link;
    client.subscribe(() => this.#watchLink());
  }

  // ── What is shown ─────────────────────────────────────────────────────────────────────────────────────

  get stage(): Stage {
    const view = this.#view;
    const own = this.#own;
    if (own) {
      if (!own.phone) return { kind: 'asking' };
      if (own.phone.connected) return { kind: 'talking' };
      const answered = view?.id === own.id && view.answeredAt !== null;
      if (!answered) return { kind: own.from === 'customer' && own.taken ? 'ringing' : 'connecting' };
      return { kind: view.phase === 'active' ? 'reconnecting' : 'connecting' };
    }
    if (view?.phase === 'ringing' && view.from === 'agent') return { kind: 'invited' };
    if (this.#failure) return { kind: 'failed', why: this.#failure };
    return { kind: view ? 'elsewhere' : 'idle' };
  }

  get phone(): Phone | null {
    return this.#own?.phone ?? null;
  }

  get agent(): { name: string; photo: string | null } | null {
    return this.#view?.agent ?? null;
  }

  /** Since the answer, ms; null before it. */
  get talkedMs(): number | null {
    const at = this.#view?.answeredAt;
    return at ? Date.now() + this.#clockOffset - at : null;
  }

  // ── What the visitor does ─────────────────────────────────────────────────────────────────────────────

  /** Calls. */
  async place(): Promise<void> {
    if (this.#own || this.#view) return;
    const { formDue, availability } = this.client.state;
    const why = obstacle() ?? (formDue ? 'form' : null);
    if (why) return this.#fail(why);
    // Known beforehand, it spares the visitor the question for the microphone.
    if (Date.now() < (availability?.opensAt ?? 0)) return this.#fail('closed');
    await this.#begin({ id: newId(), from: 'customer' }, 'start');
  }

  /** Takes the agent's invitation. */
  async accept(): Promise<void> {
    const view = this.#view;
    if (this.#own || !view) return;
    this.site.openPanel();
    await this.#begin(view, 'answer');
  }

  decline(): void {
    const call = this.#view?.id;
    if (!call) return;
    this.#ask({ kind: 'decline', call });
    this.#left = call;
    this.#view = null;
    this.#changed();
  }

  hangUp(): void {
    const own = this.#own;
    if (!own) return;
    if (own.phone) this.#ask({ kind: 'hangUp', call: own.id });
    this.#left = own.id;
    this.#leave();
    this.#changed();
  }

  /** Puts away what was said of a failure. */
  dismiss(): void {
    this.#failure = null;
    this.#changed();
  }

  // ── What the edge says ────────────────────────────────────────────────────────────────────────────────

  /** `said`: the body of a `call` frame; null when a connection begins anew, and the rest is yet to be heard. */
  hear(said: unknown): void {
    if (said === null) {
      if (!this.#own) this.#view = null;
      return this.#changed();
    }
    const read = toCall.safeParse(said);
    // What a newer edge says that this page does not know is left out.
    if (!read.success) return;
    const body: ToCall = read.data;
    const own = this.#own;
    switch (body.kind) {
      case 'ice':
        if (own?.phone && own.id === body.call) own.phone.ice = body;
        return;
      case 'rtc':
        return own?.phone?.hear(body);
      case 'state':
        this.#clockOffset = body.now - Date.now();
        return this.#follow(body.call);
    }
  }

  #follow(view: CallView | null): void {
    const own = this.#own;
    // What was said before the edge heard that this tab has done with it.
    const stale = view !== null && view.id === this.#left;
    this.#view = view?.phase === 'ended' || stale ? null : view;
    if (view) this.#tell(view);
    if (own) this.#followOwn(own, view);
    // A page that was loaded anew goes on with the call that it had before.
    else if (this.#view?.ends.customer && keptCall(this.site.channelNumber) === this.#view.id) {
      void this.#begin(this.#view, 'join');
    }
    this.#changed();
  }

  #followOwn(own: Own, view: CallView | null): void {
    if (view?.id !== own.id) {
      // Nobody knows of it any more, or of another one; before it was taken that says nothing.
      if (own.taken) this.#fail(this.#endOf(own.id));
    } else if (view.phase === 'ended') {
      this.#fail(this.#failureOf(view.outcome ?? 'lost'));
    } else if (view.ends.customer !== null && view.ends.customer !== own.end && own.taken) {
      // Taken up on another page.
      this.#leave();
    } else {
      own.phone?.follow(view);
    }
  }

  // ── Taking part ───────────────────────────────────────────────────────────────────────────────────────

  async #begin(
    { id, from }: { id: string; from: CallFrom },
    how: 'start' | 'answer' | 'join',
  ): Promise<void> {
    const own: Own = { id, end: newId(), from, phone: null, taken: false, release: () => undefined };
    this.#own = own;
    this.#failure = null;
    this.#changed();
    const isOver = () => this.#own !== own;

    const claimed = await claim(this.site.channelNumber, id, how === 'join');
    // Another page has it after all.
    if (!claimed) return isOver() ? undefined : this.#fail(null);
    own.release = claimed;
    if (isOver()) return claimed();

    const microphone = await openMicrophone();
    if (isOver()) return typeof microphone === 'string' ? undefined : silence(microphone);
    if (typeof microphone === 'string') {
      if (how === 'answer') this.#ask({ kind: 'decline', call: id });
      if (how === 'join') this.#ask({ kind: 'hangUp', call: id });
      this.#left = id;
      return this.#fail(microphone);
    }
    own.phone = new Phone(id, own.end, microphone, {
      note: (note) => this.client.note({ kind: 'callNote', note }),
      signalling: () => this.client.state.link === 'up',
      onChange: () => this.#changed(),
      onGivenUp: () => {
        this.#ask({ kind: 'hangUp', call: id, failed: true });
        this.#left = id;
        this.#fail('unreachable');
      },
    });
    this.#changed();

    if (!(await this.#reached())) return isOver() ? undefined : this.#fail('offline');
    if (isOver()) return;
    keepCall(this.site.channelNumber, id);
    const refused = await this.client.demand({
      kind: 'call',
      id: newId(),
      ask: { kind: how, call: id, end: own.end },
    });
    if (isOver()) return;
    if (refused) return this.#fail(reasonOf(refused.code));
    own.taken = true;
    if (this.#view?.id === id) own.phone.follow(this.#view);
    this.#changed();
  }

  /** Connects if need be; false when that takes too long. */
  #reached(): Promise<boolean> {
    void this.client.activate();
    const isUp = () => this.client.state.link === 'up';
    if (isUp()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (reached: boolean) => {
        clearTimeout(timer);
        unsubscribe();
        resolve(reached);
      };
      const timer = setTimeout(() => done(false), reachMs);
      const unsubscribe = this.client.subscribe(() => isUp() && done(true));
    });
  }

  /** After a connection that was lost, the edge has to hear that this end is still there. */
  #watchLink(): void {
    const { link } = this.client.state;
    const isBack = link === 'up' && this.#link !== 'up';
    this.#link = link;
    const own = this.#own;
    if (!isBack || !own?.taken) return;
    const ask: CallAsk = { kind: 'join', call: own.id, end: own.end };
    void this.client.demand({ kind: 'call', id: newId(), ask }).then((refused) => {
      if (refused && this.#own === own) this.#fail(this.#endOf(own.id));
    });
  }

  /** Whatever the answer is, this tab has done with it. */
  #ask(ask: CallAsk): void {
    void this.client.demand({ kind: 'call', id: newId(), ask });
  }

  /** What became of a call that ended while this page could not hear of it: the log knows. */
  #endOf(id: string): Failure | null {
    for (const { body } of this.client.state.events) {
      if (body.kind === 'call' && body.id === id && body.outcome) return this.#failureOf(body.outcome);
    }
    return 'lost';
  }

  /** The edge gives up for a visitor who was out of reach for long; those who leave by themselves end the session. */
  #failureOf(outcome: CallOutcome): Failure | null {
    return outcome === 'cancelled' && this.client.state.open ? 'lost' : outcomes[outcome];
  }

  #fail(why: Failure | null): void {
    this.#leave();
    this.#failure = why;
    this.#changed();
  }

  #leave(): void {
    const own = this.#own;
    this.#own = null;
    keepCall(this.site.channelNumber, null);
    own?.phone?.close();
    own?.release();
    if (this.#view?.id === this.#left) this.#view = null;
  }

  // ── Telling ───────────────────────────────────────────────────────────────────────────────────────────

  #changed(): void {
    this.#sound();
    this.site.onChange();
  }

  /** Rings where the visitor is called, in one tab; and where they wait for an answer. */
  #sound(): void {
    const { kind } = this.stage;
    let tone: Tone | null = null;
    if (kind === 'ringing') tone = 'waiting';
    if (kind === 'invited' && this.client.leading) tone = 'incoming';
    if (this.site.muted()) tone = null;
    if (tone === (this.#ringing?.tone ?? null)) return;
    this.#ringing?.stop();
    this.#ringing = tone && { tone, stop: ring(tone) };
  }

  /** Tells the website, once of each step. */
  #tell({ id, from, phase, outcome }: CallView): void {
    const step = `${id} ${phase}`;
    if (step === this.#told) return;
    this.#told = step;
    this.site.onCall({ id, from: from === 'customer' ? 'visitor' : 'agent', state: phase, outcome });
  }
}

/** What a refusal means to the visitor. */
function reasonOf(code: string): Failure | null {
  switch (code) {
    // It is shown, and says enough.
    case 'call_running':
      return null;
    case 'calls_closed':
      return 'closed';
    case 'call_busy':
    case 'session_limit':
      return 'busy';
    case 'profile_required':
    case 'consent_required':
      return 'form';
    case 'call_over':
    case 'call_taken':
      return 'lost';
    default:
      return 'failed';
  }
}
