/** Countries with their calling codes, named in the reader's language. */
import { getCountries, getCountryCallingCode, isSupportedCountry, type CountryCode } from 'libphonenumber-js';

export interface Country {
  code: CountryCode;
  name: string;
  /** Without the +. */
  callingCode: string;
}

/** All there are, by name. */
export function countries(language: string): Country[] {
  const names = new Intl.DisplayNames([language, 'en'], { type: 'region' });
  return getCountries()
    .map((code) => ({ code, name: names.of(code) ?? code, callingCode: getCountryCallingCode(code) }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
}

/** The country that a browser's languages speak of, such as `US` for `en-US`; `US` where none does. */
export function likelyCountry(languages: readonly string[]): CountryCode {
  for (const language of languages) {
    const region = new Intl.Locale(language).region;
    if (region && isSupportedCountry(region)) return region;
  }
  return 'US';
}
