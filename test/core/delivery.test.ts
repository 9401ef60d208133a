import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advance, deliveryStatus, type DeliveryStatus } from '../../core/delivery.ts';

const status = fc.constantFrom(...deliveryStatus.options);
const end = (reports: readonly DeliveryStatus[]) => reports.reduce(advance, 'queued');

it('[CH-09] ends in the same status whatever the order of the reports, and however often each comes', () => {
  fc.assert(
    fc.property(
      fc
        .array(status, { minLength: 1, maxLength: 12 })
        .chain((reports) =>
          fc.tuple(
            fc.constant(reports),
            fc.shuffledSubarray(reports, { minLength: reports.length }),
            fc.array(fc.constantFrom(...reports), { maxLength: 12 }),
          ),
        ),
      ([reports, shuffled, repeats]) => {
        expect(end(shuffled)).toBe(end(reports));
        expect(end([...repeats, ...shuffled, ...repeats])).toBe(end(reports));
      },
    ),
  );
});

it('[CH-09] never moves backwards', () => {
  const order: DeliveryStatus[] = ['queued', 'unknown', 'sent', 'failed', 'delivered', 'read'];
  fc.assert(
    fc.property(status, status, (before, report) => {
      const after = advance(before, report);
      expect(order.indexOf(after)).toBe(Math.max(order.indexOf(before), order.indexOf(report)));
    }),
  );
});

it('[CH-09] believes the customer\'s device more than a failure, and a failure more than "sent"', () => {
  expect(end(['sent', 'failed', 'sent'])).toBe('failed');
  expect(end(['failed', 'delivered'])).toBe('delivered');
  expect(end(['read', 'delivered', 'failed'])).toBe('read');
  expect(end(['unknown', 'sent'])).toBe('sent');
});
