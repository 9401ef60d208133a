import { canCall } from '../page.ts';

/** What keeps a page from calls at all; null when nothing does. Asks the visitor for nothing. */
export function obstacle(): 'insecure' | 'unsupported' | null {
  if (canCall()) return null;
  return isSecureContext ? 'unsupported' : 'insecure';
}
