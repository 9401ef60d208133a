/** /canned-responses/new and /canned-responses/:id: shortcut and text of one, with what customers will read beside it. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type WaTextarea from '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import {
  cannedResponseInput,
  fill,
  maxShortcutLength,
  placeholders,
  type CannedResponseInput,
  type Placeholder,
} from '../../core/cannedResponse.ts';
import { problem } from '../../core/errors.ts';
import type { CustomerProfile } from '../../core/log.ts';
import { maxTextLength } from '../../core/message.ts';
import { account } from '../data/account.ts';
import type { Answer } from '../data/api.ts';
import {
  changeCannedResponse,
  createCannedResponse,
  fillValues,
  readCannedResponses,
} from '../data/canned.ts';
import { areaField, radioField, textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { go } from '../router.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../elements/page-header.ts';

const placeholderNames: Record<Placeholder, string> = {
  'customer.name': 'Customer’s name',
  'customer.firstName': 'Customer’s first name',
  'agent.name': 'Your name',
  'workspace.name': 'Workspace’s name',
};

const sampleCustomer: CustomerProfile = { firstName: 'Dana', lastName: 'Miller' };

@customElement('pl-canned-response')
export class PlCannedResponse extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    css`
      .sides {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
        align-items: start;
        gap: var(--parley-space-6);
      }
      .text {
        display: grid;
        gap: var(--parley-space-2);
      }
      .words {
        width: fit-content;
        max-width: 100%;
        margin-block-start: var(--parley-space-1);
        padding: 8px 14px;
        border-radius: var(--parley-radius-bubble);
        background: var(--parley-accent-tint-2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      @media (max-width: 1023px) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  /** An id, or `new`. */
  @property({ attribute: false }) response = 'new';
  @query('wa-textarea') private area?: WaTextarea;
  private form = new Form<CannedResponseInput>(this, fresh());
  private loaded = new Loading(
    this,
    () => read(this.response),
    (input) => this.form.reset(input),
  );

  private handleSubmit = onSubmit(async () => {
    const isNew = this.response === 'new';
    const saved = await this.form.submit(cannedResponseInput, (input) =>
      isNew ? createCannedResponse(input) : changeCannedResponse(this.response, input),
    );
    if (!saved) return;
    const { shortcut, title, text, shared } = saved;
    await this.form.markSaved({ shortcut, title, text, shared });
    if (isNew) await go('/canned-responses', { replace: true });
  });

  /** Puts a placeholder where the caret is, or was last. */
  private async insert(name: Placeholder): Promise<void> {
    const { input } = this.area ?? {};
    if (!input) return;
    const { selectionStart, selectionEnd, value } = input;
    const words = `{{${name}}}`;
    this.form.set({ text: value.slice(0, selectionStart) + words + value.slice(selectionEnd) });
    await this.updateComplete;
    await this.area?.updateComplete;
    input.focus();
    input.setSelectionRange(selectionStart + words.length, selectionStart + words.length);
  }

  override render() {
    const isNew = this.response === 'new';
    const { form } = this;
    return html`
      <pl-page-header
        heading=${isNew ? 'New canned response' : `/${this.loaded.value?.shortcut ?? ''}`}
        back="/canned-responses"
        back-label="Canned responses"
      ></pl-page-header>
      ${this.loaded.render(
        () =>
          html`<form novalidate @submit=${this.handleSubmit}>
            ${problemNotice(form.problem)}
            <div class="sides">${this.renderFields()} ${this.renderPreview()}</div>
            ${saveBar(form, { fresh: isNew, label: isNew ? 'Add response' : 'Save' })}
          </form>`,
      )}
    `;
  }

  private renderFields(): TemplateResult {
    const { form } = this;
    return html`<section>
      ${textField({
        label: 'Shortcut',
        value: form.values.shortcut,
        error: form.error('shortcut'),
        help: 'What is typed behind the slash, such as hours.',
        maxlength: maxShortcutLength + 1,
        change: (shortcut) => form.set({ shortcut }),
      })}
      ${textField({
        label: 'Title (optional)',
        value: form.values.title,
        error: form.error('title'),
        help: 'Its words find the response, too.',
        maxlength: 80,
        change: (title) => form.set({ title }),
      })}
      <div class="text">
        ${areaField({
          label: 'Text',
          rows: 6,
          value: form.values.text,
          error: form.error('text'),
          maxlength: maxTextLength,
          change: (text) => form.set({ text }),
        })}
        <div class="row" role="group" aria-label="Insert a placeholder">
          <span class="quiet small">Insert</span>
          ${placeholders.map(
            (name) =>
              html`<wa-button
                size="s"
                appearance="outlined"
                title=${`{{${name}}}`}
                @click=${() => void this.insert(name)}
                >${placeholderNames[name]}</wa-button
              >`,
          )}
        </div>
      </div>
      ${account.value?.me?.role === 'admin' ? this.renderShared() : nothing}
    </section>`;
  }

  private renderShared(): TemplateResult {
    const { form } = this;
    return radioField({
      label: 'Who has it',
      value: form.values.shared ? 'everybody' : 'you',
      error: form.error('shared'),
      choices: [
        { value: 'everybody', label: 'Everybody', help: 'All agents insert it, admins change it.' },
        { value: 'you', label: 'Only you' },
      ],
      change: (who) => form.set({ shared: who === 'everybody' }),
    });
  }

  private renderPreview(): TemplateResult {
    const { text } = this.form.values;
    const known = fill(text, fillValues(sampleCustomer));
    const nameless = fill(text, fillValues({}));
    return html`<section aria-label="Preview">
      <header><h2>Preview</h2></header>
      ${known === '' ? html`<p class="quiet">What customers read is shown here as you type.</p>` : previewOf('To Dana Miller', known)}
      ${nameless === known ? nothing : previewOf('When the name is not known', nameless)}
    </section>`;
  }
}

function previewOf(whom: string, words: string): TemplateResult {
  return html`<div>
    <p class="quiet small">${whom}</p>
    <div class="words" dir="auto">${words}</div>
  </div>`;
}

/** What an admin adds is for everybody as a rule, and what an agent adds is their own. */
function fresh(): CannedResponseInput {
  return { shortcut: '', title: '', text: '', shared: account.value?.me?.role === 'admin' };
}

async function read(id: string): Promise<Answer<CannedResponseInput>> {
  if (id === 'new') return { value: fresh() };
  const answer = await readCannedResponses();
  if ('problem' in answer) return answer;
  const found = answer.value.find((one) => one.id === id);
  if (!found) return { problem: problem('not_found') };
  const { shortcut, title, text, shared } = found;
  if (shared && account.value?.me?.role !== 'admin') return { problem: problem('forbidden') };
  return { value: { shortcut, title, text, shared } };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-canned-response': PlCannedResponse;
  }
}
