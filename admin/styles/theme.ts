/** Light, dark, or as the system says (the person's choice, kept on this device), and the accent's colours. */
import { palettes } from '../../core/colour.ts';

export type Theme = 'system' | 'light' | 'dark';

const key = 'parley.theme';
const accent = '#2f5bea';
/** `--parley-surface` of tokens.css. */
const frames = { light: '#ffffff', dark: '#17191d' };

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(key);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Applies a theme, and keeps it unless it is the system's. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  applyTheme();
}

export function applyTheme(): void {
  const root = document.documentElement;
  const theme = chosenTheme();
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  paintFrame(theme);
  const { light, dark } = palettes(accent);
  const set = (name: string, of: keyof typeof light) =>
    root.style.setProperty(`--parley-${name}`, `light-dark(${light[of]}, ${dark[of]})`);
  set('accent', 'accent');
  set('accent-hover', 'accentHover');
  set('accent-pressed', 'accentPressed');
  set('accent-text', 'accentText');
  set('accent-tint', 'accentTint');
  set('on-accent', 'onAccent');
}

/** The bars that a phone or a desktop draws around the app, in the theme that the person chose. */
function paintFrame(theme: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes('dark') ? 'dark' : 'light';
    meta.content = frames[theme === 'system' ? own : theme];
  }
}
