/**
 * What every import of a CSV file does and shows: choose, look at what was understood, import part by part, stop and go
 * on, and see what came of it. The dialogs of contacts and of a campaign's recipients fill it in.
 */
import type { CountryCode } from 'libphonenumber-js';
import { css, html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Answer } from '../data/api.ts';
import { notUtf8, readText } from '../data/csv.ts';
import { counted } from '../elements/counts.ts';
import { selectField } from '../elements/fields.ts';
import type { PlFileDrop } from '../elements/file-drop.ts';
import { countries } from '../inbox/countries.ts';
import { faultStyles, renderFaults, type Fault } from './faults.ts';
import '../elements/file-drop.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';

/** What differs from import to import: `Read` is a file as it was understood, `Entry` one of its good rows. */
export interface ImportKind<Read, Entry, Part> {
  /** Of an entry, such as contact. */
  noun: string;
  /** What the file has to be. */
  help: TemplateResult;
  /** Why a file is not even read; null when it is. */
  refuse(file: File): string | null;
  /** Numbers without a + are those of `country`, where there is one. */
  read(text: string, country: CountryCode | null): Read;
  entries(read: Read): readonly Entry[];
  /** An entry in one line. */
  line(entry: Entry): string;
  summary(read: Read, fileName: string): TemplateResult;
  /** What else the person decides, below the country. */
  choices(): TemplateResult | typeof nothing;
  /** An import begins: what is sent, one after the other. */
  parts(read: Read): Part[];
  send(part: Part): Promise<Answer<unknown>>;
  /** Of what is stored so far. */
  result(read: Read, isDone: boolean): TemplateResult;
  /** Something was stored, and nothing is on its way any more. */
  ended(read: Read): void;
}

/** Stopping ends with the part that is on its way. */
type Step = 'choose' | 'reading' | 'look' | 'running' | 'stopping' | 'ended';

const shownFaults = 100;
const shownEntries = 3;

export class CsvImport<Read extends { readonly faults: readonly Fault[] }, Entry, Part> {
  #open = false;
  #step: Step = 'choose';
  #file = { name: '', text: '' };
  #country: CountryCode | '' = '';
  #read: Read | null = null;
  #problem = '';
  #parts: Part[] = [];
  /** Parts that are stored already; an import that broke off goes on behind them. */
  #sent = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly kind: ImportKind<Read, Entry, Part>,
  ) {}

  show(): void {
    this.#startOver();
    this.#open = true;
  }

  /** Reads the file once more, as what it is read by has changed. */
  readAgain(): void {
    if (this.#read) this.#read = this.kind.read(this.#file.text, this.#country || null);
    this.host.requestUpdate();
  }

  #startOver(): void {
    this.#go('choose');
    this.#read = null;
    this.#problem = '';
    this.#parts = [];
    this.#sent = 0;
  }

  #go(step: Step): void {
    this.#step = step;
    this.host.requestUpdate();
  }

  get #isDone(): boolean {
    return this.#sent > 0 && this.#sent === this.#parts.length;
  }

  async #take(file: File | null): Promise<void> {
    if (!file) return;
    this.#startOver();
    this.#problem = this.kind.refuse(file) ?? '';
    if (this.#problem) return;
    this.#go('reading');
    const text = await readText(file);
    // A long file takes seconds, which the browser has to say first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (text === null) {
      this.#problem = notUtf8;
      this.#go('choose');
      return;
    }
    this.#file = { name: file.name, text };
    this.#read = this.kind.read(text, this.#country || null);
    this.#go('look');
  }

  async #import(read: Read): Promise<void> {
    if (this.#sent === 0) this.#parts = this.kind.parts(read);
    this.#problem = '';
    this.#go('running');
    let part: Part | undefined;
    while (this.#step === 'running' && (part = this.#parts[this.#sent])) {
      const answer = await this.kind.send(part);
      if ('problem' in answer) {
        this.#problem = answer.problem.message;
        break;
      }
      this.#sent += 1;
      this.host.requestUpdate();
    }
    this.#go(this.#sent > 0 ? 'ended' : 'look');
    if (this.#sent > 0) this.kind.ended(read);
  }

  get #isBusy(): boolean {
    return this.#step === 'running' || this.#step === 'stopping';
  }

  /** While parts are being stored, Esc and the button stop that first. */
  #hide(event: Event): void {
    if (event.target !== event.currentTarget || !this.#isBusy) return;
    event.preventDefault();
    this.#go('stopping');
  }

  #cancel(): void {
    if (this.#isBusy) this.#step = 'stopping';
    else this.#open = false;
    this.host.requestUpdate();
  }

  render(): TemplateResult {
    return html`<wa-dialog
      label="Import ${this.kind.noun}s"
      ?open=${this.#open}
      @wa-hide=${(event: Event) => this.#hide(event)}
      @wa-after-hide=${(event: Event) => {
        if (event.target !== event.currentTarget) return;
        this.#open = false;
        this.host.requestUpdate();
      }}
    >
      ${
        this.#open
          ? html`<div class="stack">
              ${this.#problem ? html`<pl-notice tone="error">${this.#problem}</pl-notice>` : nothing}
              ${this.#renderStep()}
            </div>`
          : nothing
      }
      <wa-button slot="footer" appearance="outlined" @click=${() => this.#cancel()}
        >${this.#isBusy ? 'Stop' : this.#sent > 0 ? 'Close' : 'Cancel'}</wa-button
      >
      ${this.#renderAction()}
    </wa-dialog>`;
  }

  #renderAction(): TemplateResult | typeof nothing {
    const read = this.#read;
    const count = read ? this.kind.entries(read).length : 0;
    if (!read || this.#isDone || count === 0) return nothing;
    return html`<wa-button
      slot="footer"
      variant="brand"
      appearance="accent"
      ?loading=${this.#isBusy}
      @click=${() => void this.#import(read)}
      >${this.#sent > 0 ? 'Continue' : `Import ${counted(count, this.kind.noun)}`}</wa-button
    >`;
  }

  #renderStep(): TemplateResult {
    if (this.#step === 'reading') return html`<p role="status">Reading the file…</p>`;
    const read = this.#read;
    if (!read) return this.#renderChoose();
    if (this.#isBusy) return this.#renderProgress(this.kind.entries(read).length);
    if (this.#step === 'ended') {
      return html`${this.kind.result(read, this.#isDone)} ${this.#renderFaults(read)}`;
    }
    return html`${this.kind.summary(read, this.#file.name)} ${this.#renderFirst(read)}
    ${this.#renderFaults(read)} ${this.#renderCountry()} ${this.kind.choices()}`;
  }

  #renderChoose(): TemplateResult {
    return html`<pl-file-drop
        label="CSV file"
        action="Choose a CSV file"
        accept=".csv,text/csv"
        @file=${(event: Event) => void this.#take((event.currentTarget as PlFileDrop).file)}
      ></pl-file-drop>
      <p class="quiet small">${this.kind.help}</p>`;
  }

  #renderFirst(read: Read): TemplateResult | typeof nothing {
    const first = this.kind.entries(read).slice(0, shownEntries);
    if (first.length === 0) return nothing;
    return html`<ul class="first small quiet" aria-label="The first ${this.kind.noun}s">
      ${first.map((entry) => html`<li>${this.kind.line(entry)}</li>`)}
    </ul>`;
  }

  #renderFaults({ faults }: Read): TemplateResult | typeof nothing {
    return renderFaults(faults.slice(0, shownFaults), 'Rows that cannot be imported', faults.length);
  }

  #renderCountry(): TemplateResult {
    return selectField({
      label: 'Numbers without + and country code',
      value: this.#country || 'none',
      choices: [
        { value: 'none', label: 'Leave out and list them above' },
        ...countries(navigator.language).map(({ code, name, callingCode }) => ({
          value: code,
          label: `Are of ${name} (+${callingCode})`,
        })),
      ],
      change: (code) => {
        this.#country = code === 'none' ? '' : (code as CountryCode);
        this.readAgain();
      },
    });
  }

  #renderProgress(count: number): TemplateResult {
    const share = this.#sent / Math.max(1, this.#parts.length);
    return html`<wa-progress-bar label="Importing" value=${Math.round(100 * share)}></wa-progress-bar>
      <p role="status" class="number">
        ${Math.round(share * count).toLocaleString()} of ${counted(count, this.kind.noun)}
      </p>`;
  }
}

export const importStyles = [
  faultStyles,
  css`
    :host {
      display: contents;
    }
    .stack {
      display: grid;
      gap: var(--parley-space-4);
    }
    .first {
      display: grid;
      gap: var(--parley-space-1);
      overflow-wrap: anywhere;
    }
    wa-progress-bar {
      --indicator-color: var(--parley-accent);
    }
  `,
];
