/**
 * `<parley-launcher>`: the button on somebody else's page. Plain DOM, because it is part of the loader. Its
 * styles live in a constructable sheet, so that a page's Content-Security-Policy has nothing to forbid, and
 * are marked important where the page's own rules for elements could reach the host.
 */
import type { LoaderConfig } from '../core/loader.ts';
import { chat, down, help, smile } from './icons.ts';
import type { Launcher } from './host.ts';

const icons = { chat, smile, help };

export class ParleyLauncher extends HTMLElement implements Launcher {
  #button = document.createElement('button');
  #badge = document.createElement('b');
  #words = document.createElement('span');

  /** Draws the launcher. Until the panel brings the visitor's language, it says "Chat". */
  draw(config: LoaderConfig): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css(config));
    root.adoptedStyleSheets = [sheet];
    this.#button.dir = 'auto';
    this.#button.setAttribute('aria-haspopup', 'dialog');
    this.#badge.hidden = true;
    const { style, icon, label } = config.launcher;
    this.#words.hidden = style === 'circle';
    this.#words.textContent = this.label = label || 'Chat';
    this.#button.replaceChildren(drawing(icons[icon]), drawing(down), this.#words, this.#badge);
    this.expanded = false;
    root.replaceChildren(this.#button);
  }

  set unread(count: number) {
    this.#badge.hidden = count < 1;
    this.#badge.textContent = count > 9 ? '9+' : `${count}`;
  }

  set expanded(open: boolean) {
    this.#button.setAttribute('aria-expanded', `${open}`);
    this.toggleAttribute('open', open);
  }

  set label(text: string) {
    // What is seen has to be part of the name that is heard.
    const seen = this.#words.hidden ? '' : `${this.#words.textContent} · `;
    this.#button.ariaLabel = seen + text;
  }

  set words(text: string) {
    this.#words.textContent = text;
  }

  focusButton(): void {
    this.#button.focus();
  }
}

function drawing(path: string): SVGElement {
  const make = (name: string) => document.createElementNS('http://www.w3.org/2000/svg', name);
  const svg = make('svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const outline = make('path');
  outline.setAttribute('d', path);
  svg.append(outline);
  return svg;
}

function css({ palette: { light, dark }, theme, position, offset, launcher }: LoaderConfig): string {
  const pick = (name: keyof typeof light) => `light-dark(${light[name]},${dark[name]})`;
  const side = position === 'bottomLeft' ? 'left' : 'right';
  return `
:host{all:initial!important;position:fixed!important;z-index:2147483000!important;
color-scheme:${theme === 'auto' ? 'light dark' : theme}!important;
${side}:calc(${offset.side}px + env(safe-area-inset-${side}))!important;
bottom:calc(${offset.bottom}px + env(safe-area-inset-bottom))!important}
[hidden],:host([hidden]){display:none!important}
@media print{:host{display:none!important}}
@media (max-width:480px),(max-height:480px){:host([open]){display:none!important}}
button{display:flex;gap:10px;align-items:center;justify-content:center;position:relative;margin:0;
height:56px;min-width:56px;border:1px solid transparent;border-radius:28px;padding:0 ${launcher.style === 'pill' ? 20 : 0}px;
cursor:pointer;font:600 16px/1.2 system-ui,sans-serif;color:${pick('onAccent')};background:${pick('accent')};
box-shadow:0 1px 3px #0d0f1333,0 8px 24px #0d0f133d;transition:background 120ms ease-out,transform 120ms ease-out}
button:hover{background:${pick('accentHover')}}
button:active{background:${pick('accentPressed')};transform:scale(.96)}
button:focus-visible{outline:2px solid #fff;box-shadow:0 0 0 4px #0d0f13}
svg{width:26px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
svg+svg,[aria-expanded=true] svg{display:none}
[aria-expanded=true] svg+svg{display:block}
span{max-width:180px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
b{position:absolute;top:-4px;inset-inline-end:-4px;min-width:10px;padding:0 5px;border-radius:10px;
font:600 12px/20px system-ui,sans-serif;color:#fff;background:#c5221f;box-shadow:0 0 0 2px #fff}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}`;
}
