/** Third data step: what the data looks like and what processing took, stored beside it. */

import { levelsQuery } from '../sql/features';
import { outlierReportQuery } from '../sql/processing';
import { columnProfileQuery, productSumsQuery } from '../sql/profile';
import { definitions, rowOf } from '../sql/tables';
import { type DataDeps, type DataInput, runKey } from './data-deps';
import {
  columnProfile,
  correlationsOf,
  type DataProfile,
  outlierSteps,
  profileRecords,
  type Stage,
} from './data-profile';
import { type SqlSession, withSql } from './run-sql';
import { figure } from './sql-moments';

/** Where the profile is, and the figures of it that a person should see first. */
export interface StoredProfile {
  readonly table: string;
  readonly partition: string;
  readonly rows: number;
  /** OSS key of the profile as JSON. */
  readonly key: string;
  readonly removed: Readonly<Record<string, number>>;
  readonly lostStores: readonly number[];
}

const measures = ['weekly_sales', 'temperature', 'fuel_price', 'cpi', 'unemployment'] as const;
const counted: Readonly<Record<Stage, readonly string[]>> = {
  snapshot: ['store', 'holiday_flag'],
  processed: ['store', 'holiday_flag', 'year', 'month', 'weekday'],
};

/** Works the profile out by SQL and replaces the run's partition and JSON of it. */
export function createProfileData(deps: DataDeps) {
  const { maxcompute, objects, pipeline } = deps;
  return ({ runId }: DataInput): Promise<StoredProfile> =>
    withSql({ maxcompute }, async (sql) => {
      const profile = await readProfile({ sql, pipeline, runId });
      const key = runKey(deps, runId, 'profile.json');
      const body = JSON.stringify({ run_id: runId, pipeline: pipeline.name, ...profile });
      await objects.put({ key, body, contentType: 'application/json' });
      const partition = `run_id=${runId}`;
      const rows = profileRecords(profile).map((record) => rowOf(definitions.profile, record));
      const upload = await maxcompute.openUpload({
        table: pipeline.tables.profile,
        partition,
        overwrite: true,
        createPartition: true,
        signal: sql.signal,
      });
      await upload.writeBlock({ blockId: 0, rows, signal: sql.signal });
      await upload.commit({ blockIds: [0], signal: sql.signal });
      return {
        table: pipeline.tables.profile,
        partition,
        rows: rows.length,
        key,
        removed: Object.fromEntries(
          profile.outliers.map(({ column, removed }) => [column, removed]),
        ),
        lostStores: profile.lostStores,
      };
    });
}

async function readProfile({
  sql,
  pipeline: { tables, processing },
  runId,
}: {
  readonly sql: SqlSession;
  readonly pipeline: DataDeps['pipeline'];
  readonly runId: string;
}): Promise<DataProfile> {
  const report = outlierReportQuery({
    snapshot: tables.snapshot,
    runId,
    columns: processing.outlierColumns,
    factor: processing.outlierFactor,
  });
  const outliers = report ? await sql.select({ name: 'outliers', query: report }) : [];
  const before = await readStage({ sql, table: tables.snapshot, runId, stage: 'snapshot' });
  const after = await readStage({ sql, table: tables.processed, runId, stage: 'processed' });
  const left = new Set(after.stores);
  return {
    columns: { snapshot: before.columns, processed: after.columns },
    correlations: { snapshot: before.correlations, processed: after.correlations },
    outliers: outlierSteps(outliers),
    lostStores: before.stores.filter((store) => !left.has(store)),
  };
}

async function readStage({
  sql,
  table,
  runId,
  stage,
}: {
  readonly sql: SqlSession;
  readonly table: string;
  readonly runId: string;
  readonly stage: Stage;
}) {
  const source = { table, runId };
  const columns = await sql.select({
    name: `${stage} columns`,
    query: columnProfileQuery({ ...source, columns: [...measures, ...counted[stage]] }),
  });
  const [sums] = await sql.select({
    name: `${stage} products`,
    query: productSumsQuery({ ...source, columns: measures }),
  });
  const stores = await sql.select({
    name: `${stage} stores`,
    query: levelsQuery({ ...source, columns: ['store'] }),
  });
  return {
    columns: columns.map(columnProfile),
    correlations: correlationsOf(sums, measures),
    stores: stores.map((row) => figure(row, 'level')),
  };
}
