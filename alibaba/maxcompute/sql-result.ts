import { clientError } from './maxcompute-errors';
import { parseCsv } from './wire/csv';
import type { TaskResult } from './wire/instance-xml';

/** The answer of a statement. What isn't a SELECT has no columns, and what it said in `text`. */
export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Cells as the service prints them; NULL is null. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly text: string;
}

/** Each row as an object by column name. */
export function asObjects(result: SqlResult): Record<string, string | null>[] {
  const names = result.columns.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
}

/** Reads a successful task's result. Throws CloudError `ResultTruncated` above the service's 10,000 rows. */
export function sqlResultOf(task: TaskResult): SqlResult {
  const { descriptor, result, format } = task;
  if (descriptor?.SelectResultStatus === 'TRUNCATED') {
    throw clientError({
      operation: 'GetResult',
      code: 'ResultTruncated',
      message: `Task ${task.name} has more rows than a result can hold (10,000): read the table by Tunnel`,
    });
  }
  if (format !== 'csv' || (descriptor && !descriptor.IsSelect)) {
    return { columns: [], rows: [], text: result };
  }
  const { header, rows } = parseCsv(result);
  const types = descriptor?.Schema.Columns.map(({ Type }) => Type.toUpperCase()) ?? [];
  return {
    columns: header.map((name, at) => ({ name, type: types[at] ?? 'STRING' })),
    rows,
    text: result,
  };
}
