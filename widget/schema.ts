/**
 * Stands in for `zod/mini` in the widget's bundle (see vite.widget.config.ts): the kinds of schema that the
 * edge's frames are made of, with zod's meaning, at a tenth of zod's weight. The code that describes and
 * parses frames is written and type-checked against zod itself; a test holds both against each other.
 */

/** Thrown by `parse`; frames are either right or not for this page, so it carries no list of faults. */
export class SchemaError extends Error {}

type Read = (value: unknown) => unknown;

class Schema {
  constructor(
    readonly read: Read,
    /** Of an object: its fields. */
    readonly shape: Record<string, Schema> = {},
    /** Of a literal: its value. */
    readonly value?: unknown,
  ) {}

  parse(value: unknown): unknown {
    return this.read(value);
  }

  safeParse(value: unknown): { success: true; data: unknown } | { success: false; error: unknown } {
    try {
      return { success: true, data: this.read(value) };
    } catch (error) {
      return { success: false, error };
    }
  }
}

/** A schema of values that a test accepts as they are. */
function only(accepts: (value: unknown) => boolean, literalValue?: unknown): Schema {
  const read = (value: unknown) => {
    if (!accepts(value)) throw new SchemaError();
    return value;
  };
  return new Schema(read, {}, literalValue);
}

/** What a frame carries for whoever knows more of it; it has to be there. */
export const unknown = () => only((value) => value !== undefined);
export const string = () => only((value) => typeof value === 'string');
export const number = () => only(Number.isFinite);
export const boolean = () => only((value) => typeof value === 'boolean');
export const literal = (wanted: unknown) => only((value) => value === wanted, wanted);
const oneOf = (options: readonly unknown[]) => only((value) => options.includes(value));
export { oneOf as enum };

export function optional(inner: Schema): Schema {
  return new Schema((value) => (value === undefined ? value : inner.read(value)));
}

export function nullable(inner: Schema): Schema {
  return new Schema((value) => (value === null ? value : inner.read(value)));
}

export function array(inner: Schema): Schema {
  return new Schema((value) => {
    if (!Array.isArray(value)) throw new SchemaError();
    return value.map(inner.read);
  });
}

export function record(_key: Schema, inner: Schema): Schema {
  return new Schema((value) => {
    const named = Object.entries(fields(value)).filter(([name]) => name !== '__proto__');
    return Object.fromEntries(named.map(([name, held]) => [name, inner.read(held)]));
  });
}

/** Keeps the fields it knows and drops others, as zod does. */
export function object(shape: Record<string, Schema>): Schema {
  return new Schema((value) => {
    const given = fields(value);
    const kept: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(shape)) {
      const held = field.read(given[name]);
      if (held !== undefined || name in given) kept[name] = held;
    }
    return kept;
  }, shape);
}

export function discriminatedUnion(key: string, options: readonly Schema[]): Schema {
  const byKind = new Map(options.map((option) => [option.shape[key]?.value, option]));
  return new Schema((value) => {
    const option = byKind.get(fields(value)[key]);
    if (!option) throw new SchemaError();
    return option.read(value);
  });
}

function fields(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SchemaError();
  return value as Record<string, unknown>;
}

/** What only frames to the edge are made of. The build leaves those out; were one kept, no page would start. */
function notHere(): never {
  throw new Error('This kind of schema is not in the widget.');
}
export {
  notHere as extend,
  notHere as int,
  notHere as maxLength,
  notHere as minLength,
  notHere as maximum,
  notHere as minimum,
  notHere as regex,
};
