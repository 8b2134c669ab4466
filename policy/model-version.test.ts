import fc from 'fast-check';
import {
  modelVersionOfRegistry,
  modelVersionOfRun,
  registryVersionOf,
  runOfModelVersion,
} from './model-version';
import { formatRunId } from './run-id';

test('the published example', () => {
  expect(modelVersionOfRun('20250710_073527')).toBe('v_20250710_073527');
  expect(registryVersionOf('v_20250710_073527')).toBe('1.0.0_20250710073527');
});

test('every direction comes back', () => {
  const runId = fc
    .integer({ min: 0, max: Date.UTC(9999, 11, 31) })
    .map((timeMs) => formatRunId(timeMs));
  fc.assert(
    fc.property(runId, (id) => {
      const version = modelVersionOfRun(id);
      expect(runOfModelVersion(version)).toBe(id);
      expect(modelVersionOfRegistry(registryVersionOf(version))).toBe(version);
      expect(registryVersionOf(version)).toMatch(/^\d+\.\d+\.\d+_\w+$/);
    }),
  );
});

test('foreign names are refused, not guessed', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => runOfModelVersion(text)).toThrow(RangeError);
      expect(() => modelVersionOfRegistry(text)).toThrow(RangeError);
      expect(() => modelVersionOfRun(text)).toThrow(RangeError);
    }),
  );
  expect(() => modelVersionOfRegistry('2.0.0_20250710073527')).toThrow(RangeError);
  expect(() => registryVersionOf('v_20250230_000000')).toThrow(RangeError);
});
