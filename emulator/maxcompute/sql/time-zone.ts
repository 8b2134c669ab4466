import type { Session } from './session';
import { literal } from './types';

/** Zones whose wall clock is the instant itself: a conversion costs half a microsecond a row. */
const SAME = new Set(['UTC', 'ETC/UTC', 'GMT', 'ETC/GMT', 'ZULU', 'ETC/ZULU']);

const isUtc = (session: Pick<Session, 'timeZone'>): boolean =>
  SAME.has(session.timeZone.toUpperCase());

/** An instant (DuckDB TIMESTAMP in UTC) as the wall clock of the session's zone. */
export function localTime(sql: string, session: Pick<Session, 'timeZone'>): string {
  if (isUtc(session)) return sql;
  return `timezone(${literal(session.timeZone)}, timezone('UTC', ${sql}))`;
}

/** A wall clock of the session's zone as the instant in UTC. */
export function toInstant(sql: string, session: Pick<Session, 'timeZone'>): string {
  if (isUtc(session)) return sql;
  return `timezone('UTC', timezone(${literal(session.timeZone)}, ${sql}))`;
}
