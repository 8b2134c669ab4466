/** Feature engineering: encoding, split, scaling, selection by VIF, and the tables of features. */
import { createHash } from 'node:crypto';
import { oneHotColumn } from '../model/encoding';
import { buildFeaturePlan, type FeaturePlan } from '../model/feature-plan';
import type { RawFeatures } from '../model/raw-features';
import {
  featureInsertQuery,
  rangesQuery,
  type ScaledFeature,
  type SplitRows,
  sampleRowQuery,
} from '../sql/features';
import { addFeatureColumns, definitions } from '../sql/tables';
import { type DataDeps, type DataInput, runKey } from './data-deps';
import { failure } from './failure';
import { readEncoding, readMoments } from './read-moments';
import { type SqlSession, withSql } from './run-sql';
import { figure, type SqlRow } from './sql-moments';
import { uploadSplit } from './upload-split';

/** What `features.json` holds: the plan, and what the training rows look like before encoding. */
export interface FeaturesFile extends FeaturePlan {
  /** The training row at position 0, as a client of the service would send it. */
  readonly sample: RawFeatures;
  /** Least and greatest training value of each numeric column. */
  readonly ranges: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
}

/** Where the features are and what was chosen. */
export interface Features {
  readonly partition: string;
  /** OSS key and SHA-256 of features.json. */
  readonly key: string;
  readonly sha256: string;
  readonly selected: number;
  readonly dropped: FeaturePlan['dropped'];
  /** Table -> rows, for the run's summary. */
  readonly tables: Readonly<Record<string, number>>;
}

/** Columns that MaxCompute allows in a table. */
const tableColumns = 1_200;

/** Makes the plan from moments, writes it to OSS and inserts both sides; a retry replaces all of it. */
export function createEngineerFeatures(deps: DataDeps) {
  const { maxcompute, objects, pipeline } = deps;
  const { tables, features } = pipeline;
  return ({ runId }: DataInput): Promise<Features> =>
    withSql({ maxcompute }, async (sql) => {
      const partition = `run_id=${runId}`;
      const sizes = await uploadSplit({
        ...features,
        maxcompute,
        processed: tables.processed,
        split: tables.split,
        partition,
        signal: sql.signal,
      });
      const file = await makePlan({ sql, pipeline, runId });
      const body = JSON.stringify(file);
      const key = runKey(deps, runId, 'features.json');
      await objects.put({ key, body, contentType: 'application/json' });
      for (const side of ['train', 'test'] as const) {
        const rows = { processed: tables.processed, split: tables.split, runId, side };
        await insertSide({ sql, maxcompute, target: tables[side], plan: file, rows });
      }
      return {
        partition,
        key,
        sha256: createHash('sha256').update(body).digest('hex'),
        selected: file.selected.length,
        dropped: file.dropped,
        tables: { [tables.train]: sizes.train, [tables.test]: sizes.test },
      };
    });
}

async function makePlan({
  sql,
  pipeline: { tables, features },
  runId,
}: {
  readonly sql: SqlSession;
  readonly pipeline: DataDeps['pipeline'];
  readonly runId: string;
}): Promise<FeaturesFile> {
  const { numeric, categorical } = features;
  const source = { table: tables.processed, runId };
  const encoding = await readEncoding({ sql, ...source, numeric, categorical });
  const rows = { processed: tables.processed, split: tables.split, runId, side: 'train' } as const;
  const moments = await readMoments({ sql, rows, encoding });
  const plan = buildFeaturePlan({ ...features, encoding, moments });
  const raw = ['store', 'holiday_flag', 'temperature', 'fuel_price', 'cpi', 'unemployment'];
  const [sample] = await sql.select({
    name: 'sample',
    query: sampleRowQuery({ ...rows, columns: raw }),
  });
  const [ranges] = await sql.select({ name: 'ranges', query: rangesQuery({ ...rows, numeric }) });
  return {
    ...plan,
    sample: sampleOf(sample),
    ranges: Object.fromEntries(
      numeric.map((column, place) => [
        column,
        { min: figure(ranges, `min_${place}`), max: figure(ranges, `max_${place}`) },
      ]),
    ),
  };
}

function sampleOf(row: SqlRow): RawFeatures {
  return {
    store: figure(row, 'store'),
    date: row['week_date'] ?? undefined,
    temperature: figure(row, 'temperature'),
    fuel_price: figure(row, 'fuel_price'),
    holiday_flag: figure(row, 'holiday_flag'),
    unemployment: figure(row, 'unemployment'),
    cpi: figure(row, 'cpi'),
  };
}

async function insertSide({
  sql,
  maxcompute,
  target,
  plan,
  rows,
}: {
  readonly sql: SqlSession;
  readonly maxcompute: Pick<DataDeps['maxcompute'], 'describeTable'>;
  readonly target: string;
  readonly plan: FeaturePlan;
  readonly rows: SplitRows;
}): Promise<void> {
  const features = scaledFeatures(plan);
  const columns = async () => {
    const description = await maxcompute.describeTable({ table: target });
    return (description?.columns ?? []).map(({ name }) => name.toLowerCase());
  };
  const present = new Set(await columns());
  const missing = plan.selected.filter((name) => !present.has(name.toLowerCase()));
  if (present.size + missing.length > tableColumns) {
    throw failure(
      'ConfigInvalid',
      `${target} would have ${present.size + missing.length} columns and may have ${tableColumns}: ` +
        'give the pipeline a fresh feature table or fewer categorical levels',
    );
  }
  const alter = addFeatureColumns({ table: target, columns: missing });
  if (alter) await sql.run({ name: `columns of ${target}`, query: alter });
  const query = featureInsertQuery({ ...rows, target, tableColumns: await columns(), features });
  await sql.run({ name: `features into ${target}`, query });
}

/** How each selected feature is made from a column of the processed table. */
export function scaledFeatures(plan: FeaturePlan): ScaledFeature[] {
  const origin = new Map<string, { column: string; level: number }>();
  for (const { column, levels } of plan.encoding.categorical) {
    for (const level of levels) origin.set(oneHotColumn(column, level), { column, level });
  }
  const keys = new Set<string>(definitions.train.columns.map(({ name }) => name));
  return plan.selected.map((name) => {
    if (keys.has(name)) {
      throw failure('ConfigInvalid', `features: ${name} is a key of the feature tables`);
    }
    const place = plan.columns.indexOf(name);
    const scaling = { mean: plan.mean[place], scale: plan.scale[place] };
    return { name, ...(origin.get(name) ?? { column: name }), ...scaling };
  });
}
