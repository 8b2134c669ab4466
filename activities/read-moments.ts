/** Levels and moments of a run's encoded columns, worked out by SQL where the rows are. */
import type { Encoding } from '../model/encoding';
import type { Moments } from '../model/moments';
import {
  levelMomentsQuery,
  levelPairsQuery,
  levelsQuery,
  numericMomentsQuery,
  type SplitRows,
} from '../sql/features';
import { failure } from './failure';
import type { SqlSession } from './run-sql';
import { assembleMoments, figure, type SqlRow } from './sql-moments';

/** Rows that a SELECT's answer may have on MaxCompute. */
const answerRows = 10_000;

/** The encoding of a partition: every distinct value of each categorical column is a level. */
export async function readEncoding({
  sql,
  table,
  runId,
  numeric,
  categorical,
}: {
  readonly sql: SqlSession;
  readonly table: string;
  readonly runId: string;
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
}): Promise<Encoding> {
  const query = levelsQuery({ table, runId, columns: categorical });
  const rows = categorical.length > 0 ? await sql.select({ name: 'levels', query }) : [];
  if (rows.length >= answerRows) throw tooManyLevels('the categorical columns');
  const levelsOf = (column: string) =>
    rows
      .filter((row) => row['column_name'] === column)
      .map((row) => figure(row, 'level'))
      .sort((a, b) => a - b);
  return {
    numeric,
    categorical: categorical.map((column) => ({ column, levels: levelsOf(column) })),
  };
}

/** The moments of one side of the split; only sums and counts leave MaxCompute. */
export async function readMoments({
  sql,
  rows,
  encoding,
}: {
  readonly sql: SqlSession;
  readonly rows: SplitRows;
  readonly encoding: Encoding;
}): Promise<Moments> {
  const { numeric } = encoding;
  const categorical = encoding.categorical.map(({ column }) => column);
  const [sums] = await sql.select({
    name: 'numeric moments',
    query: numericMomentsQuery({ ...rows, numeric }),
  });
  const levels =
    categorical.length > 0
      ? await sql.select({
          name: 'level moments',
          query: levelMomentsQuery({ ...rows, numeric, categorical }),
        })
      : [];
  const pairs: SqlRow[] = [];
  for (const [place, batch] of pairBatches(encoding).entries()) {
    const query = levelPairsQuery({ ...rows, pairs: batch });
    pairs.push(...(await sql.select({ name: `level pairs ${place}`, query })));
  }
  return assembleMoments({ encoding, numeric: sums, levels, pairs });
}

/** Pairs of categorical columns in batches whose answers cannot have more rows than allowed. */
export function pairBatches({ categorical }: Encoding): (readonly [string, string])[][] {
  const batches: (readonly [string, string])[][] = [];
  let room = 0;
  categorical.forEach((left, place) => {
    for (const right of categorical.slice(place + 1)) {
      const rows = left.levels.length * right.levels.length;
      if (rows > answerRows) throw tooManyLevels(`${left.column} and ${right.column}`);
      if (batches.length === 0 || rows > room) {
        batches.push([]);
        room = answerRows;
      }
      batches[batches.length - 1].push([left.column, right.column]);
      room -= rows;
    }
  });
  return batches;
}

function tooManyLevels(what: string) {
  return failure(
    'ConfigInvalid',
    `features.categorical: ${what} have too many levels for one answer of ${answerRows} rows; leave one of them out`,
  );
}
