/** What the edge writes into the loader script, so that the launcher is drawn without a second request. */
import type { Appearance, LiveChatInput } from './channel.ts';

/** Colours that follow from the company's accent, AA-safe in its theme (see `colour.ts`). */
export interface Palette {
  accent: string;
  accentHover: string;
  accentPressed: string;
  /** The accent as text or icon on the theme's own background. */
  accentText: string;
  accentTint: string;
  onAccent: string;
}

export interface LoaderConfig {
  channelNumber: string;
  /** Only for not drawing where the edge would refuse anyway; the edge is what enforces them. */
  domains: string[];
  language: LiveChatInput['language'];
  theme: Appearance['theme'];
  launcher: Appearance['launcher'];
  position: Appearance['position'];
  offset: Appearance['offset'];
  palette: { light: Palette; dark: Palette };
  /** Path of the panel's module, with its content hash. */
  panel: string;
}

/** Stands in the built loader where the edge writes the configuration. */
export const configMarker = '__PARLEY_CONFIG__';
