/** A person's picture, or their first letter, or the outline of nobody in particular. */
import { html, type TemplateResult } from 'lit';
import { person } from '../icons.ts';
import { icon } from './element.ts';

export interface Person {
  name: string;
  photo: string | null;
}

/** Decorative: the name stands beside it, or in the header's label. */
export function face(of: Person | null, gateway: string): TemplateResult {
  if (of?.photo) return html`<img class="face" src=${gateway + of.photo} alt="" width="32" height="32" />`;
  const letter = of ? [...of.name.trim()][0] : undefined;
  return html`<span class="face" aria-hidden="true">${letter?.toLocaleUpperCase() ?? icon(person)}</span>`;
}
