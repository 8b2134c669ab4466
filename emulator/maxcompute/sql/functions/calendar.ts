import { derived } from '../bound';
import { semanticError } from '../errors';
import { DOUBLE, STRING } from '../types';
import { clockArgument } from './clock';
import { bigintArgument, constantText, type ScalarFunction } from './entry';

const WEEKDAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];

/** Functions of the calendar that come from Hive: dates go in, texts `yyyy-mm-dd` come out. */
export const CALENDAR: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'ADD_MONTHS',
    arguments: [2, 2],
    syntax: 'STRING ADD_MONTHS(DATE|DATETIME|TIMESTAMP|STRING date, INT months)',
    meaning: 'The day some months later; the last of a month stays the last',
    page: 'add-months',
    bind: (call) => {
      const day = `CAST(${clockArgument(call, 0).sql} AS DATE)`;
      const months = `INTERVAL 1 MONTH * CAST(${bigintArgument(call, 1).sql} AS INTEGER)`;
      const moved = `CAST(${day} + ${months} AS DATE)`;
      const last = `CASE WHEN ${day} = last_day(${day}) THEN last_day(${moved}) ELSE ${moved} END`;
      return derived({ sql: `strftime(${last}, '%Y-%m-%d')`, type: STRING, parts: call.args });
    },
  },
  {
    kind: 'scalar',
    name: 'NEXT_DAY',
    arguments: [2, 2],
    syntax: 'STRING NEXT_DAY(DATE|DATETIME|TIMESTAMP|STRING date, STRING weekday)',
    meaning: 'The first such day of the week after a date',
    page: 'next-day',
    bind: (call) => {
      const named = constantText(call, 1).toLowerCase().slice(0, 2);
      const wanted = WEEKDAYS.indexOf(named) + 1;
      if (wanted === 0) throw semanticError(call.at, `invalid weekday '${constantText(call, 1)}'`);
      const day = `CAST(${clockArgument(call, 0).sql} AS DATE)`;
      const ahead = `CAST((${wanted} - isodow(${day}) + 6) % 7 + 1 AS INTEGER)`;
      const sql = `strftime(${day} + ${ahead}, '%Y-%m-%d')`;
      return derived({ sql, type: STRING, parts: [call.args[0]] });
    },
  },
  {
    kind: 'scalar',
    name: 'MONTHS_BETWEEN',
    arguments: [2, 2],
    syntax: 'DOUBLE MONTHS_BETWEEN(date1, date2)',
    meaning:
      'Months from date2 to date1: whole for the same or the last day, else parts of 31 days',
    page: 'months-between',
    bind: (call) => {
      const [a, b] = [clockArgument(call, 0).sql, clockArgument(call, 1).sql];
      const months = `((year(${a}) - year(${b})) * 12 + month(${a}) - month(${b}))`;
      const ends = `(day(${a}) = day(last_day(${a})) AND day(${b}) = day(last_day(${b})))`;
      const days = `(day(${a}) + epoch(${a} - date_trunc('day', ${a})) / 86400.0)`;
      const others = `(day(${b}) + epoch(${b} - date_trunc('day', ${b})) / 86400.0)`;
      const part = `round((${days} - ${others}) / 31.0, 8)`;
      const whole = `(day(${a}) = day(${b}) OR ${ends})`;
      const sql = `CAST(CASE WHEN ${whole} THEN ${months} ELSE ${months} + ${part} END AS DOUBLE)`;
      return derived({ sql, type: DOUBLE, parts: call.args });
    },
  },
];
