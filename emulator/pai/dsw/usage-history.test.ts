import { UsageHistory } from './usage-history';

const limits = { cpus: 2, memoryBytes: 1000 };
const usage = (cpuSeconds: number, rssBytes: number) => ({
  cpuSeconds,
  rssBytes,
  processes: 1,
  largestPid: 1,
});

test('percent of the machine, averaged by the step', () => {
  const history = new UsageHistory();
  const note = (seconds: number, cpuSeconds: number, rssBytes: number): void =>
    history.note({ at: 1000 * seconds, usage: usage(cpuSeconds, rssBytes), limits, idleBelow: 10 });
  note(0, 0, 100);
  note(10, 10, 100);
  note(20, 10, 300);
  note(60, 90, 500);
  const ask = { from: 0, to: 120_000, stepMinutes: 1 };
  expect(history.series({ ...ask, metric: 'CpuCoreUsage' })).toEqual([
    { Time: 0, Value: 25 },
    { Time: 60, Value: 100 },
  ]);
  expect(history.series({ ...ask, metric: 'MemoryUsage' })).toEqual([
    { Time: 0, Value: 20 },
    { Time: 60, Value: 50 },
  ]);
  expect(history.series({ ...ask, metric: 'MemoryUsage', stepMinutes: 5 })).toEqual([
    { Time: 0, Value: 30 },
  ]);
  expect(history.series({ ...ask, metric: 'MemoryUsage', from: 60_000, to: 61_000 })).toEqual([
    { Time: 60, Value: 50 },
  ]);
});

test('idleness lasts while the CPU is below the threshold', () => {
  const history = new UsageHistory();
  const note = (minutes: number, cpuSeconds: number, idleBelow: number | undefined = 10): void =>
    history.note({ at: 60_000 * minutes, usage: usage(cpuSeconds, 1), limits, idleBelow });
  note(0, 0);
  note(1, 1);
  note(3, 2);
  expect(history.idleMinutes(60_000 * 4)).toBe(4);
  note(5, 200);
  expect(history.idleMinutes(60_000 * 5)).toBe(0);
  // Processes that are gone use nothing.
  note(6, 0);
  expect(history.idleMinutes(60_000 * 8)).toBe(3);
  history.restart();
  expect(history.idleMinutes(60_000 * 8)).toBe(0);
});
