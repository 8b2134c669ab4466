import fc from 'fast-check';
import {
  dswInstanceName,
  easGroupName,
  easServiceName,
  parseEasServiceName,
} from './instance-name';
import { formatRunId } from './run-id';

const name = fc.record({
  pipeline: fc.stringMatching(/^[a-z][a-z0-9_]{0,31}$/),
  environment: fc.constantFrom('dev' as const, 'prod' as const),
  runId: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }).map((timeMs) => formatRunId(timeMs)),
});

test('the example, where it fits and where it does not', () => {
  const runId = '20250710_073527';
  expect(dswInstanceName({ pipeline: 'walmart', environment: 'dev', runId })).toBe(
    'walmart_dev_20250710_073527',
  );
  expect(dswInstanceName({ pipeline: 'walmart', environment: 'prod', runId })).toMatch(
    /^walm_[0-9a-z]{6}_20250710_073527$/,
  );
});

test("a DSW name keeps to the service's rule and still names the run", () => {
  fc.assert(
    fc.property(name, (run) => {
      const instance = dswInstanceName(run);
      expect(instance).toMatch(/^[A-Za-z0-9_]{1,27}$/);
      expect(instance.endsWith(run.runId)).toBe(true);
      expect(dswInstanceName(run)).toBe(instance);
    }),
  );
});

test('two owners never share a DSW name', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      const same = one.pipeline === other.pipeline && one.environment === other.environment;
      const names = [one, { ...other, runId: one.runId }].map(dswInstanceName);
      expect(names[0] === names[1]).toBe(same);
    }),
    { numRuns: 500 },
  );
});

test('a service name keeps to the rule and tells pipeline, environment and run again', () => {
  fc.assert(
    fc.property(name, (run) => {
      const service = easServiceName(run);
      expect(service).toMatch(/^[a-z][a-z0-9_]{2,62}$/);
      expect(parseEasServiceName(service)).toEqual(run);
    }),
  );
  expect(parseEasServiceName('somebody_elses')).toBeUndefined();
  expect(parseEasServiceName('walmart_dev_20250230_000000')).toBeUndefined();
  const runId = '20250710_073527';
  expect(() => easServiceName({ pipeline: 'Wal-Mart', environment: 'dev', runId })).toThrow(
    RangeError,
  );
});

test('the group follows its pattern', () => {
  const pattern = '{pipeline}_{environment}';
  expect(easGroupName({ pattern, pipeline: 'walmart', environment: 'prod' })).toBe('walmart_prod');
  expect(() => easGroupName({ pattern: '{nothing}', pipeline: 'a', environment: 'dev' })).toThrow(
    RangeError,
  );
});
