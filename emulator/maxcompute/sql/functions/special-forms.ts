import { type Bound, derived } from '../bound';
import { type Position, semanticError, unsupported } from '../errors';
import type { Session } from '../session';
import { INT, isText, STRING } from '../types';
import { clockArgument } from './clock';

const FIELDS: Readonly<Record<string, string>> = {
  Year: 'year',
  Month: 'month',
  Day: 'day',
  Hour: 'hour',
  Minute: 'minute',
  Second: 'second',
};

/** EXTRACT(YEAR FROM x), and month, day, hour, minute, second: an INT. */
export function extractField({
  field,
  value,
  session,
  at,
}: {
  readonly field: string;
  readonly value: Bound;
  readonly session: Session;
  readonly at: Position;
}): Bound {
  const part = FIELDS[field];
  if (!part) throw unsupported(at, `EXTRACT(${field.toUpperCase()} FROM …)`);
  const clock = clockArgument({ name: 'EXTRACT', at, args: [value], session }, 0);
  const sql = `CAST(${part}(${clock.sql}) AS INTEGER)`;
  return derived({ sql, type: INT, parts: [value] });
}

const SIDES: Readonly<Record<string, string>> = {
  Both: 'trim',
  Leading: 'ltrim',
  Trailing: 'rtrim',
};

/** TRIM(BOTH|LEADING|TRAILING [characters] FROM text). */
export function trimSide({
  side,
  text,
  characters,
  at,
}: {
  readonly side: string;
  readonly text: Bound;
  readonly characters?: Bound;
  readonly at?: Position;
}): Bound {
  const call = SIDES[side];
  if (!call || !isText(text.type) || (characters && !isText(characters.type))) {
    throw semanticError(at, 'TRIM needs BOTH, LEADING or TRAILING and STRING arguments');
  }
  const args = characters ? `${text.sql}, ${characters.sql}` : text.sql;
  return derived({ sql: `${call}(${args})`, type: STRING, parts: [text, characters] });
}
