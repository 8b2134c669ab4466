import fc from 'fast-check';
import { type Fault, Faults, faultSchema } from './faults';

const request = { product: 'oss', operation: 'PutObject', method: 'PUT', url: '/b/key?x=1' };
const fault = (given: object): Fault => faultSchema.parse({ kind: 'stale', ...given });

/** Which of so many requests a fault strikes. */
function struck(given: object, requests = 40): readonly boolean[] {
  const faults = new Faults();
  faults.add(fault(given));
  return Array.from({ length: requests }, () => faults.strike(request) !== undefined);
}

describe('a fault', () => {
  it('strikes what it matches, the first one that was asked for first', () => {
    const faults = new Faults();
    faults.add(fault({ operation: 'GetObject' }));
    const second = faults.add(fault({ path: '^/b/k.y\\?', method: 'put' }));
    faults.add(fault({}));
    expect(faults.strike(request)?.id).toBe(second.id);
    expect(faults.list().map((armed) => armed.struck)).toEqual([0, 1, 0]);
  });

  it('lets the first ones pass and stops after its count', () => {
    expect(struck({ skip: 2, count: 3 }, 8)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('strikes the same requests for the same seed, in the asked proportion', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (seed, probability) => {
          const one = struck({ seed, probability }, 2_000);
          expect(struck({ seed, probability }, 2_000)).toEqual(one);
          const share = one.filter(Boolean).length / one.length;
          expect(Math.abs(share - probability)).toBeLessThan(0.08);
        },
      ),
      { numRuns: 30 },
    );
  });
});
