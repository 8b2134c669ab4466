import fc from 'fast-check';
import { dayNumber, dayText, momentText, parseMoment } from './calendar';

test('days agree with the calendar of JavaScript in all of the years 1 to 9999', () => {
  const first = Date.parse('0001-01-01T00:00:00Z') / 86_400_000;
  const last = Date.parse('9999-12-31T00:00:00Z') / 86_400_000;
  for (let day = first; day <= last; day += 97) {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (dayText(day) !== text || dayNumber(text) !== day) throw new Error(`day ${day} is ${text}`);
  }
  expect(() => dayText(first - 1)).toThrow('years 1 to 9999');
  expect(() => dayText(last + 1)).toThrow('years 1 to 9999');
});

test.each(['2023-02-29', '1900-02-29', '2023-04-31', '0000-01-01', '2023-1-1', '2023-13-01', ''])(
  '%s is no date',
  (text) => {
    expect(() => dayNumber(text)).toThrow('is no date');
  },
);

test('moments come back, and agree with the clock of JavaScript', () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      fc.nat({ max: 999_999_999 }),
      (date, nanos) => {
        const seconds = Math.floor(date.getTime() / 1000);
        const text = momentText({ seconds, nanos });
        expect(text.slice(0, 19)).toBe(date.toISOString().slice(0, 19));
        expect(parseMoment(text)).toEqual({ seconds, nanos });
        expect(parseMoment(`${text.replace('T', ' ')}Z`)).toEqual({ seconds, nanos });
      },
    ),
  );
});
