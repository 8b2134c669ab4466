import fc from 'fast-check';
import { decideGrant, type GrantState, type RunTrigger } from './grant';
import { formatRunId } from './run-id';

const nowMs = Date.UTC(2025, 6, 10, 7, 35, 27);
const minute = 60_000;
const decide = (state: GrantState, trigger: RunTrigger = 'schedule') =>
  decideGrant({ state, request: { trigger, nowMs, requestedBy: 'ada' }, coolDownMinutes: 60 });

test('the first request is granted with an id of its moment', () => {
  expect(decide({})).toEqual({
    kind: 'granted',
    runId: '20250710_073527',
    reason: 'Granted the schedule request of ada as run 20250710_073527',
  });
});

test('one run at a time, for everybody', () => {
  for (const trigger of ['manual', 'schedule'] as const) {
    expect(decide({ openRun: '20250710_073000' }, trigger)).toMatchObject({
      kind: 'refused',
      rule: 'oneAtATime',
      reason: expect.stringContaining('run 20250710_073000 is still open'),
    });
  }
});

test('the cool-down counts from the end, or from the grant when no end is known', () => {
  const lastRun = formatRunId(nowMs - 90 * minute);
  expect(decide({ lastRun })).toMatchObject({ kind: 'granted' });
  expect(decide({ lastRun, lastEndedMs: nowMs - 20 * minute })).toMatchObject({
    rule: 'coolDown',
    retryAtMs: nowMs + 40 * minute,
    reason: expect.stringContaining('40 min are left'),
  });
  expect(decide({ lastRun, lastEndedMs: nowMs - 60 * minute })).toMatchObject({ kind: 'granted' });
  expect(decide({ lastRun, lastEndedMs: nowMs - minute }, 'manual').kind).toBe('granted');
});

test('a pause stops automation, not people', () => {
  const paused = 'somebody changed the traffic in the console';
  expect(decide({ paused })).toMatchObject({
    rule: 'paused',
    reason: expect.stringContaining(paused),
  });
  expect(decide({ paused }, 'manual').kind).toBe('granted');
});

test('a granted id is always new, whatever the clock says', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (offset) => {
      const lastRun = formatRunId(nowMs + offset);
      const grant = decide({ lastRun }, 'manual');
      expect(grant.kind === 'granted' && grant.runId > lastRun).toBe(true);
    }),
  );
});
