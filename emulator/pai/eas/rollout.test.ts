import fc from 'fast-check';
import { nextWave, type Rollout, readRollout, rolloutView } from './rollout';

const progress = { count: 5, updated: 0, sinceLastMs: 0 };

test.each<[string, Rollout | undefined, number, number]>([
  ['as a whole', undefined, 0, 5],
  ['as a whole, the rest', undefined, 2, 3],
  ['a partition', { partition: 2, paused: false }, 0, 2],
  ['a partition that is reached', { partition: 2, paused: false }, 2, 0],
  ['a partition larger than all', { partition: 9, paused: false }, 0, 5],
  ['paused', { partition: 2, paused: true }, 0, 0],
  ['the first batch', { batch: { size: 2, intervalMs: 60_000 }, paused: false }, 0, 2],
  ['a batch that waits', { batch: { size: 2, intervalMs: 60_000 }, paused: false }, 2, 0],
  ['the last batch', { batch: { size: 2, intervalMs: 0 }, paused: false }, 4, 1],
])('%s', (_what, rollout, updated, wave) => {
  expect(nextWave({ ...progress, rollout, updated })).toBe(wave);
});

test('batches reach every instance, none twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 }), (count, size) => {
      const rollout = { batch: { size, intervalMs: 0 }, paused: false };
      let updated = 0;
      while (updated < count) {
        const wave = nextWave({ rollout, count, updated, sinceLastMs: 0 });
        expect(wave).toBeGreaterThan(0);
        expect(wave).toBeLessThanOrEqual(size);
        updated += wave;
      }
      expect(updated).toBe(count);
    }),
  );
});

test('is read and shown in the names of the API', () => {
  const batch = readRollout({ Batch: { BatchSize: '2', Interval: '1m30s' } });
  expect(batch).toEqual({ batch: { size: 2, intervalMs: 90_000 }, paused: false });
  expect(rolloutView(batch)).toMatchObject({ Batch: { BatchSize: '2', Interval: '90s' } });
  expect(readRollout({ Paused: true }, batch)).toEqual({ ...batch, paused: true });
  expect(readRollout({ Partition: { Partition: '0' } })).toEqual({ partition: 0, paused: false });
  const wrong = [
    {},
    { Partition: { Partition: '-1' } },
    { Partition: { Partition: '1' }, Batch: { BatchSize: '1' } },
    { Batch: { BatchSize: '0' } },
    { Batch: { BatchSize: '1', Interval: 'soon' } },
  ];
  for (const body of wrong) expect(() => readRollout(body)).toThrow();
});
