import {
  dateOfDay,
  dayNumber,
  daysSinceNearest,
  type Holiday,
  holidayDay,
  weekOfYear,
} from './calendar';

test.each<[Holiday, number, string]>([
  ['superBowl', 2010, '2010-02-07'],
  ['superBowl', 2012, '2012-02-05'],
  ['superBowl', 2022, '2022-02-13'],
  ['easter', 2010, '2010-04-04'],
  ['easter', 2011, '2011-04-24'],
  ['easter', 2012, '2012-04-08'],
  ['laborDay', 2010, '2010-09-06'],
  ['laborDay', 2012, '2012-09-03'],
  ['thanksgiving', 2010, '2010-11-25'],
  ['thanksgiving', 2012, '2012-11-22'],
  ['christmas', 2011, '2011-12-25'],
])('%s of %i is on %s', (holiday, year, date) => {
  expect(dateOfDay(holidayDay(holiday, year))).toBe(date);
});

test('the nearest occurrence may be in the year before or after', () => {
  expect(daysSinceNearest('christmas', dayNumber('2011-01-07'))).toBe(13);
  expect(daysSinceNearest('christmas', dayNumber('2010-12-24'))).toBe(-1);
  expect(daysSinceNearest('superBowl', dayNumber('2010-12-31'))).toBe(-37);
});

test('weeks of a year', () => {
  expect(weekOfYear(dayNumber('2010-01-01'))).toBe(0);
  expect(weekOfYear(dayNumber('2010-12-31'))).toBe(52);
  expect(() => dayNumber('2010-02-30')).toThrow('2010-02-30');
});
