/** The widget's small stand-in for zod reads frames as zod does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as zod from 'zod/mini';
import * as small from '../../widget/schema.ts';

/** The shapes of the edge's frames, in whichever library is given. */
function frames(z: typeof zod) {
  const agent = z.object({ id: z.string(), name: z.string(), photo: z.nullable(z.string()) });
  const body = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('message'), id: z.string(), agent, links: z.optional(z.array(z.number())) }),
    z.object({ kind: z.literal('closed'), by: z.enum(['customer', 'timeout']) }),
  ]);
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('events'), events: z.array(z.object({ seq: z.number(), body })) }),
    z.object({ kind: z.literal('typing'), on: z.boolean() }),
    z.object({ kind: z.literal('call'), call: z.unknown() }),
    z.object({ kind: z.literal('profile'), attributes: z.optional(z.record(z.string(), z.string())) }),
  ]);
}

const schemas = { zod: frames(zod), small: frames(small as unknown as typeof zod) };

const agent = fc.record({ id: fc.string(), name: fc.string(), photo: fc.option(fc.string()) });
const body = fc.oneof(
  fc.record(
    { kind: fc.constant('message'), id: fc.string(), agent, links: fc.array(fc.nat()) },
    { requiredKeys: ['kind', 'id', 'agent'] },
  ),
  fc.record({ kind: fc.constant('closed'), by: fc.constantFrom('customer', 'timeout', 'nobody') }),
);
const frame = fc.oneof(
  fc.record({ kind: fc.constant('events'), events: fc.array(fc.record({ seq: fc.nat(), body })) }),
  fc.record({ kind: fc.constant('typing'), on: fc.oneof(fc.boolean(), fc.string()), extra: fc.anything() }),
  fc.record({ kind: fc.constant('call'), call: fc.jsonValue() }, { requiredKeys: ['kind'] }),
  fc.record({ kind: fc.constant('profile'), attributes: fc.dictionary(fc.string(), fc.string()) }),
  fc.anything(),
);

function read(schema: (typeof schemas)['zod'], value: unknown) {
  const result = schema.safeParse(value);
  return result.success ? { data: result.data } : 'refused';
}

describe('the schemas of the widget', () => {
  it('[LC-21] accept, refuse and strip exactly what zod does', () => {
    fc.assert(
      fc.property(frame, (value) => {
        expect(read(schemas.small, value)).toEqual(read(schemas.zod, value));
      }),
      { numRuns: 2000 },
    );
  });

  it('[LC-21] throw from parse what does not fit', () => {
    expect(() => schemas.small.parse({ kind: 'typing', on: 'yes' })).toThrow();
    expect(schemas.small.parse({ kind: 'typing', on: true, more: 1 })).toEqual({ kind: 'typing', on: true });
  });
});
