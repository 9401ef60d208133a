/** Tab "Templates": the message templates that WhatsApp has approved, each with a preview (WA-03). */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { TemplatesAnswer } from '../../../core/channelApi.ts';
import { previewOf, type Template, type TemplatePreview } from '../../../core/template.ts';
import { readTemplates, refreshTemplates } from '../../data/channels.ts';
import type { Answer } from '../../data/api.ts';
import type { IconName } from '../../elements/icons.ts';
import { Loading } from '../../elements/loading.ts';
import { matches, type PlSearch } from '../../elements/search.ts';
import { exactTime, shortTime } from '../../elements/times.ts';
import { base } from '../../styles/shared.ts';
import { templateStyles } from './templates-styles.ts';
import '../../elements/empty-state.ts';
import '../../elements/icon.ts';
import '../../elements/notice.ts';
import '../../elements/search.ts';
import '../../elements/webawesome.ts';

const categories: Record<Template['category'], string> = {
  marketing: 'Marketing',
  utility: 'Utility',
  authentication: 'Authentication',
};

const headerKinds: Record<'image' | 'video' | 'document' | 'location', { label: string; icon: IconName }> = {
  image: { label: 'Image', icon: 'image' },
  video: { label: 'Video', icon: 'video' },
  document: { label: 'Document', icon: 'file' },
  location: { label: 'Location', icon: 'mapPin' },
};

@customElement('pl-templates')
export class PlTemplates extends LitElement {
  static override styles = [base, templateStyles];

  @property({ attribute: false }) channel = '';
  @state() private search = '';
  @state() private chosen = '';
  @state() private busy = false;
  private refreshing = false;
  private loaded = new Loading(this, () => this.read());

  private read(): Promise<Answer<TemplatesAnswer>> {
    return this.refreshing ? refreshTemplates(this.channel) : readTemplates(this.channel);
  }

  private handleRefresh = async () => {
    this.busy = true;
    this.refreshing = true;
    await this.loaded.reload();
    this.busy = false;
  };

  override render() {
    return html`${this.loaded.render((answer) => this.renderAnswer(answer))}`;
  }

  private renderAnswer(answer: TemplatesAnswer): TemplateResult {
    const { syncedAt } = answer;
    return html`
      <div class="head">
        <p class="quiet">
          Active templates of your WhatsApp Business Account, without those of a catalog.
          ${
            syncedAt === null
              ? 'They were not read yet.'
              : html`Last read
                  <time datetime=${new Date(syncedAt).toISOString()} title=${exactTime(syncedAt)}
                    >${shortTime(syncedAt, Date.now())}</time
                  >.`
          }
        </p>
        <wa-button size="s" appearance="outlined" ?loading=${this.busy} @click=${this.handleRefresh}>
          <pl-icon slot="start" name="refresh"></pl-icon>Refresh
        </wa-button>
      </div>
      ${
        answer.problem === null
          ? nothing
          : html`<pl-notice tone="error"
              >The templates could not be read. ${answer.problem} What is below is from the last
              time.</pl-notice
            >`
      }
      ${
        answer.more
          ? html`<pl-notice tone="warning"
              >Your account has more templates than the 250 that are kept. Delete those at Meta that you no
              longer use.</pl-notice
            >`
          : nothing
      }
      ${answer.templates.length === 0 ? this.renderEmpty() : this.renderList(answer.templates)}
    `;
  }

  private renderEmpty(): TemplateResult {
    return html`<pl-empty icon="messageSquare" heading="No templates yet">
      Create a template in WhatsApp Manager. Once Meta has approved it, press Refresh: agents and campaigns
      can use it at once.
    </pl-empty>`;
  }

  private renderList(templates: readonly Template[]): TemplateResult {
    const shown = templates.filter(({ name, language, category, body }) =>
      matches(this.search, [name, language, categories[category], body.text]),
    );
    const chosen = shown.find(({ id }) => id === this.chosen)?.id ?? shown[0]?.id;
    return html`
      <pl-search
        label="Search templates"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      ${
        shown.length === 0
          ? html`<p class="quiet">No template matches the search.</p>`
          : html`<ul style=${styleMap({ '--rows': String(shown.length) })}>
              ${repeat(
                shown,
                ({ id }) => id,
                (template) => this.renderTemplate(template, template.id === chosen),
              )}
            </ul>`
      }
    `;
  }

  private renderTemplate(template: Template, isChosen: boolean): TemplateResult {
    return html`<li>
      <button
        type="button"
        class="choice"
        aria-expanded=${isChosen}
        @click=${() => (this.chosen = template.id)}
      >
        <span class="name">${template.name}</span>
        <span class="quiet small">${template.language} · ${categories[template.category]}</span>
        ${
          template.unsendable === null
            ? nothing
            : html`<span class="small unsendable"><pl-icon name="warning"></pl-icon>Cannot be sent</span>`
        }
      </button>
      ${isChosen ? renderPreview(template) : nothing}
    </li>`;
  }
}

function renderPreview(template: Template): TemplateResult {
  const preview = previewOf(template);
  return html`<div class="preview" role="region" aria-label=${`Preview of ${template.name}`}>
    ${
      template.unsendable === null
        ? nothing
        : html`<pl-notice tone="warning">${template.unsendable}</pl-notice>`
    }
    <div class="bubble">
      ${renderHeader(preview.header)}
      <p class="text">${preview.body}</p>
      ${preview.footer ? html`<p class="quiet small">${preview.footer}</p>` : nothing}
      ${
        preview.buttons.length > 0
          ? html`<ol>
              ${preview.buttons.map((text) => html`<li>${text}</li>`)}
            </ol>`
          : nothing
      }
    </div>
  </div>`;
}

function renderHeader(header: TemplatePreview['header']): TemplateResult | typeof nothing {
  if (!header) return nothing;
  if (header.kind === 'text') return html`<p class="text"><strong>${header.text}</strong></p>`;
  const { label, icon } = headerKinds[header.kind];
  return html`<div class="media"><pl-icon name=${icon} size="32"></pl-icon><span>${label}</span></div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-templates': PlTemplates;
  }
}
