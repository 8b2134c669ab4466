import type { SqlJob } from '../../../alibaba/maxcompute/wire/job-xml';
import type { OdpsType } from '../sql/types';

/** State of an instance's one task. */
export type TaskState = 'Running' | 'Success' | 'Failed' | 'Cancelled';

/** A submitted job and what became of it. Times are epoch milliseconds. */
export interface Instance {
  readonly id: string;
  readonly job: SqlJob;
  readonly owner: string;
  readonly start: number;
  readonly end?: number;
  readonly state: TaskState;
  /** What failed, beginning with an ODPS code. */
  readonly message?: string;
  readonly result?: InstanceResult;
}

/** Rows are in DuckDB (`results."i<id>"`, columns c0, c1, …); text is here. */
export type InstanceResult =
  | {
      readonly kind: 'rows';
      readonly columns: readonly { readonly name: string; readonly type: OdpsType }[];
      readonly records: number;
      /** How times are shown: the session's zone. */
      readonly timeZone: string;
    }
  | { readonly kind: 'text'; readonly text: string };

/** `20260101123456789g<random>`: UTC to the millisecond, then letters and digits. */
export function instanceId(now: number, random: string): string {
  const stamp = new Date(now).toISOString().replace(/\D/g, '').slice(0, 17);
  return `${stamp}g${random}`;
}

/** DuckDB's table with an instance's rows. */
export function resultTable(id: string): string {
  if (!/^[0-9a-z]+$/.test(id)) throw new TypeError(`Not an instance id: ${id}`);
  return `results."i${id}"`;
}
