/** The channel's look as style sheets: tokens, accent colours, place on the page, and the visible viewport. */
import type { LoaderConfig, Palette } from '../core/loader.ts';
import tokens from '../core/tokens.css?inline';

type Look = Pick<LoaderConfig, 'palette' | 'theme' | 'position' | 'offset'>;

/** For the root of `<parley-chat>`. `theme` is the admin's, unless the preview shows another. */
export function lookSheets({ palette, theme, position, offset }: Look): CSSStyleSheet[] {
  const side = position === 'bottomLeft' ? 'left' : 'right';
  const colours = (Object.keys(palette.light) as (keyof Palette)[]).map((name) => {
    const token = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `--parley-${token}:light-dark(${palette.light[name]},${palette.dark[name]})`;
  });
  const look = `:host{color-scheme:${theme === 'auto' ? 'light dark' : theme} !important;
    --parley-bottom:${offset.bottom}px;${colours.join(';')}}
    @media (min-width:481px) and (min-height:481px){.panel{${side}:calc(${offset.side}px + env(safe-area-inset-${side}))}}
    parley-greeting,parley-call[beside]{position:fixed;${side}:calc(${offset.side}px + env(safe-area-inset-${side}));
    bottom:calc(${offset.bottom + 68}px + env(safe-area-inset-bottom))}`;
  return [sheet(tokens), sheet(look)];
}

/**
 * A sheet that follows the part of the window that is really visible, so that an on-screen keyboard never
 * covers the composer.
 */
export function viewportSheet(): CSSStyleSheet {
  const own = new CSSStyleSheet();
  const viewport = window.visualViewport;
  const follow = () => {
    if (!viewport) return;
    const { height, offsetTop } = viewport;
    own.replaceSync(`:host{--parley-viewport:${height}px;--parley-viewport-top:${offsetTop}px}`);
  };
  follow();
  viewport?.addEventListener('resize', follow);
  viewport?.addEventListener('scroll', follow);
  return own;
}

function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}
