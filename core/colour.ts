/**
 * From one accent colour to the few that the widget and the inbox draw with, so that text stays readable
 * (WCAG 2.2 AA) whatever colour an admin picks. All arithmetic is in OKLCH, where equal steps of lightness
 * look equal and a hue keeps its name. Matrices: Björn Ottosson, "A perceptual color space for image
 * processing" (2020); contrast: WCAG 2.2, "relative luminance".
 */
import type { Palette } from './loader.ts';

/** The surfaces that accent-coloured text may stand on, lightest first in each theme (see `tokens.css`). */
export const surfaces = {
  light: ['#ffffff', '#f6f7f9', '#eef0f3'],
  dark: ['#2a2d34', '#1f2228', '#17191d'],
} as const;

/** Contrast that WCAG AA asks of text smaller than 24 px. */
const readable = 4.5;
/** Contrast that WCAG AA asks of shapes, such as the launcher against the page. */
const visible = 1.6;
const ink = '#0d0f13';
const paper = '#ffffff';

/** Derives both themes' palettes. `accent` is `#rrggbb`; anything else throws. */
export function palettes(accent: string): { light: Palette; dark: Palette } {
  return { light: palette(accent, 'light'), dark: palette(accent, 'dark') };
}

/** Contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function palette(accent: string, theme: 'light' | 'dark'): Palette {
  const [nearest, , farthest] = surfaces[theme];
  const away = theme === 'light' ? -1 : 1;
  const seen = shift(accent, away, (hex) => contrast(hex, theme === 'light' ? nearest : farthest) >= visible);
  const { base, onAccent } = withText(seen);
  // Feedback moves away from the text on it, so that contrast can only grow; at the end of the scale, where
  // nothing is left to move to, it moves back as far as the text allows.
  const direction = onAccent === paper ? -1 : 1;
  const step = (amount: number) => {
    const further = lighten(base, direction * amount);
    if (contrast(further, base) > 1.05) return further;
    const back = lighten(base, -direction * amount);
    return contrast(back, onAccent) >= readable ? back : base;
  };
  const tint = mix(base, theme === 'light' ? nearest : farthest, theme === 'light' ? 0.1 : 0.2);
  const behindText = [...surfaces[theme], tint];
  return {
    accent: base,
    accentHover: step(0.045),
    accentPressed: step(0.09),
    accentText: shift(base, away, (hex) => behindText.every((surface) => contrast(hex, surface) >= readable)),
    accentTint: tint,
    onAccent,
  };
}

/** Picks the text for a background: white where a slight darkening makes it readable, else near-black. */
function withText(accent: string): { base: string; onAccent: string } {
  for (const amount of [0, 0.02, 0.04, 0.06]) {
    const base = lighten(accent, -amount);
    if (contrast(base, paper) >= readable) return { base, onAccent: paper };
  }
  return { base: shift(accent, 1, (hex) => contrast(hex, ink) >= readable), onAccent: ink };
}

/** The first colour from `hex` towards black (-1) or white (1) that passes. */
function shift(hex: string, direction: -1 | 1, passes: (hex: string) => boolean): string {
  for (let amount = 0; amount <= 1; amount += 0.01) {
    const candidate = lighten(hex, direction * amount);
    if (passes(candidate)) return candidate;
  }
  return direction < 0 ? '#000000' : '#ffffff';
}

/** The colour at `hex`'s hue with its OKLCH lightness (0 to 1) moved by `amount`. */
function lighten(hex: string, amount: number): string {
  if (amount === 0) return hex.toLowerCase();
  const [lightness, a, b] = toOklab(channels(hex));
  const target = Math.min(1, Math.max(0, lightness + amount));
  // Not every lightness has every chroma in sRGB: give up chroma, never hue.
  for (let keep = 1; keep > 0; keep -= 0.05) {
    const rgb = fromOklab([target, a * keep, b * keep]);
    if (rgb.every((value) => value >= -0.001 && value <= 1.001)) return toHex(rgb);
  }
  return toHex(fromOklab([target, 0, 0]));
}

/** `share` of `hex` over `under`, as light mixes. */
function mix(hex: string, under: string, share: number): string {
  const [top, bottom] = [channels(hex).map(encode), channels(under).map(encode)];
  return toHex(top.map((value, index) => decode(value * share + (bottom[index] ?? 0) * (1 - share))));
}

function luminance(hex: string): number {
  const [red, green, blue] = channels(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

type Triple = [number, number, number];

/** `#rrggbb` as linear-light sRGB, each 0 to 1. */
function channels(hex: string): Triple {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  if (!match) throw new Error(`not a colour: ${JSON.stringify(hex)}`);
  const [, red = '', green = '', blue = ''] = match;
  return [
    decode(parseInt(red, 16) / 255),
    decode(parseInt(green, 16) / 255),
    decode(parseInt(blue, 16) / 255),
  ];
}

function toHex(linear: readonly number[]): string {
  const bytes = linear.map((value) => Math.round(encode(Math.min(1, Math.max(0, value))) * 255));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function decode(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encode(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

function toOklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}
