import {
  lifecycleId,
  monitorId,
  retrainRunId,
  scheduleId,
  sweepId,
  watchDataId,
} from './workflow-ids';

const owner = { pipeline: 'walmart', environment: 'dev' };

test('ids are the names that runbooks rely on', () => {
  expect(lifecycleId(owner)).toBe('lifecycle/walmart/dev');
  expect(retrainRunId({ ...owner, runId: '20250710_073527' })).toBe(
    'retrain-run/walmart/dev/20250710_073527',
  );
  expect(monitorId(owner)).toBe('monitor/walmart/dev');
  expect(watchDataId(owner)).toBe('watch-data/walmart/dev');
  expect(sweepId(owner)).toBe('sweep/dev');
  expect(scheduleId({ ...owner, what: 'retrain-daily' })).toBe('walmart/dev/retrain-daily');
});

test('a part that would change the shape of an id is refused', () => {
  for (const pipeline of ['', 'a/b', '../x', ' a']) {
    expect(() => lifecycleId({ pipeline, environment: 'dev' })).toThrow(RangeError);
  }
});
