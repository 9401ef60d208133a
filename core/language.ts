/** The languages of the widget (LC-10): BCP 47 tags, their own names, and which run right to left. */
export const languages = {
  en: { name: 'English', rtl: false },
  'zh-Hans': { name: '简体中文', rtl: false },
  'zh-Hant': { name: '繁體中文', rtl: false },
  es: { name: 'Español', rtl: false },
  pt: { name: 'Português', rtl: false },
  fr: { name: 'Français', rtl: false },
  de: { name: 'Deutsch', rtl: false },
  it: { name: 'Italiano', rtl: false },
  nl: { name: 'Nederlands', rtl: false },
  pl: { name: 'Polski', rtl: false },
  ru: { name: 'Русский', rtl: false },
  tr: { name: 'Türkçe', rtl: false },
  ar: { name: 'العربية', rtl: true },
  he: { name: 'עברית', rtl: true },
  ja: { name: '日本語', rtl: false },
  ko: { name: '한국어', rtl: false },
} as const;

export type Language = keyof typeof languages;

/**
 * The first of the visitor's languages (BCP 47, most wanted first) that the widget speaks, else English.
 * Chinese is told apart by script, or by the regions that write the traditional one.
 */
export function matchLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (/^zh\b/.test(lower)) return /hant|\b(tw|hk|mo)\b/.test(lower) ? 'zh-Hant' : 'zh-Hans';
    const base = lower.split('-')[0] === 'iw' ? 'he' : lower.split('-')[0];
    if (base !== undefined && Object.hasOwn(languages, base)) return base as Language;
  }
  return 'en';
}
