/** Phone numbers as people type them. */
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';

/**
 * A number in E.164, such as +14155550101; null when there is no such number. Without a + it is read as one of
 * `country` (ISO 3166), and is no number where that is not given.
 */
export function phoneNumber(text: string, country?: CountryCode): string | null {
  const parsed = parsePhoneNumberFromString(text, country);
  return parsed?.isPossible() === true ? parsed.number : null;
}
