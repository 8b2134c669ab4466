import * as z from 'zod';
import type { FeaturePlan } from '../model/feature-plan';
import type { RawFeatures } from '../model/raw-features';
import { boostingSettings, evaluationJob, seriesSettings } from './evaluation-job';
import { TrainingError } from './training-error';

const text = () => z.string().min(1);
const whole = (min: number) => z.int().min(min);
const grid = (min: number) => z.array(whole(min)).min(1);

const settings = z.object({
  testFraction: z.number().gt(0).lt(1),
  seed: z.int().min(0).max(0xffffffff),
  folds: whole(2),
  elasticNet: z.object({
    alpha: z.array(z.number().min(0)).min(1),
    l1Ratio: z.array(z.number().min(0).max(1)).min(1),
    maxIterations: whole(1),
    tolerance: z.number().gt(0),
  }),
  randomForest: z.object({ trees: grid(1), maxDepth: grid(1), minSamplesSplit: grid(2) }),
  boosting: boostingSettings.optional(),
  series: seriesSettings.optional(),
});

const job = z.object({
  run_id: text(),
  model_version: text(),
  maxcompute: z.object({ endpoint: text(), tunnelEndpoint: text().optional(), project: text() }),
  oss: z.object({ endpoint: text(), bucket: text(), region: text(), prefix: z.string() }),
  region: text(),
  train_table: text(),
  test_table: text(),
  partition: text(),
  features_key: text(),
  settings,
  threads: whole(1),
  /** Absent: no back-test, the validation rows decide. */
  evaluation: evaluationJob.optional(),
});

/** `training.json`: what to train on, with which grids, and where the results go. */
export type TrainingJob = z.output<typeof job>;

const names = z.array(z.string());
const numbers = z.array(z.number());
const levels = z.array(z.object({ column: text(), levels: numbers }));
const sampleRow = z.object({
  store: z.number(),
  date: z.string().optional(),
  temperature: z.number(),
  fuel_price: z.number(),
  holiday_flag: z.number(),
  unemployment: z.number(),
  cpi: z.number(),
});

const features = z.object({
  format: z.literal('pai-loop-features/1'),
  target: text(),
  encoding: z.object({ numeric: names, categorical: levels }),
  columns: names,
  mean: numbers,
  scale: numbers,
  dropped: z.array(
    z.object({
      column: text(),
      reason: z.enum(['constant', 'correlation', 'vif']),
      value: z.number(),
      with: z.string().optional(),
    }),
  ),
  selected: names.min(1),
  seen: levels,
  yearRange: z.object({ first: z.number(), last: z.number() }).optional(),
});

/** Reads `training.json`; throws TrainingError `InvalidJob` that names what is wrong. */
export function parseJob(bytes: Buffer): TrainingJob {
  return parsed({ bytes, schema: job, type: 'InvalidJob', what: 'the job' });
}

/** The plan of `features.json`, and the raw training row that it quotes. */
export interface RunFeatures {
  readonly plan: FeaturePlan;
  readonly sample: RawFeatures;
}

/** Reads `features.json`; throws TrainingError `InvalidPlan` that names what is wrong. */
export function parseFeatures(bytes: Buffer): RunFeatures {
  const shape = { bytes, type: 'InvalidPlan', what: 'features.json' } as const;
  const plan = parsed({ ...shape, schema: features });
  const { sample } = parsed({ ...shape, schema: z.object({ sample: sampleRow }) });
  const width = plan.columns.length;
  const unknown = plan.selected.find((column) => !plan.columns.includes(column));
  if (plan.mean.length !== width || plan.scale.length !== width || unknown !== undefined) {
    throw new TrainingError('InvalidPlan', 'features.json: its columns do not fit together');
  }
  return { plan, sample };
}

function parsed<T>(input: {
  bytes: Buffer;
  schema: z.ZodType<T>;
  type: 'InvalidJob' | 'InvalidPlan';
  what: string;
}): T {
  const { bytes, schema, type, what } = input;
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new TrainingError(type, `${what} is not JSON`, { cause });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TrainingError(type, `${what}: ${issues.join('; ')}`);
}
