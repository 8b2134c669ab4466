import { formatCsv } from '../../../alibaba/maxcompute/wire/csv';
import { invalid } from '../api-error';
import { partitionCondition } from '../execute/partitions';
import { type ApiAnswer, type ApiRequest, type Service, text } from '../service';
import { plainText } from '../sql/cast-sql';
import { quote } from '../sql/types';
import { type StoredTable, storageName } from '../store/table';
import { DEFAULT_TIME_ZONE } from '../store/warehouse';
import { namedPartition } from './named-partition';

const MAX_ROWS = 10_000;

/** GET …/tables/{t}?data&linenum=N: the first rows as CSV, partition columns last. */
export async function headRows({
  service,
  query,
  table,
}: {
  readonly service: Service;
  readonly query: ApiRequest['query'];
  readonly table: StoredTable;
}): Promise<ApiAnswer> {
  if (table.kind === 'view') throw invalid(`${table.name} is a view: its rows are read by SQL`);
  const count = Math.min(Number(query.get('linenum')) || MAX_ROWS, MAX_ROWS);
  const asked = query
    .get('cols')
    ?.split(',')
    .map((name) => name.trim().toLowerCase());
  const all = [...table.columns, ...table.partitionKeys];
  const columns = asked ? all.filter((column) => asked.includes(column.name)) : all;
  const spec = query.get('partition');
  const where = spec ? ` WHERE ${partitionCondition(table, namedPartition(table, spec))}` : '';
  const session = { timeZone: DEFAULT_TIME_ZONE };
  const list = columns.map((column) => {
    const value = { sql: quote(column.name), type: column.type };
    return plainText({ value, session }) ?? `CAST(to_json(${value.sql}) AS VARCHAR)`;
  });
  const sql = `SELECT ${list.join(', ')} FROM ${storageName(table)}${where} LIMIT ${count}`;
  const rows = await service.warehouse.database.use(async (connection) =>
    (await connection.runAndReadAll(sql)).getRows(),
  );
  return text(
    formatCsv({
      header: columns.map((column) => column.name),
      rows: rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
    }),
  );
}
