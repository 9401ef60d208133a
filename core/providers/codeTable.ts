/** Providers' error codes as their references group them: by what they mean to us. */
import type { ErrorCategory } from '../sendError.ts';

/** Codes by category, parted by blanks; `5100-5231` is a range of numbers. */
export type CodeGroups = Partial<Record<ErrorCategory, string>>;

/** Reads groups of codes into a look-up that takes a code as number or text. */
export function codeTable(groups: CodeGroups): (code: string | number) => ErrorCategory | undefined {
  const exact = new Map<string, ErrorCategory>();
  const ranges: { from: number; to: number; category: ErrorCategory }[] = [];
  for (const [category, codes] of Object.entries(groups) as [ErrorCategory, string][]) {
    for (const code of codes.split(' ')) {
      const [from = '', to] = code.split('-');
      if (to === undefined) exact.set(code, category);
      else ranges.push({ from: Number(from), to: Number(to), category });
    }
  }
  return (code) =>
    exact.get(String(code)) ??
    ranges.find(({ from, to }) => Number(code) >= from && Number(code) <= to)?.category;
}
