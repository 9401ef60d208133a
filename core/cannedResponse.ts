/**
 * Canned responses (AG-15): texts that agents insert by a shortcut. Some are shared by the workspace, others are one
 * agent's own.
 */
import * as z from 'zod';
import type { CustomerProfile } from './log.ts';
import { cleanText, maxTextLength } from './message.ts';

/** What a text can leave open, as it stands between `{{` and `}}`. */
export const placeholders = ['customer.name', 'customer.firstName', 'agent.name', 'workspace.name'] as const;
export type Placeholder = (typeof placeholders)[number];

/** Most shared ones that a workspace, and most own ones that an agent can have. */
export const maxShared = 1000;
export const maxOwn = 200;
/** Characters (UTF-16 code units) of a shortcut. */
export const maxShortcutLength = 32;

const shortcut = z
  .string()
  .trim()
  .normalize()
  // People write it as they will type it.
  .transform((typed) => typed.replace(/^\//, ''))
  .pipe(
    z
      .string()
      .min(1, 'Enter a shortcut, such as hours.')
      .max(maxShortcutLength, `Use at most ${maxShortcutLength} characters.`)
      .regex(/^[\p{L}\p{M}\p{N}_-]*$/u, 'Use letters, digits, - and _ only, without spaces.'),
  );

const text = z
  .string()
  .max(maxTextLength, `Use at most ${maxTextLength} characters.`)
  .transform(cleanText)
  .pipe(
    z
      .string()
      .min(1, 'Enter the text to insert.')
      .superRefine((given, context) => {
        const unknown = unknownIn(given);
        if (unknown !== null) context.addIssue({ code: 'custom', message: unknownWords(unknown) });
      }),
  );

export const cannedResponseInput = z.object({
  shortcut,
  /** What it is about, for those who search; may be empty. */
  title: z.string().trim().max(80, 'Use at most 80 characters.').default(''),
  text,
  /** Whether everybody in the workspace has it; else only the agent who made it. */
  shared: z.boolean(),
});
export type CannedResponseInput = z.infer<typeof cannedResponseInput>;

export const cannedResponse = z.object({
  id: z.string(),
  shortcut: z.string(),
  title: z.string(),
  text: z.string(),
  shared: z.boolean(),
});
export type CannedResponse = z.infer<typeof cannedResponse>;

/** Whether two shortcuts are the same one: case does not count. */
export function sameShortcut(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

const folded = (words: string): string => words.normalize().toLowerCase();

// ── Filling in ──────────────────────────────────────────────────────────────────────────────────────────

const braces = /\{\{([^{}]*)\}\}/g;

/** What to insert for each placeholder; empty where it is not known. */
export type FillValues = Readonly<Record<Placeholder, string>>;

const isPlaceholder = (name: string): name is Placeholder => placeholders.some((known) => known === name);

/** The first thing that opens like a placeholder and is none; null when there is none. */
function unknownIn(text: string): string | null {
  const rest = text.replace(braces, (whole, name: string) => (isPlaceholder(name.trim()) ? '' : whole));
  return /\{\{[^{}\n]{0,40}\}{0,2}/.exec(rest)?.[0] ?? null;
}

function unknownWords(unknown: string): string {
  const known = placeholders.map((name) => `{{${name}}}`);
  return `${unknown} cannot be filled in. Use ${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}.`;
}

/** A customer's name and first name, as far as they have said them; a phone number or an e-mail is no name. */
export function customerNames({
  firstName = '',
  lastName = '',
}: CustomerProfile): Pick<FillValues, 'customer.name' | 'customer.firstName'> {
  const name = [firstName, lastName].map(oneLine).filter(Boolean).join(' ');
  // Where a provider knows only one name, that is the whole of it.
  const first = lastName.trim() === '' ? (oneLine(firstName).split(' ')[0] ?? '') : oneLine(firstName);
  return { 'customer.name': name, 'customer.firstName': first };
}

const oneLine = (words: string): string => words.replace(/\s+/g, ' ').trim();

/**
 * The text with its placeholders filled in. What is not known is left out, with the space or comma that leads to it:
 * "Hello {{customer.name}}," becomes "Hello,", and "{{customer.name}}, thank you" becomes "Thank you".
 */
export function fill(text: string, values: FillValues): string {
  const valueOf = (name: string) => (isPlaceholder(name.trim()) ? values[name.trim() as Placeholder] : null);
  return text
    .replace(/^[^\S\n]*\{\{([^{}]*)\}\}[,:!]?\s*(\S?)/gmu, (whole, name: string, next: string) =>
      valueOf(name) === '' ? next.toUpperCase() : whole,
    )
    .replace(/(,?[^\S\n]+)?\{\{([^{}]*)\}\}/g, (whole, before: string | undefined, name: string) => {
      const value = valueOf(name);
      if (value === null) return whole;
      return value === '' ? '' : `${before ?? ''}${value}`;
    })
    .trim();
}

// ── Finding ─────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The shortcut that is being typed before the caret, and where its slash is: at the start of the text or after a
 * space. Null when none is.
 */
export function shortcutBefore(text: string, caret: number): { start: number; typed: string } | null {
  const typed = /(?:^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret))?.[1];
  if (typed === undefined || typed.length > maxShortcutLength) return null;
  return { start: caret - typed.length - 1, typed };
}

/**
 * Those that an agent can insert: of a shared one and an own one with the same shortcut, which can come to be when
 * the shared one is made later, their own.
 */
export function offered(all: readonly CannedResponse[]): CannedResponse[] {
  const own = new Set(all.filter(({ shared }) => !shared).map((one) => folded(one.shortcut)));
  return all.filter((one) => !one.shared || !own.has(folded(one.shortcut)));
}

/**
 * Those that fit what was typed, best first: shortcuts that begin with it, then titles and texts in which a word
 * does, each by shortcut. All of them when nothing was typed.
 */
export function rank(all: readonly CannedResponse[], typed: string): CannedResponse[] {
  const wanted = folded(typed.trim());
  const words = wanted.split(/\s+/);
  const sorted = [...all].sort((a, b) => compare(folded(a.shortcut), folded(b.shortcut)));
  const first = sorted.filter((one) => folded(one.shortcut).startsWith(wanted));
  const then = sorted.filter((one) => !first.includes(one) && words.every((word) => hasWord(one, word)));
  return [...first, ...then];
}

function hasWord({ title, text: body }: CannedResponse, beginning: string): boolean {
  return folded(`${title}\n${body}`)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .some((word) => word.startsWith(beginning));
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
