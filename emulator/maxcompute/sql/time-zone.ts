import type { Session } from './session';
import { literal } from './types';

/** An instant (DuckDB TIMESTAMP in UTC) as the wall clock of the session's zone. */
export function localTime(sql: string, session: Pick<Session, 'timeZone'>): string {
  return `timezone(${literal(session.timeZone)}, timezone('UTC', ${sql}))`;
}

/** A wall clock of the session's zone as the instant in UTC. */
export function toInstant(sql: string, session: Pick<Session, 'timeZone'>): string {
  return `timezone('UTC', timezone(${literal(session.timeZone)}, ${sql}))`;
}
