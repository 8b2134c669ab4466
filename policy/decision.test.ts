import fc from 'fast-check';
import { eventId, eventKey } from './decision';

test('the id names workflow and sequence, the key the day of the fact', () => {
  const id = eventId({ workflowId: 'lifecycle/walmart/dev', sequence: 12 });
  expect(id).toBe('lifecycle.walmart.dev.000012');
  const observedAt = '2025-07-10T23:59:59+08:00';
  expect(eventKey({ prefix: 'pai-loop/dev', eventId: id, observedAt })).toBe(
    'pai-loop/dev/events/20250710/lifecycle.walmart.dev.000012.json',
  );
});

test('different events have different ids that are safe in a key', () => {
  const event = fc.record({ workflowId: fc.string(), sequence: fc.nat() });
  fc.assert(
    fc.property(event, event, (one, other) => {
      const same = one.workflowId === other.workflowId && one.sequence === other.sequence;
      expect(eventId(one) === eventId(other)).toBe(same);
      expect(eventId(one)).toMatch(/^[A-Za-z0-9_.=-]+$/);
    }),
  );
  expect(() => eventId({ workflowId: 'x', sequence: -1 })).toThrow(RangeError);
});
