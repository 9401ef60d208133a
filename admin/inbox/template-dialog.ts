/** Chooses a template of WhatsApp, has it filled in beside its preview, and sends it (WA-04, WA-05). */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { templatesAnswer } from '../../core/channelApi.ts';
import type { InboxSession } from '../../core/protocol.ts';
import type { Template } from '../../core/template.ts';
import { call } from '../data/api.ts';
import { desk } from '../data/desk.ts';
import { base } from '../styles/shared.ts';
import { templateDialogStyles } from './template-dialog-styles.ts';
import type { PlTemplateForm } from './template-form.ts';
import type { PlTemplateList } from './template-list.ts';
import { draftOf, noValues, type TemplateValues } from './template-values.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/webawesome.ts';
import './template-form.ts';
import './template-list.ts';

@customElement('pl-template-dialog')
export class PlTemplateDialog extends LitElement {
  static override styles = [base, templateDialogStyles];

  @property({ attribute: false }) session!: InboxSession;
  @state() private open = false;
  /** Null while they are being read. */
  @state() private templates: readonly Template[] | null = null;
  @state() private problem = '';
  @state() private chosen: Template | null = null;
  @state() private values: TemplateValues = noValues;
  @state() private problems: Record<string, string> = {};

  show(): void {
    this.open = true;
    this.chosen = null;
    void this.load();
  }

  private async load(): Promise<void> {
    const { id } = this.session;
    this.templates = null;
    this.problem = '';
    const answer = await call('GET', `/api/sessions/${encodeURIComponent(id)}/templates`, templatesAnswer);
    if (this.session.id !== id) return;
    if ('problem' in answer) this.problem = answer.problem.message;
    else this.templates = answer.value.templates;
  }

  private choose(template: Template | null): void {
    this.chosen = template;
    this.values = noValues;
    this.problems = {};
    this.problem = '';
  }

  private handleSubmit = async (event: Event) => {
    event.preventDefault();
    if (!this.chosen) return;
    const made = draftOf(this.chosen, this.values);
    this.problems = 'problems' in made ? made.problems : {};
    if ('problems' in made) return;
    if (await desk.delivery.send(this.session.id, made.draft)) this.open = false;
    else this.problem = 'Not sent. Check your connection and try again.';
  };

  private handleHide = (event: Event) => {
    if (event.target === event.currentTarget) this.open = false;
  };

  override render() {
    const { chosen } = this;
    return html`<wa-dialog
      label=${chosen ? chosen.name : 'Choose a template'}
      ?open=${this.open}
      @wa-after-hide=${this.handleHide}
    >
      ${this.open ? (chosen ? this.renderForm(chosen) : this.renderChoice()) : nothing}
    </wa-dialog>`;
  }

  private renderChoice(): TemplateResult {
    if (this.problem) {
      return html`<pl-notice tone="error"
        >${this.problem}
        <wa-button slot="action" size="s" appearance="outlined" @click=${() => void this.load()}
          >Try again</wa-button
        ></pl-notice
      >`;
    }
    if (!this.templates) return html`<pl-placeholder></pl-placeholder>`;
    return html`<pl-template-list
      .templates=${this.templates}
      @choose=${(event: Event) => this.choose((event.currentTarget as PlTemplateList).chosen)}
    ></pl-template-list>`;
  }

  private renderForm(template: Template): TemplateResult {
    return html`<form novalidate @submit=${this.handleSubmit}>
      <button type="button" class="text-button back" @click=${() => this.choose(null)}>
        <pl-icon name="arrowLeft"></pl-icon>All templates
      </button>
      ${this.problem ? html`<pl-notice tone="error">${this.problem}</pl-notice>` : nothing}
      <pl-template-form
        .template=${template}
        .values=${this.values}
        .problems=${this.problems}
        @change=${(event: Event) => (this.values = (event.currentTarget as PlTemplateForm).values)}
      ></pl-template-form>
      <div class="row last">
        <wa-button type="submit" variant="brand" appearance="accent">Send template</wa-button>
      </div>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-template-dialog': PlTemplateDialog;
  }
}
