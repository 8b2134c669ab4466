import { invalid } from '../api-error';
import { partitionCondition } from '../execute/partitions';
import { namedPartition } from '../rest/named-partition';
import { existing } from '../rest/tables';
import type { ApiAnswer, ApiRequest, Service } from '../service';
import { storageName } from '../store/table';
import { ArrowEncoder } from './columns/arrow-writer';
import { readQuery } from './read-batches';

/** Rows of a preview at most. */
const MAX_ROWS = 10_000;

/** GET …/tables/{t}/preview: the first rows as a whole Arrow stream, with its schema. */
export async function previewTable({
  service,
  request,
  name,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
}): Promise<ApiAnswer> {
  const { query } = request;
  const table = existing(service, name);
  if (table.kind === 'view') throw invalid(`${table.name} is a view: its rows are read by SQL`);
  const asked = query
    .get('columns')
    ?.split(',')
    .map((column) => column.trim().toLowerCase());
  const all = [...table.columns, ...table.partitionKeys];
  const columns = asked ? all.filter((column) => asked.includes(column.name)) : table.columns;
  const spec = query.get('partition');
  const where = spec ? ` WHERE ${partitionCondition(table, namedPartition(table, spec))}` : '';
  const limit = Number(query.get('limit') ?? -1);
  const rows = limit >= 0 ? Math.min(limit, MAX_ROWS) : MAX_ROWS;
  const { database } = service.warehouse;
  const source = `${storageName(table)}${where} LIMIT ${rows}`;
  const refs = columns.map((column) => ({ ...column, ref: column.name }));
  const body = await database.use((connection) =>
    new ArrowEncoder(columns, 'struct').stream(readQuery({ connection, columns: refs, source })),
  );
  return { type: 'application/octet-stream', body: Buffer.from(body) };
}
