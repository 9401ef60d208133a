/**
 * Why a message did not go out: the guide's error codes and prompts (ERR-01), which every provider's own codes
 * are mapped to. The provider's code and words travel along, because an admin needs them to act.
 */
import * as z from 'zod/mini';

/** Code of the guide's SMS API where it has one, and what the agent reads. */
const categories = {
  invalid_phone_number: { code: '10001', prompt: 'Invalid Phone Number' },
  invalid_parameter: { code: '10002', prompt: 'Invalid Parameter' },
  unsupported_media: {
    code: '10003',
    prompt: 'This type of message is not supported due to the restriction of the recipient platform.',
  },
  auth_failed: { code: '10004', prompt: 'Authentication Failed' },
  no_permission: { code: '10005', prompt: 'Authentication Failed' },
  too_many_requests: { code: '10006', prompt: 'Too frequent operations. Please try again later.' },
  service_unavailable: { code: '10007', prompt: 'Recipient Platform Service Unavailable' },
  exceeds_size_limit: {
    code: '10008',
    prompt: "The file size exceeds the limit of the recipient's platform.",
  },
  recipient_opted_out: { code: null, prompt: 'The recipient has opted out of messages from this number.' },
  window_closed: {
    code: null,
    prompt: 'The time to answer freely is over. The customer has to write first.',
  },
  template_error: { code: null, prompt: 'The template was refused. Check it and its variables.' },
  unknown: { code: null, prompt: 'Failed to send' },
} as const;

export type ErrorCategory = keyof typeof categories;
export const errorCategories = Object.keys(categories) as [ErrorCategory, ...ErrorCategory[]];

export const sendError = z.object({
  category: z.enum(errorCategories),
  /** The provider's own code, as text; null when it has none. */
  code: z.nullable(z.string()),
  /** The provider's own words, without credentials; empty when it said nothing. */
  text: z.string(),
  /** What to do, where we know more than the prompt says: that it is our sender that is wrong. */
  hint: z.optional(z.string()),
});
export type SendError = z.infer<typeof sendError>;

/** The guide's prompt for an error. */
export function promptOf(category: ErrorCategory): string {
  return categories[category].prompt;
}

/** The guide's own code of a category (10001–10008), null where the guide has none. */
export function codeOf(category: ErrorCategory): string | null {
  return categories[category].code;
}

/** Builds an error; the provider's words are cut to 500 characters. */
export function sendErrorOf(
  category: ErrorCategory,
  more: { code?: string | number | null; text?: string; hint?: string } = {},
): SendError {
  return {
    category,
    code: more.code === undefined || more.code === null ? null : String(more.code),
    text: (more.text ?? '').slice(0, 500),
    ...(more.hint ? { hint: more.hint } : {}),
  };
}
