/**
 * `<parley-form>`: what the channel asks before a chat (LC-11), and the terms that it shows (LC-12). Fetched
 * when it is due.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { WidgetConfig } from '../../core/visitorProtocol.ts';
import type { CustomerProfile } from '../../core/log.ts';
import type { Chat, ChatState } from '../chat.ts';
import { current, explain, type Words } from '../words.ts';
import { PanelElement, define, styles } from './element.ts';
import { terms } from './terms.ts';
import css from './form.css?inline';

const fields = [
  { name: 'firstName', type: 'text', autocomplete: 'given-name' },
  { name: 'lastName', type: 'text', autocomplete: 'family-name' },
  { name: 'email', type: 'email', autocomplete: 'email' },
  { name: 'phone', type: 'tel', autocomplete: 'tel' },
] as const;
type Field = (typeof fields)[number]['name'] | 'consent';

export class ParleyForm extends PanelElement {
  static override styles = styles(css);
  static override properties = {
    chat: { attribute: false },
    state: { attribute: false },
    errors: { state: true },
    busy: { state: true },
  };

  declare chat: Chat;
  declare state: ChatState;
  declare private errors: Partial<Record<Field | 'form', string>>;
  declare private busy: boolean;

  constructor() {
    super();
    this.errors = {};
    this.busy = false;
  }

  protected override firstUpdated(): void {
    this.focus();
  }

  override focus(): void {
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('input, .primary')?.focus(),
    );
  }

  async #handleSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const data = new FormData(event.target);
    const profile: CustomerProfile = {};
    for (const { name } of fields) {
      const value = String(data.get(name) ?? '').trim();
      if (value) profile[name] = value;
    }
    const agreed = data.has('consent');
    this.errors = this.#check(profile, agreed);
    if (Object.keys(this.errors).length > 0) return this.#focusError();
    this.busy = true;
    const refused = await this.chat.submitForm(profile, agreed);
    this.busy = false;
    if (!refused) return;
    this.errors = { [refused.field ?? 'form']: explain(refused.code) };
    this.#focusError();
  }

  #check(profile: CustomerProfile, agreed: boolean): Partial<Record<Field, string>> {
    const { words } = current;
    const { preChat, consent } = this.state.config ?? {};
    const errors: Partial<Record<Field, string>> = {};
    for (const { name } of fields) {
      if (preChat?.[name] === 'required' && !profile[name]) errors[name] = words.fillIn;
    }
    if (profile.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(profile.email)) errors.email = words.emailExample;
    if (profile.phone && !/^\+?[0-9 ()./-]{5,30}$/.test(profile.phone)) errors.phone = words.phoneExample;
    if (consent?.explicit && !agreed) errors.consent = words.agreeFirst;
    return errors;
  }

  #focusError(): void {
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(),
    );
  }

  protected override render(): TemplateResult {
    const { words } = current;
    const { preChat, consent } = this.state.config ?? {};
    return html`
      <form novalidate @submit=${this.#handleSubmit}>
        ${preChat?.title ? html`<h3><bdi>${preChat.title}</bdi></h3>` : nothing}
        ${preChat?.subtitle ? html`<p class="subtitle"><bdi>${preChat.subtitle}</bdi></p>` : nothing}
        ${this.state.pending.length > 0 ? html`<p class="note">${words.waitsForForm}</p>` : nothing}
        ${fields.map((field) => this.#renderField(field, preChat ?? null))}
        ${consent ? this.#renderConsent(consent) : nothing}
        ${this.errors.form ? html`<p class="error" role="alert">${this.errors.form}</p>` : nothing}
        <button class="primary" type="submit" aria-busy=${this.busy}>${words.startChat}</button>
      </form>
    `;
  }

  #renderField(
    { name, type, autocomplete }: (typeof fields)[number],
    preChat: WidgetConfig['preChat'],
  ): TemplateResult | typeof nothing {
    const rule = preChat?.[name] ?? 'off';
    if (rule === 'off') return nothing;
    const { words } = current;
    const error = this.errors[name];
    return html`<div class="field">
      <label for=${name}>
        ${words[name as keyof Words & typeof name]}
        ${rule === 'optional' ? html`<span>(${words.optional})</span>` : nothing}
      </label>
      <input
        id=${name}
        name=${name}
        type=${type}
        autocomplete=${autocomplete}
        maxlength=${type === 'email' ? 254 : 80}
        dir=${type === 'text' ? 'auto' : 'ltr'}
        .defaultValue=${this.state.profile[name] ?? ''}
        aria-required=${rule === 'required'}
        aria-invalid=${error !== undefined}
        aria-describedby=${`${name}-error`}
      />
      <p class="error" id=${`${name}-error`}>${error}</p>
    </div>`;
  }

  #renderConsent({ text, explicit }: NonNullable<WidgetConfig['consent']>): TemplateResult {
    const error = this.errors.consent;
    return html`<div class="consent terms">
      <div id="terms">${terms(text)}</div>
      ${
        explicit
          ? html`<label class="box">
                <input
                  type="checkbox"
                  name="consent"
                  aria-required="true"
                  aria-invalid=${error !== undefined}
                  aria-describedby="terms consent-error"
                />
                ${current.words.agree}
              </label>
              <p class="error" id="consent-error">${error}</p>`
          : nothing
      }
    </div>`;
  }
}

define('parley-form', ParleyForm);
