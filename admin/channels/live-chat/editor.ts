/** The editor of a live chat channel: three tabs of one form, with the real widget beside them. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  liveChatInput,
  newLiveChat,
  type LiveChatChannel,
  type LiveChatInput,
} from '../../../core/channel.ts';
import type { Colleagues } from '../../../core/api.ts';
import { changeChannel, createChannel, deleteChannels } from '../../data/channels.ts';
import { listColleagues } from '../../data/people.ts';
import { Form } from '../../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../../elements/form-parts.ts';
import { Loading } from '../../elements/loading.ts';
import { go } from '../../router.ts';
import { base, fields, section } from '../../styles/shared.ts';
import { displayTab } from './display.ts';
import { generalTab } from './general.ts';
import { messageTab } from './message.ts';
import '../../elements/page-header.ts';
import '../../elements/tabs.ts';
import type { PlTabs } from '../../elements/tabs.ts';
import './embed-dialog.ts';
import './identity.ts';
import './preview.ts';

type Tab = 'general' | 'display' | 'message';
const tabs = [
  { id: 'general', label: 'General' },
  { id: 'display', label: 'Display & Appearance' },
  { id: 'message', label: 'Message' },
] as const;

@customElement('pl-live-chat')
export class PlLiveChat extends LitElement {
  static override styles = [
    base,
    section,
    fields,
    css`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 400px;
        gap: var(--parley-space-8);
        align-items: start;
      }
      form {
        display: grid;
        gap: var(--parley-space-6);
        min-width: 0;
      }
      .panel {
        display: grid;
        gap: var(--parley-space-6);
      }
      .panel[hidden] {
        display: none;
      }
      .panel:focus {
        outline: none;
      }
      pl-preview {
        position: sticky;
        inset-block-start: var(--parley-space-6);
      }
      .swatches {
        display: flex;
        flex-wrap: wrap;
        gap: var(--parley-space-2);
      }
      .swatches button {
        width: 28px;
        height: 28px;
        padding: 0;
        border: 2px solid var(--parley-surface);
        border-radius: var(--parley-radius-full);
        box-shadow: 0 0 0 1px var(--parley-border-strong);
      }
      .swatches button[aria-pressed='true'] {
        box-shadow: 0 0 0 2px var(--parley-text-1);
      }
      wa-color-picker::part(form-control-label) {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      .colour {
        display: grid;
        gap: var(--parley-space-2);
      }
      .rules {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--parley-space-4);
      }
      @media (max-width: 1099px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
        pl-preview {
          position: static;
        }
      }
      @media (max-width: 480px) {
        .rules {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  /** Null makes a new one. */
  @property({ attribute: false }) channel: LiveChatChannel | null = null;
  @state() private tab: Tab = 'general';
  @state() private embedOpen = false;
  private form = new Form<LiveChatInput>(this, newLiveChat({ kind: 'queue', id: '' }));
  private people = new Loading(this, listColleagues, (people) => this.begin(people));

  /** A new channel starts with the only queue there is, when there is one. */
  private begin(people: Colleagues): void {
    if (this.channel) {
      this.form.reset(liveChatInput.parse(this.channel));
      return;
    }
    const queue = people.queues[0];
    this.form.reset(newLiveChat({ kind: 'queue', id: queue && people.queues.length === 1 ? queue.id : '' }));
  }

  private handleSubmit = onSubmit(async () => {
    const { channel, form } = this;
    const saved = await form.submit(liveChatInput, (input) =>
      channel ? changeChannel(channel.id, input) : createChannel(input),
    );
    if (!saved) {
      const wrong = form.invalidPaths[0];
      if (wrong !== undefined) this.tab = tabOfField(wrong);
      return;
    }
    if (saved.type !== 'liveChat') return;
    this.channel = saved;
    await form.markSaved(liveChatInput.parse(saved));
    this.embedOpen = true;
  });

  private handleDelete = async () => {
    const { channel } = this;
    if (!channel) return;
    const gone = await this.form.delete(() => deleteChannels([channel.id], false));
    if (gone) await go('/channels', { replace: true });
  };

  /** The address of a channel that was just made is its own from here on. */
  private handleEmbedClosed = () => {
    this.embedOpen = false;
    if (this.channel && location.pathname.startsWith('/channels/new')) {
      void go(`/channels/${encodeURIComponent(this.channel.id)}`, { replace: true });
    }
  };

  override render() {
    const { channel } = this;
    return html`
      <pl-page-header
        heading=${channel ? channel.name : 'New live chat channel'}
        help=${channel ? `Live Chat · ${channel.number}` : ''}
        back="/channels"
        back-label="Channels"
      >
        ${
          channel
            ? html`<wa-button slot="action" appearance="outlined" @click=${() => (this.embedOpen = true)}>
                <pl-icon slot="start" name="code"></pl-icon>Embed code
              </wa-button>`
            : nothing
        }
      </pl-page-header>
      ${this.people.render((people) => this.renderForm(people))}
      ${
        channel
          ? html`<pl-embed-dialog
              .channel=${channel.id}
              .name=${channel.name}
              ?open=${this.embedOpen}
              @closed=${this.handleEmbedClosed}
            ></pl-embed-dialog>`
          : nothing
      }
    `;
  }

  private renderForm(people: Colleagues): TemplateResult {
    const { form, channel, tab } = this;
    const panels = { general: generalTab, display: displayTab, message: messageTab };
    return html`<div class="columns">
      <form novalidate @submit=${this.handleSubmit}>
        <pl-tabs
          label="Channel settings"
          .tabs=${tabs}
          .current=${tab}
          @change=${(event: Event) => {
            const chosen = tabs.find((one) => one.id === (event.target as PlTabs).current);
            if (chosen) this.tab = chosen.id;
          }}
        ></pl-tabs>
        ${problemNotice(form.problem)}
        ${tabs.map(
          ({ id, label }) =>
            html`<div class="panel" role="tabpanel" aria-label=${label} tabindex="-1" ?hidden=${id !== tab}>
              ${panels[id](form, people)}
              ${
                id === 'general' && channel
                  ? html`<pl-identity .channel=${channel.id} .set=${channel.identitySecretSet}></pl-identity>`
                  : nothing
              }
            </div>`,
        )}
        ${saveBar(form, {
          fresh: channel === null,
          deletion: channel && {
            label: 'Delete channel',
            question: 'Delete this channel? Its widget stops working.',
            confirmed: this.handleDelete,
          },
        })}
      </form>
      <pl-preview .input=${form.values} .number=${channel?.number ?? 'LC00000'}></pl-preview>
    </div>`;
  }
}

function tabOfField(path: string): Tab {
  const [root = ''] = path.split('.');
  if (['appearance', 'agentDisplay'].includes(root)) return 'display';
  if (['language', 'preChat', 'consent', 'messages'].includes(root)) return 'message';
  return 'general';
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-live-chat': PlLiveChat;
  }
}
