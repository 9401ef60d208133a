/** The real widget in a frame, drawing the draft as it is edited. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { LiveChatInput } from '../../../core/channel.ts';
import { palettes } from '../../../core/colour.ts';
import { matchLanguage } from '../../../core/language.ts';
import type { LoaderConfig } from '../../../core/loader.ts';
import type { WidgetConfig } from '../../../core/protocol.ts';
import { account } from '../../data/account.ts';
import { base } from '../../styles/shared.ts';

/** Narrower than this the widget takes the whole frame, as on a phone, px. */
const desktopWidth = 520;

const themes = { light: 'Light', dark: 'Dark' };
const views = { start: 'Start', conversation: 'Conversation' };
type Theme = keyof typeof themes;
type View = keyof typeof views;

@customElement('pl-preview')
export class PlPreview extends LitElement {
  static override styles = [
    base,
    css`
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 40px;
        margin-block-end: var(--parley-space-2);
      }
      .frame {
        height: calc(820px * var(--scale, 1));
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        overflow: hidden;
      }
      iframe {
        display: block;
        width: calc(100% / var(--scale, 1));
        height: 820px;
        border: 0;
        background: var(--parley-surface-2);
        transform: scale(var(--scale, 1));
        transform-origin: 0 0;
      }
      iframe:dir(rtl) {
        transform-origin: 100% 0;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: var(--parley-space-2);
      }
      .segments {
        display: flex;
        gap: 2px;
        padding: 2px;
        border-radius: var(--parley-radius);
        background: var(--parley-surface-3);
      }
      .segments button {
        padding: 2px 10px;
        border: 0;
        border-radius: 4px;
        background: none;
        font-size: var(--parley-text-small);
      }
      .segments button[aria-pressed='true'] {
        background: var(--parley-surface);
        box-shadow: var(--parley-raised);
      }
    `,
  ];

  @property({ attribute: false }) input: LiveChatInput | null = null;
  @property({ attribute: false }) number = 'LC00000';
  @state() private theme: Theme = 'light';
  @state() private view: View = 'start';
  @query('iframe') private frame?: HTMLIFrameElement;

  #resize = new ResizeObserver(() => {
    const scale = Math.min(1, this.clientWidth / desktopWidth, (innerHeight - 120) / 820);
    this.style.setProperty('--scale', String(Math.max(0.5, scale)));
  });

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('message', this.handleMessage);
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('message', this.handleMessage);
    this.#resize.disconnect();
  }

  private handleMessage = (event: MessageEvent<unknown>) => {
    const { data } = event;
    if (event.source !== this.frame?.contentWindow || event.origin !== location.origin) return;
    if (typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'parley.preview.ready')
      this.post();
  };

  private post(): void {
    const { input } = this;
    if (!input || !/^#[0-9a-f]{6}$/i.test(input.appearance.accent)) return;
    const message = {
      kind: 'parley.preview',
      loader: loaderConfig(input, this.number),
      widget: widgetConfig(input, this.number),
      messages: input.messages,
      theme: this.theme,
      view: this.view,
    };
    this.frame?.contentWindow?.postMessage(message, location.origin);
  }

  override updated(): void {
    this.post();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const fixed = this.input?.appearance.theme;
    if (changed.has('input') && fixed && fixed !== 'auto') this.theme = fixed;
  }

  override render() {
    const choice = this.input?.appearance.theme === 'auto';
    return html`<header>
        <h2>Preview</h2>
        <div class="choices">
          ${segments('What the preview shows', views, this.view, (view) => (this.view = view))}
          ${choice ? segments('Theme of the preview', themes, this.theme, (theme) => (this.theme = theme)) : nothing}
        </div>
      </header>
      <div class="frame"><iframe title="Preview of the widget" src="/widget/preview.html"></iframe></div>`;
  }
}

/** Buttons of which one is pressed. */
function segments<K extends string>(
  label: string,
  names: Record<K, string>,
  chosen: K,
  choose: (key: K) => void,
) {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${Object.entries<string>(names).map(
      ([key, name]) =>
        html`<button type="button" aria-pressed=${key === chosen} @click=${() => choose(key as K)}>
          ${name}
        </button>`,
    )}
  </div>`;
}

function loaderConfig(input: LiveChatInput, channelNumber: string): LoaderConfig {
  const { accent, theme, launcher, position, offset } = input.appearance;
  const px = (value: number) => (Number.isFinite(value) ? Math.min(200, Math.max(0, value)) : 0);
  return {
    channelNumber,
    domains: [],
    language: input.language,
    theme,
    launcher,
    position,
    offset: { side: px(offset.side), bottom: px(offset.bottom) },
    palette: palettes(accent),
    panel: '',
  };
}

function widgetConfig(input: LiveChatInput, channelNumber: string): WidgetConfig {
  const { appearance, preChat, consent } = input;
  const me = account.value?.me;
  const face = {
    name: me?.name ?? 'Agent',
    photo: input.agentDisplay === 'nameAndPhoto' ? (me?.photo ?? null) : null,
  };
  const { enabled: asks, ...form } = preChat;
  return {
    channelNumber,
    interaction: input.interaction,
    images: input.supports === 'textAndImage',
    language: input.language === 'auto' ? matchLanguage(navigator.languages) : input.language,
    preChat: asks ? form : null,
    consent: consent.enabled
      ? { text: consent.text as NonNullable<WidgetConfig['consent']>['text'], explicit: consent.explicit }
      : null,
    title: appearance.title,
    welcome: appearance.welcome,
    logo: appearance.logo,
    faces: input.agentDisplay === 'none' ? [] : [face],
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-preview': PlPreview;
  }
}
