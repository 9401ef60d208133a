/** Partial changes, as they come over the API: a field that is missing or undefined stays as it is. */

export type Patch<T> = { [K in keyof T]?: T[K] | undefined };

export function patched<T extends object>(current: T, patch: Patch<NoInfer<T>>): T {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...current, ...Object.fromEntries(given) };
}
