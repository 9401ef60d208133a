/**
 * What can be done with a campaign in its status: a menu in the list, buttons on its own page. What cannot be
 * taken back is asked about first.
 *
 * @fires changed - Something was done.
 * @fires refused - It was not (`problem`).
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isPossible, settled, type CampaignAction } from '../../core/campaign.ts';
import type { CampaignRow } from '../../core/campaignApi.ts';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import {
  cancelCampaign,
  deleteCampaigns,
  duplicateCampaign,
  pauseCampaign,
  resumeCampaign,
  retryCampaign,
} from '../data/campaigns.ts';
import { checkboxField } from '../elements/fields.ts';
import type { IconName } from '../elements/icons.ts';
import { go } from '../router.ts';
import { base, fields, iconButton } from '../styles/shared.ts';
import { people } from './words.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

type Asked = 'cancel' | 'retry' | 'delete';

const actions: readonly { action: CampaignAction; label: string; icon: IconName }[] = [
  { action: 'edit', label: 'Edit', icon: 'pencil' },
  { action: 'pause', label: 'Pause', icon: 'pause' },
  { action: 'resume', label: 'Resume', icon: 'play' },
  { action: 'retry', label: 'Retry failed', icon: 'refresh' },
  { action: 'cancel', label: 'Cancel sending', icon: 'ban' },
  { action: 'duplicate', label: 'Duplicate', icon: 'copy' },
  { action: 'delete', label: 'Delete', icon: 'trash' },
];

@customElement('pl-campaign-actions')
export class PlCampaignActions extends LitElement {
  static override styles = [
    base,
    fields,
    iconButton,
    css`
      .stack {
        display: grid;
        gap: var(--parley-space-4);
        text-align: start;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) campaign!: CampaignRow;
  /** Buttons in place of a menu. */
  @property({ type: Boolean }) wide = false;
  problem: Problem | null = null;
  /** What is asked about, and of which campaign: a list may move on meanwhile. */
  @state() private asked: { action: Asked; campaign: CampaignRow } | null = null;
  @state() private unknownToo = false;
  @state() private busy: CampaignAction | null = null;

  private get possible() {
    const { status, totals } = this.campaign;
    return actions.filter(
      ({ action }) =>
        isPossible(action, status) && (action !== 'retry' || totals.failed + totals.unknown > 0),
    );
  }

  private start(action: CampaignAction): void {
    const { campaign } = this;
    switch (action) {
      case 'edit':
        void go(`/campaigns/${encodeURIComponent(campaign.id)}/edit`);
        return;
      case 'cancel':
      case 'retry':
      case 'delete':
        this.unknownToo = action === 'retry' && campaign.totals.failed === 0;
        this.asked = { action, campaign };
        return;
      case 'pause':
      case 'resume':
      case 'duplicate':
        void this.act(action, campaign.id);
    }
  }

  private async act(action: Exclude<CampaignAction, 'edit'>, id: string): Promise<void> {
    this.busy = action;
    const answer = await this.ask(action, id);
    this.busy = null;
    this.asked = null;
    if ('problem' in answer) {
      this.problem = answer.problem;
      this.dispatchEvent(new Event('refused'));
      return;
    }
    this.dispatchEvent(new CustomEvent('changed', { detail: action }));
    if (action === 'duplicate' && answer.value) {
      await go(`/campaigns/${encodeURIComponent(answer.value.id)}/edit`);
    }
  }

  private async ask(
    action: Exclude<CampaignAction, 'edit'>,
    id: string,
  ): Promise<Answer<{ id: string } | null>> {
    switch (action) {
      case 'pause':
        return pauseCampaign(id);
      case 'resume':
        return resumeCampaign(id);
      case 'cancel':
        return cancelCampaign(id);
      case 'retry':
        return retryCampaign(id, this.unknownToo);
      case 'duplicate':
        return duplicateCampaign(id);
      case 'delete': {
        const answer = await deleteCampaigns([id]);
        return 'problem' in answer ? answer : { value: null };
      }
    }
  }

  override render() {
    return html`${this.wide ? this.renderButtons() : this.renderMenu()} ${this.renderQuestion()}`;
  }

  private renderButtons(): TemplateResult {
    return html`<div class="row">
      ${this.possible.map(
        ({ action, label, icon }) =>
          html`<wa-button
            appearance="outlined"
            variant=${action === 'delete' || action === 'cancel' ? 'danger' : 'neutral'}
            ?loading=${this.busy === action}
            @click=${() => this.start(action)}
          >
            <pl-icon slot="start" name=${icon}></pl-icon>${label}
          </wa-button>`,
      )}
    </div>`;
  }

  private renderMenu(): TemplateResult {
    return html`<wa-dropdown
      placement="bottom-end"
      @wa-select=${(event: CustomEvent<{ item: { value: CampaignAction } }>) =>
        this.start(event.detail.item.value)}
    >
      <button
        slot="trigger"
        type="button"
        class="icon-button"
        aria-label=${`Operations of ${this.campaign.name}`}
        title="Operations"
      >
        <pl-icon name="ellipsis" size="20"></pl-icon>
      </button>
      ${this.possible.map(
        ({ action, label, icon }) =>
          html`<wa-dropdown-item
            value=${action}
            variant=${action === 'delete' || action === 'cancel' ? 'danger' : 'default'}
          >
            <pl-icon slot="icon" name=${icon}></pl-icon>${label}
          </wa-dropdown-item>`,
      )}
    </wa-dropdown>`;
  }

  private renderQuestion(): TemplateResult | typeof nothing {
    const { asked } = this;
    if (!asked) return nothing;
    const { title, text, verb } = question(asked.action, asked.campaign);
    const { unknown } = asked.campaign.totals;
    return html`<wa-dialog
      label=${title}
      open
      @wa-after-hide=${(event: Event) => {
        if (event.target === event.currentTarget) this.asked = null;
      }}
    >
      <div class="stack">
        <p>${text}</p>
        ${
          asked.action === 'retry' && unknown > 0
            ? checkboxField({
                label: `Also the ${people(unknown)} whose outcome is unknown`,
                help: 'They may get the message twice.',
                checked: this.unknownToo,
                change: (on) => (this.unknownToo = on),
              })
            : nothing
        }
      </div>
      <wa-button slot="footer" appearance="outlined" data-dialog="close"
        >${asked.action === 'cancel' ? 'Go on sending' : 'Keep'}</wa-button
      >
      <wa-button
        slot="footer"
        variant=${asked.action === 'retry' ? 'brand' : 'danger'}
        appearance="accent"
        ?loading=${this.busy !== null}
        ?disabled=${asked.action === 'retry' && asked.campaign.totals.failed === 0 && !this.unknownToo}
        @click=${() => void this.act(asked.action, asked.campaign.id)}
        >${verb}</wa-button
      >
    </wa-dialog>`;
  }
}

function question(
  action: Asked,
  { name, status, totals }: CampaignRow,
): { title: string; text: string; verb: string } {
  switch (action) {
    case 'cancel':
      return {
        title: `Cancel “${name}”?`,
        text:
          status === 'scheduled'
            ? 'Nobody gets it then. It stays in the list, and can be duplicated.'
            : `${people(settled(totals))} of ${totals.total.toLocaleString('en')} are done; the others do not get it. This cannot be taken back.`,
        verb: 'Cancel sending',
      };
    case 'retry':
      return {
        title: 'Retry failed',
        text:
          totals.failed === 0
            ? 'No message has failed.'
            : `Sends “${name}” again to the ${people(totals.failed)} it failed for.`,
        verb: 'Retry',
      };
    case 'delete':
      return {
        title: `Delete “${name}”?`,
        text:
          status === 'draft' || status === 'scheduled'
            ? 'Nobody gets it then, and its recipients are deleted with it.'
            : 'Its recipients and their results are deleted. Sessions and messages stay.',
        verb: 'Delete',
      };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-actions': PlCampaignActions;
  }
}
