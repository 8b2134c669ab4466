import fc from 'fast-check';
import { isoDate, utcDay } from './date';

describe('isoDate', () => {
  it('reads both written forms of every day as the same day', () => {
    const days = fc.integer({ min: -719_162, max: 2_932_896 }); // 0001-01-01 … 9999-12-31
    fc.assert(
      fc.property(days, (day) => {
        const iso = utcDay(day * 86_400_000);
        const [year, month, date] = iso.split('-');
        expect(isoDate(iso)).toBe(iso);
        expect(isoDate(`${date}-${month}-${year}`)).toBe(iso);
      }),
    );
  });

  it.each([
    '2012-02-30',
    '2011-02-29',
    '31-04-2012',
    '2012-13-01',
    '2012-00-10',
    '2012-01-00',
    '00-01-2012',
    '2012/01/05',
    '2012-1-5',
    '2012-01-05T00:00:00Z',
    ' 2012-01-05',
    '',
    'today',
  ])('refuses %j', (text) => {
    expect(isoDate(text)).toBeUndefined();
  });

  it('knows leap days', () => {
    expect(isoDate('2012-02-29')).toBe('2012-02-29');
    expect(isoDate('29-02-2000')).toBe('2000-02-29');
    expect(isoDate('1900-02-29')).toBeUndefined();
  });
});
