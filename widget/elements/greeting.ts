/** `<parley-greeting>`: a tooltip-sized word beside the launcher; the newest unread answer, or the greeting. */
import { html, type TemplateResult } from 'lit';
import type { ChatState } from '../chat.ts';
import { cross } from '../icons.ts';
import { unreadCount } from '../store.ts';
import { current } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import { face, type Person } from './face.ts';
import css from './greeting.css?inline';

export class ParleyGreeting extends PanelElement {
  static override styles = styles(css);
  static override properties = { state: { attribute: false }, gateway: {} };

  declare state: ChatState;
  declare gateway: string;

  protected override render(): TemplateResult {
    const { words, rtl, language } = current;
    const { person, text } = this.#content();
    return html`
      <div class="card" dir=${rtl ? 'rtl' : 'ltr'} lang=${language}>
        <button class="open" @click=${() => this.tell('parley-open')}>
          ${face(person, this.gateway)}<span><bdi>${text}</bdi></span>
        </button>
        <button
          class="icon-button"
          aria-label=${words.dismiss}
          title=${words.dismiss}
          @click=${() => this.tell('parley-dismiss')}
        >
          ${icon(cross)}
        </button>
      </div>
    `;
  }

  #content(): { person: Person | null; text: string } {
    const { events, config, availability } = this.state;
    const newest = events.findLast(
      ({ body }) => body.kind === 'message' && body.author.kind === 'agent',
    )?.body;
    if (unreadCount(this.state) > 0 && newest?.kind === 'message' && newest.author.kind === 'agent') {
      const text = newest.content.kind === 'text' ? newest.content.text : current.words.image;
      return { person: newest.author.agent, text };
    }
    return { person: config?.faces[0] ?? null, text: availability?.greeting ?? '' };
  }
}

define('parley-greeting', ParleyGreeting);
