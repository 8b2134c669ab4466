import { formatCsv } from '../../../alibaba/maxcompute/wire/csv';
import type { ResultDescriptor } from '../../../alibaba/maxcompute/wire/instance-xml';
import { plainText } from '../sql/cast-sql';
import { typeName } from '../sql/types';
import type { Database } from '../store/database';
import { type Instance, type InstanceResult, resultTable } from './instance';

/** Rows of a SELECT that the CSV answer holds at most. */
export const MAX_CSV_ROWS = 10_000;

type Rows = Extract<InstanceResult, { readonly kind: 'rows' }>;

/** The CSV of a SELECT's first 10,000 rows. */
export async function resultCsv({
  instance,
  result,
  database,
}: {
  readonly instance: Instance;
  readonly result: Rows;
  readonly database: Database;
}): Promise<string> {
  const { timeZone } = result;
  const list = result.columns.map(({ type }, index) => {
    const value = { sql: `c${index}`, type };
    return plainText({ value, session: { timeZone } }) ?? `CAST(to_json(c${index}) AS VARCHAR)`;
  });
  const sql = `SELECT ${list.join(', ')} FROM ${resultTable(instance.id)} LIMIT ${MAX_CSV_ROWS}`;
  const rows = await database.use(async (connection) =>
    (await connection.runAndReadAll(sql)).getRows(),
  );
  return formatCsv({
    header: result.columns.map((column) => column.name),
    rows: rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
  });
}

/** What the answer says about itself. */
export function resultDescriptor(result: Rows): ResultDescriptor {
  return {
    IsSelect: true,
    SelectResultStatus: result.records > MAX_CSV_ROWS ? 'TRUNCATED' : 'COMPLETE',
    Schema: {
      Columns: result.columns.map(({ name, type }) => ({
        Name: name,
        Type: typeName(type).toLowerCase(),
      })),
    },
  };
}
