import fc from 'fast-check';
import { dueJobs, readCronScaler } from './cron-scaler';
import { cronMatches, readCron } from './cron-schedule';

function matches(text: string, at: string, timeZone = 'UTC'): boolean {
  return cronMatches({ schedule: readCron(text), at: new Date(at), timeZone });
}

test.each([
  ['0 0 0 1 * *', '2025-03-01T00:00:00Z', true],
  ['0 0 0 1 * *', '2025-03-02T00:00:00Z', false],
  ['0 0 12-14 * * *', '2025-03-02T13:00:00Z', true],
  ['0 0 12-14 * * *', '2025-03-02T15:00:00Z', false],
  ['0 */15 * * * *', '2025-03-02T15:45:00Z', true],
  ['0 */15 * * * *', '2025-03-02T15:46:00Z', false],
  ['5/20 * * * * *', '2025-03-02T15:46:45Z', true],
  ['0 0 9 * JAN,MAR MON-FRI', '2025-03-03T09:00:00Z', true],
  ['0 0 9 * JAN,MAR MON-FRI', '2025-03-02T09:00:00Z', false],
  // Both days restricted: one of them is enough.
  ['0 0 0 13 * 5', '2025-06-13T00:00:00Z', true],
  ['0 0 0 13 * 5', '2025-06-20T00:00:00Z', true],
  ['0 0 0 13 * 5', '2025-06-21T00:00:00Z', false],
])('%s at %s: %s', (text, at, expected) => {
  expect(matches(text, at)).toBe(expected);
});

test('hours are those of the time zone', () => {
  expect(matches('0 0 18 * * *', '2025-07-01T10:00:00Z', 'Asia/Shanghai')).toBe(true);
  expect(matches('0 0 18 * * *', '2025-07-01T18:00:00Z', 'Asia/Shanghai')).toBe(false);
});

test.each([
  '',
  '* * * * *',
  '60 * * * * *',
  '* * * 0 * *',
  '* * * * FOO *',
  '1-2-3 * * * * *',
  '*/0 * * * * *',
  '5-1 * * * * *',
  '1,, * * * * *',
  '* * * * * 7',
])('%s is refused', (text) => {
  expect(() => readCron(text)).toThrow('cron expression');
});

test('a second is named by the expression that is made of it', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (at) => {
      const [second, minute, hour] = [at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours()];
      const text = `${second} ${minute} ${hour} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`;
      expect(matches(text, at.toISOString())).toBe(true);
      const later = new Date(at.getTime() + 1000);
      expect(matches(text, later.toISOString())).toBe(false);
    }),
  );
});

test('every due time is found once, however the looks fall', () => {
  const job = { Name: 'often', Schedule: '*/7 * * * * *', TargetSize: 1, TimeZone: 'UTC' };
  const scaler = readCronScaler({ ScaleJobs: [job] }, new Date(0));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 20 }), (steps) => {
      const begin = Date.UTC(2025, 0, 1);
      let at = begin;
      const found: number[] = [];
      for (const step of steps) {
        const due = dueJobs({ scaler, from: new Date(at), to: new Date(at + step) });
        found.push(...due.map((one) => one.at.getTime()));
        at += step;
      }
      const expected: number[] = [];
      for (let time = begin + 1000; time <= at; time += 1000) {
        if (new Date(time).getUTCSeconds() % 7 === 0) expected.push(time);
      }
      expect(found).toEqual(expected);
    }),
  );
});

test('an excluded date is told as such', () => {
  const job = { Name: 'daily', Schedule: '0 0 6 * * *', TargetSize: 1, TimeZone: 'UTC' };
  const body = { ScaleJobs: [job], ExcludeDates: ['* * * * * 0,6'] };
  const scaler = readCronScaler(body, new Date(0));
  const on = (day: string) =>
    dueJobs({ scaler, from: new Date(`${day}T05:59:59Z`), to: new Date(`${day}T06:00:00Z`) });
  expect(on('2025-03-03')).toMatchObject([{ isExcluded: false }]);
  expect(on('2025-03-02')).toMatchObject([{ isExcluded: true }]);
});
