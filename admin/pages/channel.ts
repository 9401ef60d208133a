/** /channels/new/:type and /channels/:id: finds the channel, and hands it to the editor of its type. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Channel } from '../../core/channel.ts';
import { problem } from '../../core/errors.ts';
import { channelType, type ChannelType } from '../channels/registry.ts';
import type { Answer } from '../data/api.ts';
import { readChannel } from '../data/channels.ts';
import { Loading } from '../elements/loading.ts';
import { base, page } from '../styles/shared.ts';

@customElement('pl-channel')
export class PlChannel extends LitElement {
  static override styles = [base, page];

  /** An id; empty for a new channel. */
  @property({ attribute: false }) channel = '';
  /** The type of a new channel. */
  @property({ attribute: false }) type = '';
  @state() private loadedId = '';
  private loaded = new Loading(this, () => this.read());

  private async read(): Promise<Answer<{ channel: Channel | null; type: ChannelType }>> {
    this.loadedId = this.channel;
    const answer = this.channel ? await readChannel(this.channel) : null;
    if (answer && 'problem' in answer) return answer;
    const channel = answer?.value ?? null;
    const type = channelType(channel?.type ?? this.type);
    if (!type) return { problem: problem('not_found') };
    await type.load();
    return { value: { channel, type } };
  }

  override willUpdate(): void {
    // A new channel that was saved has its own address now; its editor stays as it is.
    if (this.hasUpdated && this.loadedId !== this.channel) void this.loaded.reload();
  }

  override render() {
    return html`${this.loaded.render(({ channel, type }) => html`${type.draw(channel) ?? nothing}`)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-channel': PlChannel;
  }
}
