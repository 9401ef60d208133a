/** Emoji with the words to find them by, a module per language; languages without data get English. */
import type { Language } from '../core/language.ts';

export type Emoji = [group: number, emoji: string, names: string];
type Rows = { default: Emoji[] };

const english = (): Promise<Rows> => import('emoji-picker-element-data/en/cldr/data.json?emoji');
const data: Partial<Record<Language, () => Promise<Rows>>> = {
  'zh-Hans': () => import('emoji-picker-element-data/zh/cldr/data.json?emoji'),
  'zh-Hant': () => import('emoji-picker-element-data/zh-hant/cldr/data.json?emoji'),
  es: () => import('emoji-picker-element-data/es/cldr/data.json?emoji'),
  pt: () => import('emoji-picker-element-data/pt/cldr/data.json?emoji'),
  fr: () => import('emoji-picker-element-data/fr/cldr/data.json?emoji'),
  de: () => import('emoji-picker-element-data/de/cldr/data.json?emoji'),
  it: () => import('emoji-picker-element-data/it/cldr/data.json?emoji'),
  nl: () => import('emoji-picker-element-data/nl/cldr/data.json?emoji'),
  pl: () => import('emoji-picker-element-data/pl/cldr/data.json?emoji'),
  ru: () => import('emoji-picker-element-data/ru/cldr/data.json?emoji'),
  ja: () => import('emoji-picker-element-data/ja/cldr/data.json?emoji'),
  ko: () => import('emoji-picker-element-data/ko/cldr/data.json?emoji'),
};

/** Empty when the data cannot be fetched. */
export async function emojiIn(language: Language): Promise<Emoji[]> {
  try {
    return (await (data[language] ?? english)()).default;
  } catch {
    return [];
  }
}
