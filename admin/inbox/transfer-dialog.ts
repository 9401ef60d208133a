/** Gives a session to a colleague or a queue (AG-04): search, choose, transfer. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { presenceNames } from '../../core/agent.ts';
import type { InboxSession, TransferTarget } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { colleagues, readColleagues } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import type { PlSearch } from '../elements/search.ts';
import { base } from '../styles/shared.ts';
import '../elements/avatar.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import '../elements/search.ts';
import '../elements/status.ts';
import '../elements/webawesome.ts';

type Choice = Exclude<TransferTarget, { kind: 'platform' }> & { name: string };

@customElement('pl-transfer-dialog')
export class PlTransferDialog extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      pl-search {
        max-width: none;
        margin-block-end: var(--parley-space-3);
      }
      .choices {
        display: grid;
        gap: 2px;
        height: min(360px, 46dvh);
        align-content: start;
        overflow-y: auto;
      }
      h3 {
        padding: var(--parley-space-2) var(--parley-space-2) var(--parley-space-1);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
      label {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        min-height: 48px;
        padding: var(--parley-space-1) var(--parley-space-2);
        border-radius: var(--parley-radius);
        cursor: pointer;
      }
      label:hover {
        background: var(--parley-surface-2);
      }
      label:has(:checked) {
        background: var(--parley-accent-tint);
      }
      label:has(:focus-visible) {
        box-shadow: inset 0 0 0 2px var(--parley-focus);
      }
      input {
        accent-color: var(--parley-accent);
        outline: 0;
      }
      .queue {
        display: grid;
        place-content: center;
        width: 32px;
        height: 32px;
        border-radius: var(--parley-radius-full);
        background: var(--parley-surface-3);
        color: var(--parley-icon);
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        unicode-bidi: plaintext;
      }
      .none {
        padding: var(--parley-space-4);
        color: var(--parley-text-3);
        text-align: center;
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @state() private open = false;
  @state() private search = '';
  @state() private chosen: Choice | null = null;
  @state() private problem = '';
  @state() private busy = false;
  private desk = new Watch(this, desk.state);
  private people = new Watch(this, colleagues);

  show(): void {
    this.open = true;
    this.search = '';
    this.chosen = null;
    this.problem = '';
    void this.load();
  }

  private async load(): Promise<void> {
    const answer = await readColleagues();
    if ('problem' in answer) this.problem = answer.problem.message;
  }

  private handleTransfer = async () => {
    const { chosen, session } = this;
    if (!chosen || this.busy) return;
    this.busy = true;
    const refusal = await desk.transfer(session.id, { kind: chosen.kind, id: chosen.id });
    this.busy = false;
    this.problem = refusal?.message ?? '';
    if (!refusal) this.open = false;
  };

  private handleHide = (event: Event) => {
    if (event.target === event.currentTarget) this.open = false;
  };

  override render() {
    return html`<wa-dialog label="Transfer session" ?open=${this.open} @wa-after-hide=${this.handleHide}>
      ${this.open ? this.renderContent() : nothing}
      <wa-button slot="footer" appearance="outlined" @click=${() => (this.open = false)}>Cancel</wa-button>
      <wa-button
        slot="footer"
        variant="brand"
        appearance="accent"
        ?disabled=${!this.chosen}
        ?loading=${this.busy}
        @click=${() => void this.handleTransfer()}
        >Transfer</wa-button
      >
    </wa-dialog>`;
  }

  private renderContent(): TemplateResult {
    const { route } = this.session;
    const words = this.search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text: string) => words.every((word) => text.toLocaleLowerCase().includes(word));
    const holder = route.agent?.id;
    const agents = this.people.value.agents.filter(
      ({ id, name, extension }) => id !== holder && fits(`${name} ${extension}`),
    );
    const queues = this.people.value.queues.filter(
      ({ id, name }) => (route.agent !== null || id !== route.queue?.id) && fits(name),
    );
    return html`
      ${this.problem ? html`<pl-notice tone="error">${this.problem}</pl-notice>` : nothing}
      <pl-search
        ?autofocus=${!matchMedia('(pointer: coarse)').matches}
        label="Search colleagues and queues"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      <div class="choices" role="radiogroup" aria-label="Transfer to">
        ${queues.length > 0 ? html`<h3>Queues</h3>` : nothing}
        ${queues.map(({ id, name }) => this.renderChoice({ kind: 'queue', id, name }, html`<span class="queue"><pl-icon name="layers"></pl-icon></span>`))}
        ${agents.length > 0 ? html`<h3>Colleagues</h3>` : nothing}
        ${agents.map(({ id, name, photo }) =>
          this.renderChoice(
            { kind: 'agent', id, name },
            html`<pl-avatar size="32" .name=${name} .photo=${photo}></pl-avatar>`,
            this.renderPresence(id),
          ),
        )}
        ${
          agents.length + queues.length === 0
            ? html`<p class="none">Nobody of that name. Try another part of it.</p>`
            : nothing
        }
      </div>
    `;
  }

  private renderChoice(choice: Choice, face: TemplateResult, more?: TemplateResult): TemplateResult {
    return html`<label>
      <input
        type="radio"
        name="to"
        .checked=${this.chosen?.id === choice.id}
        @change=${() => (this.chosen = choice)}
      />
      ${face}<span class="name">${choice.name}</span>${more ?? nothing}
    </label>`;
  }

  private renderPresence(agent: string): TemplateResult {
    const entry = this.desk.value.presence.get(agent);
    if (!entry?.connected) return html`<pl-status tone="off">Not connected</pl-status>`;
    const tone = entry.presence === 'available' ? 'good' : 'warning';
    return html`<pl-status tone=${tone}>${presenceNames[entry.presence]}</pl-status>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-transfer-dialog': PlTransferDialog;
  }
}
