/** What a form holds while it is edited: values, what is wrong with them, and whether they differ from what is saved. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type * as z from 'zod';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import { focusControl } from './focus.ts';

type Host = ReactiveControllerHost & HTMLElement;

export class Form<T extends object> implements ReactiveController {
  values: T;
  /** What went wrong with the form as a whole. */
  problem: Problem | null = null;
  busy = false;
  /** When the last save went through, until the next edit; for the word "Saved". */
  saved = false;
  #before: string;
  #errors = new Map<string, string>();
  #focusError = false;

  constructor(
    private readonly host: Host,
    initial: T,
  ) {
    this.values = initial;
    this.#before = JSON.stringify(initial);
    host.addController(this);
  }

  get dirty(): boolean {
    return JSON.stringify(this.values) !== this.#before;
  }

  /** Starts over from what is stored. */
  reset(values: T): void {
    this.values = values;
    this.#before = JSON.stringify(values);
    this.#errors.clear();
    this.problem = null;
    this.saved = false;
    this.host.requestUpdate();
  }

  /** Takes back all edits; resolves when the page shows it. */
  async revert(): Promise<void> {
    this.reset(JSON.parse(this.#before) as T);
    await this.host.updateComplete;
  }

  set(patch: Partial<T>): void {
    this.values = { ...this.values, ...patch };
    for (const key of Object.keys(patch)) this.#forget(key);
    this.problem = null;
    this.saved = false;
    this.host.requestUpdate();
  }

  /** The words beside the field at `path` (such as `appearance.title`), if it has to change. */
  error(path: string): string | undefined {
    return this.#errors.get(path);
  }

  /** The first error at `path` or below it. */
  errorWithin(path: string): string | undefined {
    for (const [at, message] of this.#errors) {
      if (at === path || at.startsWith(`${path}.`)) return message;
    }
    return undefined;
  }

  /** All errors below `path`, by what follows it. */
  errorsBelow(path: string): Record<string, string> {
    const under = `${path}.`;
    return Object.fromEntries(
      [...this.#errors].flatMap(([at, message]) =>
        at.startsWith(under) ? [[at.slice(under.length), message]] : [],
      ),
    );
  }

  get invalidPaths(): string[] {
    return [...this.#errors.keys()];
  }

  /** Marks a field by hand, where the schema cannot know. */
  fail(path: string, message: string): void {
    this.#errors.set(path, message);
    this.#focusError = true;
    this.host.requestUpdate();
  }

  /** The values as the schema makes them; null after showing what is wrong, each beside its field. */
  check<I>(schema: z.ZodType<I>): I | null {
    this.#errors.clear();
    this.problem = null;
    this.host.requestUpdate();
    const parsed = schema.safeParse(this.values);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const path = issue.path.join('.');
      if (!this.#errors.has(path)) this.#errors.set(path, issue.message);
    }
    this.#focusError = true;
    return null;
  }

  /**
   * Checks the values and, when they are good, sends them. Answers what came back, or null after showing what
   * is wrong: beside its field, or above the form. Typed input survives either way.
   */
  async submit<I, R>(schema: z.ZodType<I>, send: (input: I) => Promise<Answer<R>>): Promise<R | null> {
    if (this.busy) return null;
    const input = this.check(schema);
    if (input === null) return null;
    this.busy = true;
    this.host.requestUpdate();
    const answer = await send(input);
    this.busy = false;
    if ('problem' in answer) {
      const { field, message } = answer.problem;
      if (field !== undefined) this.#errors.set(field, message);
      else this.problem = answer.problem;
      this.#focusError = true;
    }
    this.host.requestUpdate();
    return 'value' in answer ? answer.value : null;
  }

  /** Says that these values are stored now, as the server has them; resolves when the page shows it, and may be left. */
  async markSaved(stored: T = this.values): Promise<void> {
    this.reset(stored);
    this.saved = true;
    await this.host.updateComplete;
  }

  /** Deletes what the form is of. Answers whether it is gone, and so the page may be left; else the form shows why not. */
  async delete(send: () => Promise<Answer<unknown>>): Promise<boolean> {
    const answer = await send();
    if ('problem' in answer) {
      this.refuse(answer.problem);
      return false;
    }
    await this.revert();
    return true;
  }

  /** Shows why something else than saving was not done. */
  refuse(problem: Problem): void {
    this.problem = problem;
    this.host.requestUpdate();
  }

  hostUpdated(): void {
    const root = this.host.shadowRoot;
    if (!root) return;
    void markInvalid(root);
    if (!this.#focusError) return;
    this.#focusError = false;
    const target = root.querySelector<HTMLElement>('.invalid, [data-invalid], pl-notice[tone="error"]');
    if (!target) return;
    // A hidden tab's field is brought up by its page first; see `invalidPaths`.
    requestAnimationFrame(() => {
      void focusControl(target);
      target.scrollIntoView({ block: 'center' });
    });
  }

  #forget(key: string): void {
    for (const path of [...this.#errors.keys()]) {
      if (path === key || path.startsWith(`${key}.`)) this.#errors.delete(path);
    }
  }
}

/** The library's controls keep their input in a shadow root of their own and do not mark it invalid. */
export async function markInvalid(root: ParentNode): Promise<void> {
  for (const control of root.querySelectorAll<HTMLElement & { updateComplete?: Promise<unknown> }>(
    '[data-field]',
  )) {
    await control.updateComplete;
    const input = control.shadowRoot?.querySelector('input, textarea');
    if (control.classList.contains('invalid')) input?.setAttribute('aria-invalid', 'true');
    else input?.removeAttribute('aria-invalid');
  }
}
