import { type Bound, derived } from '../bound';
import { explicitCast } from '../coerce';
import { semanticError, unsupported } from '../errors';
import { localTime, toInstant } from '../time-zone';
import {
  BIGINT,
  DATE,
  DATETIME,
  INT,
  isInteger,
  isNumeric,
  isText,
  literal,
  type OdpsType,
  STRING,
  TIMESTAMP,
} from '../types';
import { clockArgument, fromClock, strictClock, textClock } from './clock';
import { dateFormat, datePart, javaFormat } from './date-formats';
import {
  argument,
  bigintArgument,
  type Call,
  constantText,
  type ScalarFunction,
  stringArgument,
  wrongType,
} from './entry';

function part(call: Call, index: number): string {
  const text = constantText(call, index);
  const found = datePart(text);
  if (!found) throw semanticError(call.args[index].at ?? call.at, `invalid datepart '${text}'`);
  return found;
}

/** With a format a DATETIME (NULL when the text doesn't fit), without one a DATE. */
function toDate(call: Call): Bound {
  const text = stringArgument(call, 0);
  if (call.args.length === 1) {
    return derived({ sql: `CAST(${textClock(text.sql)} AS DATE)`, type: DATE, parts: [text] });
  }
  const letters = constantText(call, 1);
  if ((letters.match(/yyyy/gi) ?? []).length !== 1) {
    return { sql: 'CAST(NULL AS TIMESTAMP)', type: DATETIME };
  }
  const format = dateFormat(letters);
  const clock = `try_strptime(${text.sql}, ${literal(format.strftime)})`;
  const checked = `(CASE WHEN regexp_full_match(${text.sql}, ${literal(format.pattern)}) THEN ${clock} END)`;
  return derived({ sql: toInstant(checked, call.session), type: DATETIME, parts: [text] });
}

function toChar(call: Call): Bound {
  const [value] = call.args;
  if (call.args.length === 1) {
    if (value.type.kind === 'boolean') {
      return derived({ sql: `CAST(${value.sql} AS VARCHAR)`, type: STRING, parts: [value] });
    }
    if (!isNumeric(value.type) && !isText(value.type)) throw wrongType(call, 0);
    return explicitCast({ value, type: STRING, session: call.session });
  }
  const format = dateFormat(constantText(call, 1));
  const sql = `strftime(${strictClock(call, 0).sql}, ${literal(format.strftime)})`;
  return derived({ sql, type: STRING, parts: [value] });
}

function dateFormatted(call: Call): Bound {
  const format = javaFormat(constantText(call, 1), call.at);
  const sql = `strftime(${clockArgument(call, 0).sql}, ${literal(format)})`;
  return derived({ sql, type: STRING, parts: [call.args[0]] });
}

/** The type of the date stays; days of a shorter month end at its last. */
function dateAdd(call: Call): Bound {
  const clock = strictClock(call, 0);
  const delta = bigintArgument(call, 1);
  const unit = part(call, 2);
  const interval = unit === 'quarter' ? `INTERVAL 3 MONTH` : `INTERVAL 1 ${unit.toUpperCase()}`;
  const moved = `(${clock.sql} + ${interval} * CAST(${delta.sql} AS INTEGER))`;
  const { type } = clock;
  if (type.kind === 'date' && ['hour', 'minute', 'second', 'millisecond'].includes(unit)) {
    throw unsupported(call.at, `DATEADD of a DATE by the unit ${unit}`);
  }
  return derived({ sql: fromClock(call, moved, type), type, parts: [call.args[0], delta] });
}

/** date1 - date2 in whole units, both cut to the unit first; without a unit days, as an INT. */
function dateDiff(call: Call): Bound {
  const clock = call.args.length > 2 ? strictClock : clockArgument;
  const [later, earlier] = [clock(call, 0).sql, clock(call, 1).sql];
  if (call.args.length < 3) {
    const sql = `CAST(date_diff('day', ${earlier}, ${later}) AS INTEGER)`;
    return derived({ sql, type: INT, parts: call.args });
  }
  const unit = part(call, 2);
  const [a, b] = [later, earlier].map((text) => `date_trunc('week', ${text})`);
  const weeks = `(date_diff('day', ${b}, ${a}) // 7)`;
  const sql = unit === 'week' ? weeks : `date_diff('${unit}', ${earlier}, ${later})`;
  return derived({ sql, type: BIGINT, parts: call.args });
}

function dateTrunc(call: Call): Bound {
  const clock = strictClock(call, 0);
  const cut = `CAST(date_trunc('${part(call, 1)}', ${clock.sql}) AS TIMESTAMP)`;
  return derived({
    sql: fromClock(call, cut, clock.type),
    type: clock.type,
    parts: [call.args[0]],
  });
}

function datePartOf(call: Call): Bound {
  const sql = `date_part('${part(call, 1)}', ${strictClock(call, 0).sql})`;
  return derived({ sql: `CAST(${sql} AS BIGINT)`, type: BIGINT, parts: [call.args[0]] });
}

/** A number that a date has. */
function field({
  name,
  type,
  meaning,
  text,
}: {
  readonly name: string;
  readonly type: OdpsType;
  readonly meaning: string;
  readonly text: (clock: string) => string;
}): ScalarFunction {
  const returns = type.kind.toUpperCase();
  return {
    kind: 'scalar',
    name,
    arguments: [1, 1],
    syntax: `${returns} ${name}(DATE|DATETIME|TIMESTAMP|STRING date)`,
    meaning,
    page: name.toLowerCase(),
    bind: (call) =>
      derived({
        sql: `CAST(${text(clockArgument(call, 0).sql)} AS ${returns === 'INT' ? 'INTEGER' : returns})`,
        type,
        parts: [call.args[0]],
      }),
  };
}

function lastDay(name: string, type: OdpsType): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [1, 1],
    syntax: `${type.kind.toUpperCase()} ${name}(DATE|DATETIME|TIMESTAMP|STRING date)`,
    meaning: 'Last day of the month, at midnight',
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const day = `CAST(last_day(${clockArgument(call, 0).sql}) AS TIMESTAMP)`;
      return derived({ sql: fromClock(call, day, type), type, parts: [call.args[0]] });
    },
  };
}

/** DATE_ADD and DATE_SUB: days, a DATE. */
function addDays(name: string, sign: '+' | '-'): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [2, 2],
    syntax: `DATE ${name}(DATE|DATETIME|TIMESTAMP|STRING date, BIGINT days)`,
    meaning: `Days ${sign === '+' ? 'after' : 'before'} a date`,
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const days = bigintArgument(call, 1);
      const sql = `(CAST(${clockArgument(call, 0).sql} AS DATE) ${sign} CAST(${days.sql} AS INTEGER))`;
      return derived({ sql, type: DATE, parts: call.args });
    },
  };
}

function now(name: string, type: OdpsType, syntax: string): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [0, 0],
    syntax,
    meaning: 'The moment of the statement',
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const instant = `make_timestamp(${call.session.now * 1000})`;
      if (type.kind === 'date') {
        return { sql: `CAST(${localTime(instant, call.session)} AS DATE)`, type };
      }
      return {
        sql: type.kind === 'timestamp' ? `CAST(${instant} AS TIMESTAMP_NS)` : instant,
        type,
      };
    },
  };
}

function unixTimestamp(call: Call): Bound {
  if (call.args.length === 0) {
    return { sql: `CAST(${Math.floor(call.session.now / 1000)} AS BIGINT)`, type: BIGINT };
  }
  const clock = toInstant(clockArgument(call, 0).sql, call.session);
  return derived({ sql: `CAST(floor(epoch(${clock})) AS BIGINT)`, type: BIGINT, parts: call.args });
}

function fromUnixTime(call: Call): Bound {
  if (!isInteger(call.args[0].type)) throw wrongType(call, 0);
  const seconds = argument(call, 0, BIGINT);
  const sql = `make_timestamp(${seconds.sql} * 1000000)`;
  return derived({ sql, type: DATETIME, parts: [seconds] });
}

function isDate(call: Call): Bound {
  const text = stringArgument(call, 0);
  const format = dateFormat(constantText(call, 1));
  const sql = `(try_strptime(${text.sql}, ${literal(format.strftime)}) IS NOT NULL AND regexp_full_match(${text.sql}, ${literal(format.pattern)}))`;
  return derived({ sql, type: { kind: 'boolean' }, parts: [text] });
}

/** Functions of dates and times. */
export const DATES: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'TO_DATE',
    arguments: [1, 2],
    syntax: 'DATETIME TO_DATE(STRING date, STRING format) | DATE TO_DATE(STRING date)',
    meaning: 'A text read by a format of yyyy mm dd hh mi ss ff3',
    page: 'to-date',
    bind: toDate,
  },
  {
    kind: 'scalar',
    name: 'TO_CHAR',
    arguments: [1, 2],
    syntax: 'STRING TO_CHAR(DATE|DATETIME|TIMESTAMP date, STRING format) | TO_CHAR(BOOLEAN|number)',
    meaning: 'A date by a format of yyyy mm dd hh mi ss ff3, or a number or boolean, as text',
    page: 'to-char',
    bind: toChar,
  },
  {
    kind: 'scalar',
    name: 'DATE_FORMAT',
    arguments: [2, 2],
    syntax: 'STRING DATE_FORMAT(DATE|TIMESTAMP|STRING date, STRING format)',
    meaning: 'A date by a format of yyyy MM dd HH mm ss SSS',
    page: 'date-format',
    bind: dateFormatted,
  },
  {
    kind: 'scalar',
    name: 'DATEADD',
    arguments: [3, 3],
    syntax: 'DATE|DATETIME|TIMESTAMP DATEADD(date, BIGINT delta, STRING datepart)',
    meaning: 'A date moved by units',
    page: 'dateadd',
    bind: dateAdd,
  },
  {
    kind: 'scalar',
    name: 'DATEDIFF',
    arguments: [2, 3],
    syntax: 'BIGINT DATEDIFF(date1, date2, STRING datepart) | INT DATEDIFF(date1, date2)',
    meaning: 'date1 - date2 in whole units',
    page: 'datediff',
    bind: dateDiff,
  },
  {
    kind: 'scalar',
    name: 'DATETRUNC',
    arguments: [2, 2],
    syntax: 'DATE|DATETIME|TIMESTAMP DATETRUNC(date, STRING datepart)',
    meaning: 'A date cut to a unit',
    page: 'datetrunc',
    bind: dateTrunc,
  },
  {
    kind: 'scalar',
    name: 'DATEPART',
    arguments: [2, 2],
    syntax: 'BIGINT DATEPART(date, STRING datepart)',
    meaning: 'One unit of a date',
    page: 'datepart',
    bind: datePartOf,
  },
  field({ name: 'YEAR', type: INT, meaning: 'Year', text: (x) => `year(${x})` }),
  field({ name: 'QUARTER', type: INT, meaning: 'Quarter, 1 to 4', text: (x) => `quarter(${x})` }),
  field({ name: 'MONTH', type: INT, meaning: 'Month, 1 to 12', text: (x) => `month(${x})` }),
  field({ name: 'DAY', type: INT, meaning: 'Day of the month', text: (x) => `day(${x})` }),
  field({ name: 'DAYOFMONTH', type: INT, meaning: 'Day of the month', text: (x) => `day(${x})` }),
  field({ name: 'HOUR', type: INT, meaning: 'Hour, 0 to 23', text: (x) => `hour(${x})` }),
  field({ name: 'MINUTE', type: INT, meaning: 'Minute', text: (x) => `minute(${x})` }),
  field({ name: 'SECOND', type: INT, meaning: 'Second', text: (x) => `second(${x})` }),
  field({
    name: 'DAYOFWEEK',
    type: INT,
    meaning: 'Sunday 1 to Saturday 7',
    text: (x) => `dayofweek(${x}) + 1`,
  }),
  field({
    name: 'DAYOFYEAR',
    type: INT,
    meaning: 'Day of the year, from 1',
    text: (x) => `dayofyear(${x})`,
  }),
  field({
    name: 'WEEKDAY',
    type: BIGINT,
    meaning: 'Monday 0 to Sunday 6',
    text: (x) => `isodow(${x}) - 1`,
  }),
  field({
    name: 'WEEKOFYEAR',
    type: BIGINT,
    meaning: 'ISO week of the year',
    text: (x) => `weekofyear(${x})`,
  }),
  lastDay('LASTDAY', DATETIME),
  lastDay('LAST_DAY', DATE),
  addDays('DATE_ADD', '+'),
  addDays('DATE_SUB', '-'),
  now('GETDATE', DATETIME, 'DATETIME GETDATE()'),
  now('NOW', DATETIME, 'DATETIME NOW()'),
  now('CURRENT_TIMESTAMP', TIMESTAMP, 'TIMESTAMP CURRENT_TIMESTAMP()'),
  now('CURRENT_DATE', DATE, 'DATE CURRENT_DATE()'),
  {
    kind: 'scalar',
    name: 'UNIX_TIMESTAMP',
    arguments: [0, 1],
    syntax: 'BIGINT UNIX_TIMESTAMP([date])',
    meaning: 'Seconds since 1970-01-01 in UTC',
    page: 'unix-timestamp',
    bind: unixTimestamp,
  },
  {
    kind: 'scalar',
    name: 'FROM_UNIXTIME',
    arguments: [1, 1],
    syntax: 'DATETIME FROM_UNIXTIME(BIGINT seconds)',
    meaning: 'The moment of seconds since 1970-01-01 in UTC',
    page: 'from-unixtime',
    bind: fromUnixTime,
  },
  {
    kind: 'scalar',
    name: 'ISDATE',
    arguments: [2, 2],
    syntax: 'BOOLEAN ISDATE(STRING date, STRING format)',
    meaning: 'Whether a text fits a format',
    page: 'isdate',
    bind: isDate,
  },
];
