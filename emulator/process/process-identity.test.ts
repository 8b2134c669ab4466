import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { identify, isAlive, parseStat } from './process-identity';

test('a stat line is read whatever the name of the program is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), fc.nat(), (name, ticks) => {
      const numbers = Array.from({ length: 40 }, (_, index) => String(index + 10));
      numbers[18] = String(ticks);
      const stat = parseStat(`77 (${name}) S ${numbers.join(' ')}`);
      expect(stat).toMatchObject({
        pid: 77,
        state: 'S',
        parentPid: 10,
        group: 11,
        session: 12,
        cpuTicks: 20 + 21,
        startTicks: String(ticks),
      });
    }),
  );
});

test('a process is itself until it ends, and a later one with its pid is another', async () => {
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  const identity = identify(child.pid as number);
  expect(identity && isAlive(identity)).toBe(true);
  expect(isAlive({ pid: child.pid as number, startedAt: 'another time' })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identity && isAlive(identity)).toBe(false);
});
