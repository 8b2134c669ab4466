import fc from 'fast-check';
import { type AdmissionState, admit, type PendingTrigger, type RunTrigger } from './admission';
import { formatRunId } from './run-id';

const minute = 60_000;
const now = Date.parse('2026-01-10T12:00:00Z');
const policy = { debounceMinutes: 5, coolDownMinutes: 60, maxRunsPerDay: 2 };
const idle: AdmissionState = { automaticGrantsMs: [] };

function trigger(kind: RunTrigger, agoMinutes: number, id: string = kind): PendingTrigger {
  const receivedMs = now - agoMinutes * minute;
  return { id, trigger: kind, reason: 'why', requestedBy: 'who', receivedMs };
}

const decide = (pending: readonly PendingTrigger[], state: AdmissionState = idle) =>
  admit({ state, pending, policy, nowMs: now });

test('several arrivals within minutes make one run, which the others join', () => {
  const early = [trigger('data', 3, 'a'), trigger('data', 1, 'b')];
  expect(decide(early)).toMatchObject({ kind: 'wait', untilMs: now + 4 * minute });
  const quiet = [trigger('data', 8, 'a'), trigger('webhook', 6, 'b')];
  expect(decide(quiet)).toMatchObject({
    kind: 'decided',
    runId: '20260110_120000',
    decisions: [{ decision: 'started' }, { decision: 'merged' }],
  });
});

test('arrivals that never cease are put off by three debounce times at most', () => {
  const stream = [trigger('data', 15, 'a'), trigger('data', 0, 'b')];
  expect(decide(stream)).toMatchObject({ kind: 'decided' });
});

test('a person is not put off, and takes along what waits', () => {
  const answer = decide([trigger('data', 1), trigger('manual', 0)]);
  expect(answer).toMatchObject({
    decisions: [
      { trigger: { trigger: 'data' }, decision: 'merged' },
      { trigger: { trigger: 'manual' }, decision: 'started' },
    ],
  });
});

test('what arrives during a run waits for its end', () => {
  const state = { ...idle, openRun: '20260110_115900' };
  expect(decide([trigger('data', 10)], state)).toMatchObject({ kind: 'wait' });
});

test.each([
  ['paused', { ...idle, paused: 'console was used' }, 'console was used'],
  [
    'coolDown',
    { ...idle, lastRun: '20260110_113000', lastEndedMs: now - 20 * minute },
    '40 min are left',
  ],
  [
    'budget',
    { ...idle, automaticGrantsMs: [now - 100 * minute, now - 200 * minute] },
    'budget of 2',
  ],
] as const)('automation respects %s; a person does not have to', (rule, state, words) => {
  expect(decide([trigger('schedule', 10)], state)).toMatchObject({
    kind: 'decided',
    decisions: [{ decision: 'refused', rule, reason: expect.stringContaining(words) }],
  });
  expect(decide([trigger('manual', 0)], state)).toMatchObject({
    decisions: [{ decision: 'started' }],
  });
});

test('every trigger gets exactly one decision, at most one starts, and run ids only grow', () => {
  const kinds = fc.constantFrom<RunTrigger>('manual', 'schedule', 'data', 'performance', 'webhook');
  const pendingOf = fc
    .array(fc.tuple(kinds, fc.integer({ min: 0, max: 600 })), { minLength: 1, maxLength: 20 })
    .map((list) => list.map(([kind, ago], place) => trigger(kind, ago, String(place))));
  const states = fc.record(
    {
      lastRun: fc.integer({ min: 0, max: 5_000 }).map((ago) => formatRunId(now - ago * minute)),
      paused: fc.constant('because'),
      automaticGrantsMs: fc.array(
        fc.integer({ min: 0, max: 3000 }).map((ago) => now - ago * minute),
      ),
    },
    { requiredKeys: ['automaticGrantsMs'] },
  );
  fc.assert(
    fc.property(pendingOf, states, (pending, state) => {
      const answer = decide(pending, state);
      if (answer.kind === 'wait') return;
      expect(answer.decisions.map((decision) => decision.trigger.id)).toEqual(
        pending.map(({ id }) => id),
      );
      const started = answer.decisions.filter(({ decision }) => decision === 'started');
      expect(started.length).toBe(answer.runId === undefined ? 0 : 1);
      if (answer.runId && state.lastRun) expect(answer.runId > state.lastRun).toBe(true);
    }),
  );
});
