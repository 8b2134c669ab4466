import { z } from 'zod';
import { decimal, oneOf, pattern, whole } from './fields';

const identifier = () =>
  pattern({
    pattern: /^[a-z][a-z0-9_]{0,127}$/,
    expects: 'Use lower-case letters, digits and underscores that begin with a letter',
  });
const columns = () => z.array(identifier(), { error: 'Write a list of column names' });
const filled = <T extends z.ZodType>(items: T) =>
  z
    .array(items, { error: 'Write a list' })
    .min(1, { error: 'Write a list with at least one entry' });
const seconds = () => whole({ min: 1, max: 604_800 });

const tables = z.object({
  raw: identifier(),
  snapshot: identifier(),
  processed: identifier(),
  split: identifier(),
  train: identifier(),
  test: identifier(),
  predictions: identifier(),
  feedback: identifier(),
  profile: identifier(),
  deployments: identifier(),
  services: identifier(),
  serviceMetrics: identifier(),
  modelMetrics: identifier(),
  decisions: identifier(),
  deploymentDecisions: identifier(),
  triggers: identifier(),
  lineage: identifier(),
});

const processing = z
  .object({
    outlierColumns: columns().default([]),
    outlierFactor: decimal({ min: 0, max: 100 }).default(1.5),
  })
  .prefault({});

const features = z.object({
  target: identifier(),
  numeric: columns().min(1, { error: 'Write a list with at least one column' }),
  categorical: columns(),
  testFraction: decimal({ min: 0.01, max: 0.9 }).default(0.2),
  seed: whole({ min: 0, max: 4_294_967_295 }).default(42),
  maxCorrelation: decimal({ min: 0, max: 1 }).default(0.95),
  maxVif: decimal({ min: 1, max: 1e6 }).default(5),
});

const elasticNet = z
  .object({
    alpha: filled(decimal({ min: 0, max: 1e9 })).default([0.1, 0.5, 1, 2]),
    l1Ratio: filled(decimal({ min: 0, max: 1 })).default([0.1, 0.5, 0.9]),
    maxIterations: whole({ min: 1, max: 10_000_000 }).default(1000),
    tolerance: decimal({ min: 1e-15, max: 1 }).default(1e-4),
  })
  .prefault({});

const randomForest = z
  .object({
    trees: filled(whole({ min: 1, max: 100_000 })).default([50, 100]),
    maxDepth: filled(whole({ min: 1, max: 1000 })).default([10, 20]),
    minSamplesSplit: filled(whole({ min: 2, max: 1_000_000 })).default([2, 5]),
  })
  .prefault({});

const boosting = z.object({
  trees: whole({ min: 1, max: 100_000 }).default(500),
  learningRate: decimal({ min: 1e-6, max: 1 }).default(0.05),
  leaves: whole({ min: 2, max: 10_000 }).default(31),
  minLeafRows: whole({ min: 1, max: 1_000_000 }).default(20),
  l2: decimal({ min: 0, max: 1e9 }).default(0),
  featureFraction: decimal({ min: 0.01, max: 1 }).default(0.6),
  levelSmoothing: decimal({ min: 0, max: 1e6 }).default(2),
  levelL2: decimal({ min: 0, max: 1e6 }).default(1),
  minGroupRows: whole({ min: 1, max: 1_000_000 }).default(20),
});

const weeks = () => filled(whole({ min: 1, max: 520 }));

const series = z.object({
  lags: weeks().default([1, 2, 3, 4, 5, 6, 8, 13, 26, 39, 50, 51, 52, 53]),
  rollingWeeks: weeks().default([4, 8, 13, 26, 52]),
  growthWeeks: weeks().default([1, 4, 8, 13]),
  anchorWeeks: weeks().default([8, 13]),
  trees: filled(whole({ min: 1, max: 100_000 })).default([30, 60]),
  leaves: filled(whole({ min: 2, max: 10_000 })).default([8]),
  learningRate: filled(decimal({ min: 1e-6, max: 1 })).default([0.1]),
  featureFraction: decimal({ min: 0.01, max: 1 }).default(0.5),
  search: oneOf(['grid', 'random', 'halving']).default('grid'),
  draws: whole({ min: 1, max: 100_000 }).default(20),
  budgetSeconds: seconds().default(600),
});

const evaluation = z.object({
  decides: oneOf(['backtest', 'validation']).default('validation'),
  folds: whole({ min: 1, max: 100 }).default(4),
  horizonWeeks: whole({ min: 1, max: 52 }).default(13),
  intervalLevel: decimal({ min: 0.5, max: 0.999 }).default(0.9),
});

const training = z
  .object({
    testFraction: decimal({ min: 0.01, max: 0.9 }).default(0.2),
    seed: whole({ min: 0, max: 4_294_967_295 }).default(42),
    folds: whole({ min: 2, max: 100 }).default(3),
    threads: whole({ min: 1, max: 256 }).default(2),
    maxMinutes: whole({ min: 1, max: 10_080 }).default(60),
    maxSilenceSeconds: seconds().default(60),
    elasticNet,
    randomForest,
    boosting: boosting.optional(),
    series: series.optional(),
  })
  .prefault({});

const gate = z
  .object({
    minValidationR2: decimal({ min: -1, max: 1 }).default(0.9),
    maxLossAgainstChampionR2: decimal({ min: 0, max: 2 }).default(0.005),
    approval: oneOf(['none', 'required']).default('none'),
    approvalExpiresHours: whole({ min: 1, max: 8760 }).default(72),
  })
  .prefault({});

const retraining = z
  .object({
    debounceMinutes: whole({ min: 0, max: 1440 }).default(5),
    coolDownMinutes: whole({ min: 0, max: 525_600 }).default(60),
    maxRunsPerDay: whole({ min: 1, max: 1000 }).default(4),
  })
  .prefault({});

const deploy = z
  .object({
    groupPattern: pattern({
      pattern: /^[a-z{][a-z0-9_{}]*$/,
      expects: 'Use lower-case letters, digits, underscores, {pipeline} and {environment}',
    }).default('{pipeline}_{environment}'),
    instances: whole({ min: 1, max: 1000 }).default(1),
    cpu: whole({ min: 1, max: 256 }).default(1),
    memoryMb: whole({ min: 256, max: 4_194_304 }).default(2000),
    rollbackWindowHours: whole({ min: 0, max: 8760 }).default(24),
    readinessTimeoutSeconds: seconds().default(600),
  })
  .prefault({});

const monitoring = z
  .object({
    intervalMinutes: whole({ min: 1, max: 10_080 }).default(15),
    serviceWindowMinutes: whole({ min: 1, max: 1440 }).default(15),
    maxLatencyMs: decimal({ min: 1, max: 600_000 }).default(100),
    minAvailability: decimal({ min: 0, max: 1 }).default(0.999),
    maxR2DropFraction: decimal({ min: 0, max: 1 }).default(0.05),
    minFeedbackRows: whole({ min: 2, max: 1_000_000_000 }).default(45),
    feedbackWindowDays: whole({ min: 1, max: 3650 }).default(35),
    dataFreshnessHours: whole({ min: 1, max: 8760 }).default(24),
  })
  .prefault({});

/** The steps that have a policy of their own in a pipeline's `activities` section. */
export const activitySteps = [
  'light',
  'syncCode',
  'prepareData',
  'engineerFeatures',
  'train',
  'evaluate',
  'register',
  'batchPredict',
  'deploy',
  'recordLineage',
  'monitor',
  'sweep',
] as const;

/** A step of the loop, as named in the pipeline's `activities` section. */
export type ActivityStep = (typeof activitySteps)[number];

function activity(startToCloseSeconds: number, heartbeatSeconds: number) {
  return z
    .object({
      startToCloseSeconds: seconds().default(startToCloseSeconds),
      heartbeatSeconds: seconds().default(heartbeatSeconds),
      maximumAttempts: whole({ min: 1, max: 1000 }).default(5),
      initialRetrySeconds: seconds().default(2),
      maximumRetrySeconds: seconds().default(60),
    })
    .prefault({});
}

const activities = z
  .object({
    light: activity(60, 30),
    syncCode: activity(300, 30),
    prepareData: activity(3600, 30),
    engineerFeatures: activity(3600, 30),
    train: activity(7200, 30),
    evaluate: activity(300, 30),
    register: activity(300, 30),
    batchPredict: activity(3600, 30),
    deploy: activity(1800, 30),
    recordLineage: activity(600, 30),
    monitor: activity(600, 30),
    sweep: activity(600, 30),
  } satisfies Record<ActivityStep, z.ZodType>)
  .prefault({});

/** The keys of `config/pipelines/NAME.yaml`, with their defaults. */
export const pipelineSchema = z.object({
  name: pattern({
    pattern: /^[a-z][a-z0-9_]{0,31}$/,
    expects: 'Use at most 32 lower-case letters, digits and underscores that begin with a letter',
  }),
  description: z.string({ error: 'Write a sentence' }).optional(),
  task: oneOf(['regression']).default('regression'),
  tables,
  processing,
  features,
  training,
  evaluation: evaluation.optional(),
  gate,
  retraining,
  deploy,
  monitoring,
  activities,
});

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** One model's definition: tables, recipe, gate, deployment, monitoring and the steps' time limits. */
export type Pipeline = Immutable<z.output<typeof pipelineSchema>>;

/** Time limits and retries of one step. */
export type ActivityPolicy = Pipeline['activities'][ActivityStep];
