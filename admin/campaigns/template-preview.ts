/** The template that a campaign sends, with the values that it is filled in with. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Campaign } from '../../core/campaignApi.ts';
import { previewOf } from '../../core/template.ts';
import { fileUrl } from '../data/campaigns.ts';
import { readTemplates } from '../data/channels.ts';
import { Loading } from '../elements/loading.ts';
import { contentStyles, previewHeader, renderPlace, renderTemplate } from '../inbox/content.ts';
import { isShown } from '../inbox/outgoing.ts';
import { base } from '../styles/shared.ts';

@customElement('pl-campaign-template')
export class PlCampaignTemplate extends LitElement {
  static override styles = [
    base,
    contentStyles,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-3);
      }
      img {
        width: 100%;
        border-radius: var(--parley-radius);
      }
      .card .card {
        width: auto;
      }
    `,
  ];

  @property({ attribute: false }) campaign!: Campaign;
  private templates = new Loading(this, () => readTemplates(this.campaign.channel.id));

  override render() {
    const { content } = this.campaign.input;
    if (content.kind !== 'template') return nothing;
    const input = content.template;
    return this.templates.render(({ templates }) => {
      const template = templates.find(({ id }) => id === input.id);
      if (!template) return html`<p class="quiet">The channel does not have this template any more.</p>`;
      const { header, ...rest } = previewOf(template, input);
      return html`<p><strong>${template.name}</strong> <span class="quiet">${template.language}</span></p>
        ${renderTemplate(rest, this.shownHeader() ?? previewHeader(header))}`;
    });
  }

  private shownHeader() {
    const { input, file, id } = this.campaign;
    if (file && isShown(file)) return html`<img src=${fileUrl(id)} alt=${file.name} />`;
    const header = input.content.kind === 'template' ? input.content.template.header : null;
    if (header?.kind !== 'location' || header.latitude === null || header.longitude === null) return null;
    const { latitude, longitude, name, address } = header;
    return renderPlace({ latitude, longitude, name, address });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-template': PlCampaignTemplate;
  }
}
