/**
 * Calls in the panel: the button, and the lines of calls that are over. The telephone itself is fetched when the visitor
 * presses Call, when an agent invites, or when a call goes on already.
 */
import { html, type TemplateResult } from 'lit';
import type { CallParts } from '../calls.ts';
import type { Client } from '../client.ts';
import { icon } from '../elements/element.ts';
import type { ParleyChat } from '../elements/chat.ts';
import type { PanelHost } from '../host.ts';
import type { CallSite, Calls } from './calls.ts';
import { phone } from './icons.ts';
import { callLine } from './line.ts';
import { obstacle } from './obstacle.ts';
import { spoken, useCallLanguage, type Failure } from './words.ts';

/** Gives a panel its calls. `onChange`: what is said outside of the panel may have changed. */
export async function startCalls(
  client: Client,
  chat: ParleyChat,
  { gateway, config, emit }: PanelHost,
  { open, onChange }: { open: () => void; onChange: () => void },
): Promise<CallEntry> {
  await useCallLanguage();
  const entry = new CallEntry(client, {
    gateway,
    channelNumber: config.channelNumber,
    onChange() {
      chat.requestUpdate();
      onChange();
    },
    onCall: (call) => emit('call', call),
    openPanel: open,
    muted: () => chat.muted,
  });
  chat.calls = entry;
  return entry;
}

/** `why`: what keeps this page from calls; it is said when the button is pressed. `busy`: a call goes on. */
export function callButton(why: Failure | null, busy: boolean, onPress: () => void): TemplateResult {
  const { words } = spoken;
  return html`<button
    class="icon-button call"
    aria-label=${words.call}
    title=${why ? words.failures[why] : words.call}
    aria-disabled=${why !== null}
    ?disabled=${busy}
    @click=${onPress}
  >
    ${icon(phone)}
  </button>`;
}

export class CallEntry implements CallParts {
  #calls: Calls | null = null;
  #card: ((calls: Calls, beside: boolean) => TemplateResult) | null = null;
  #loading: Promise<Calls> | null = null;

  constructor(
    private readonly client: Client,
    private readonly site: CallSite & { gateway: string },
  ) {}

  get sign(): string {
    return this.#calls?.stage.kind === 'invited' ? '📞 ' : '';
  }

  button(): TemplateResult | null {
    if (this.client.state.config?.interaction !== 'phoneAndChat') return null;
    const { kind } = this.#calls?.stage ?? { kind: 'idle' };
    return callButton(obstacle(), kind !== 'idle' && kind !== 'failed', () => void this.#press());
  }

  card(beside: boolean): TemplateResult | undefined {
    const calls = this.#calls;
    const { kind } = calls?.stage ?? {};
    if (!calls || (beside && (kind === 'idle' || kind === 'failed'))) return undefined;
    return this.#card?.(calls, beside);
  }

  readonly line = callLine;

  /** What the edge says of a call; see `Calls.hear`. */
  hear(said: unknown): void {
    // Before anything is said of a call, there is nothing to forget.
    if (said === null && !this.#loading) return;
    void this.#load().then(
      (calls) => calls.hear(said),
      () => undefined,
    );
  }

  async #press(): Promise<void> {
    try {
      await (await this.#load()).place();
    } catch {
      // The telephone could not be fetched: offline, as the bar above the conversation says. The next press tries again.
      return;
    }
  }

  #load(): Promise<Calls> {
    this.#loading ??= Promise.all([import('./calls.ts'), import('../elements/call.ts')]).then(
      ([{ Calls }, { callCard }]) => {
        this.#calls = new Calls(this.client, this.site);
        this.#card = (calls, beside) => callCard(calls, beside, this.site.gateway);
        return this.#calls;
      },
      (error: unknown) => {
        this.#loading = null;
        throw error;
      },
    );
    return this.#loading;
  }
}
