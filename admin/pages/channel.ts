/** /channels/new/:type(/:provider) and /channels/:id: finds the channel, and hands it to the editor of its type. */
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Channel } from '../../core/channel.ts';
import { problem } from '../../core/errors.ts';
import { channelType, type ChannelType } from '../channels/registry.ts';
import type { Answer } from '../data/api.ts';
import { readChannel } from '../data/channels.ts';
import { Loading } from '../elements/loading.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/empty-state.ts';
import '../elements/webawesome.ts';

interface Loaded {
  channel: Channel | null;
  type: ChannelType;
  provider: string;
}

@customElement('pl-channel')
export class PlChannel extends LitElement {
  static override styles = [base, page];

  /** An id; empty for a new channel. */
  @property({ attribute: false }) channel = '';
  /** The type of a new channel. */
  @property({ attribute: false }) type = '';
  /** The provider of a new channel; empty where there is none, or none yet. */
  @property({ attribute: false }) provider = '';
  @state() private shown = '';
  private loaded = new Loading(this, () => this.read());

  /** What the address asks for. */
  private get asked(): string {
    return this.channel || `new/${this.type}/${this.provider}`;
  }

  private async read(): Promise<Answer<Loaded>> {
    this.shown = this.asked;
    const { provider } = this;
    const answer = this.channel ? await readChannel(this.channel) : null;
    if (answer && 'problem' in answer) return answer;
    const channel = answer?.value ?? null;
    const type = channelType(channel?.type ?? this.type);
    if (!type) return { problem: problem('not_found') };
    await type.load();
    return { value: { channel, type, provider } };
  }

  override willUpdate(): void {
    // A new channel that was saved has its own address now; its editor stays as it is.
    if (this.hasUpdated && this.shown !== this.asked) void this.loaded.reload();
  }

  override render() {
    return html`${this.loaded.render(({ channel, type, provider }) => type.draw(channel, provider) ?? notFound())}`;
  }
}

function notFound(): TemplateResult {
  return html`<pl-empty icon="search" heading="There is no such provider">
    <wa-button slot="action" href="/channels" appearance="outlined">Go to the channels</wa-button>
  </pl-empty>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-channel': PlChannel;
  }
}
