/** The pre-chat form (LC-11) and consent (LC-12): when they are due, and what they accept. */
import * as z from 'zod';
import type { LiveChatInput } from './channel.ts';
import { problem, type Problem } from './errors.ts';
import type { CustomerProfile } from './log.ts';
import type { RichText } from './richText.ts';
import type { SessionState } from './session.ts';

type FormRules = Pick<LiveChatInput, 'preChat' | 'consent'>;

const fields = ['firstName', 'lastName', 'email', 'phone'] as const;

const formats = {
  firstName: z.string().trim().max(80),
  lastName: z.string().trim().max(80),
  email: z.string().trim().max(254).pipe(z.email()),
  /** Visitors write numbers the way they know them, so only the characters are checked. */
  phone: z
    .string()
    .trim()
    .regex(/^\+?[0-9 ()./-]{5,30}$/),
};

/** Whether the visitor has to fill in the form, or agree to the terms, before the next message. */
export function formDue(
  rules: FormRules,
  state: Pick<SessionState, 'profile' | 'formAt' | 'consentAt'>,
): boolean {
  if (rules.consent.enabled && rules.consent.explicit && state.consentAt === null) return true;
  if (!rules.preChat.enabled) return false;
  const asked = fields.filter((field) => rules.preChat[field] !== 'off');
  const missing = asked.some((field) => rules.preChat[field] === 'required' && !state.profile[field]);
  // A signed user whose site said all that is required is not asked again; a guest is asked once.
  return missing || (asked.length > 0 && state.formAt === null && state.profile.userId === undefined);
}

/**
 * What a filled-in form says, cleaned; only fields that the channel asks for are taken. A refusal names the
 * field that has to change.
 */
export function readForm(
  rules: FormRules,
  given: CustomerProfile,
  agreed: boolean,
): { profile: CustomerProfile } | { refusal: Problem } {
  const profile: CustomerProfile = {};
  for (const field of fields) {
    const rule = rules.preChat.enabled ? rules.preChat[field] : 'off';
    if (rule === 'off') continue;
    const raw = (given[field] ?? '').trim();
    if (raw === '') {
      if (rule === 'required') return { refusal: problem('profile_required', { field }) };
      continue;
    }
    const parsed = formats[field].safeParse(raw);
    if (!parsed.success) return { refusal: problem('invalid_input', { field }) };
    profile[field] = parsed.data;
  }
  if (rules.consent.enabled && rules.consent.explicit && !agreed) {
    return { refusal: problem('consent_required', { field: 'consent' }) };
  }
  return { profile };
}

const maxAttributes = 30;

/** Attributes that the page set: short texts under short names; others are dropped. */
export function readAttributes(given: CustomerProfile['attributes']): Record<string, string> {
  const kept = Object.entries(given ?? {}).filter(
    ([name, value]) => /^[\w .-]{1,60}$/.test(name) && value.length <= 500,
  );
  return Object.fromEntries(kept.slice(0, maxAttributes));
}

/** The terms as plain text, for the record of a consent. */
export function plainText(text: RichText): string {
  return text
    .map((paragraph) => paragraph.map((run) => (run.href ? `${run.text} (${run.href})` : run.text)).join(''))
    .join('\n');
}
