/** What the data steps act with; the worker's larger bag of clients fits. */
import { createHash } from 'node:crypto';
import type { MaxCompute } from '../alibaba/maxcompute/maxcompute';
import type { ObjectStore } from '../alibaba/oss/object-store';
import type { Pipeline } from '../config/pipeline';
import { contentHashQuery, type HashedColumn } from '../sql/content-hash';
import type { SqlSession } from './run-sql';
import { figure } from './sql-moments';

/** Clients and the one pipeline that a data step works for. */
export interface DataDeps {
  readonly maxcompute: MaxCompute;
  readonly objects: Pick<ObjectStore, 'put'>;
  /** First part of every OSS key. */
  readonly prefix: string;
  readonly pipeline: Pick<Pipeline, 'name' | 'tables' | 'processing' | 'features'>;
}

/** The run that a data step works for. */
export interface DataInput {
  readonly runId: string;
}

/** OSS key of a file of a run. */
export function runKey({ prefix }: Pick<DataDeps, 'prefix'>, runId: string, file: string): string {
  return `${prefix}/runs/${runId}/${file}`;
}

/** Rows of a run's partition and the SHA-256 that names its content, whatever the order of the rows. */
export async function contentOf({
  sql,
  table,
  runId,
  columns,
}: {
  readonly sql: SqlSession;
  readonly table: string;
  readonly runId: string;
  readonly columns: readonly HashedColumn[];
}): Promise<{ readonly rows: number; readonly contentHash: string }> {
  const query = contentHashQuery({ table, runId, columns });
  const [row] = await sql.select({ name: `content of ${table}`, query });
  const { row_count: rows, left_sum: left, right_sum: right } = row;
  const hash = createHash('sha256').update(`${rows}:${integer(left)}:${integer(right)}`);
  return { rows: figure(row, 'row_count'), contentHash: hash.digest('hex') };
}

/** The digits of an integral decimal, however many zeros the service prints after the point. */
function integer(text: string | null): string {
  return BigInt((text ?? '0').split('.')[0]).toString();
}
