import type { FeatureMatrix } from './feature-matrix';
import type { FeaturePlan } from './feature-plan';
import { regressionMetrics } from './metrics';
import { serialiseModel } from './model-file';
import { Mt19937 } from './mt19937';
import { removeOutliers } from './outliers';
import { contiguousFolds, trainTestSplit } from './split';
import { type CandidateResult, championOf, trainCandidates } from './train';

const settings = {
  testFraction: 0.2,
  seed: 42,
  folds: 3,
  elasticNet: { alpha: [0.1, 1], l1Ratio: [0.5], maxIterations: 1000, tolerance: 1e-4 },
  randomForest: { trees: [7, 12], maxDepth: [3, 8], minSamplesSplit: [2, 9] },
};

/** 200 rows: two numbers, a categorical of 5 levels, a flag; the target follows all of them. */
function rows(): FeatureMatrix {
  const random = new Mt19937(5);
  const columns = ['a', 'b', 's_1', 's_2', 's_3', 's_4', 'f_1'];
  const origins = [undefined, undefined, 's', 's', 's', 's', 'f'];
  const count = 200;
  const x = new Float64Array(count * columns.length);
  const y = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    const row = x.subarray(r * columns.length, (r + 1) * columns.length);
    const store = random.interval(4);
    row[0] = random.interval(100) / 50;
    row[1] = random.interval(9);
    if (store > 0) row[1 + store] = 2.5;
    row[6] = random.interval(1);
    y[r] = 100 * store + 20 * row[0] + row[1] * row[6] + random.interval(20);
  }
  return { columns, origins, rows: count, x, y };
}

const train = (features: FeatureMatrix, threads: number): Promise<CandidateResult[]> =>
  trainCandidates({ features, settings, threads });

const bytes = (candidates: readonly CandidateResult[]): string[] =>
  candidates.map(({ fitted, parameters, trainR2, validationR2, validationMse }) =>
    serialiseModel({
      version: 'v',
      plan: { selected: rows().columns } as unknown as FeaturePlan,
      estimator: fitted,
      parameters,
      scores: { trainR2, validationR2, validationMse },
    }).toString(),
  );

test('one, two and three threads give the same bytes', async () => {
  const [one, two, three] = await Promise.all([1, 2, 3].map((threads) => train(rows(), threads)));
  expect(bytes(two)).toEqual(bytes(one));
  expect(bytes(three)).toEqual(bytes(one));
});

test('a grid point of the shared search scores as the same point searched alone', async () => {
  const together = (await train(rows(), 1))[2];
  for (const { parameters, foldR2 } of together.cv) {
    const { trees, maxDepth, minSamplesSplit } = parameters;
    const alone = await trainCandidates({
      features: rows(),
      settings: {
        ...settings,
        randomForest: { trees: [trees], maxDepth: [maxDepth], minSamplesSplit: [minSamplesSplit] },
      },
      threads: 1,
    });
    expect(alone[2].cv[0].foldR2).toEqual(foldR2);
  }
});

test('the forest cuts one-hot columns of one origin as it cuts them one by one', async () => {
  const grouped = rows();
  const { origins: _, ...single } = grouped;
  const [together, oneByOne] = [(await train(grouped, 1))[2], (await train(single, 1))[2]];
  // Apart from cuts that are equally good, where rounding decides.
  expect(Math.abs(oneByOne.trainR2 - together.trainR2)).toBeLessThan(1e-5);
  expect(Math.abs(oneByOne.validationR2 - together.validationR2)).toBeLessThan(1e-4);
});

test('progress rises to the end and names every stage', async () => {
  const seen: { stage: string; fraction: number }[] = [];
  await trainCandidates({
    features: rows(),
    settings,
    threads: 1,
    onProgress: (progress) => seen.push(progress),
  });
  expect(new Set(seen.map(({ stage }) => stage))).toEqual(
    new Set(['linear', 'elasticNet', 'randomForest', 'measure']),
  );
  const fractions = seen.map(({ fraction }) => fraction);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBeLessThanOrEqual(1);
});

test('an aborted signal ends training with its reason', async () => {
  const signal = AbortSignal.abort(new Error('stopped by hand'));
  const run = trainCandidates({ features: rows(), settings, threads: 2, signal });
  await expect(run).rejects.toThrow('stopped by hand');
});

test('a value that is not finite is refused by name and row', async () => {
  const features = rows();
  features.x[3 * 7 + 1] = Number.NaN;
  await expect(train(features, 1)).rejects.toThrow('b of row 3 is not finite');
});

test('of equal candidates the simplest is the champion', async () => {
  const [linear, net, forest] = await train(rows(), 1);
  const same = [linear, net, forest].map((one) => ({ ...one, validationR2: 0.5 }));
  expect(championOf(same).kind).toBe('linear');
  expect(championOf([...same, { ...forest, validationR2: 0.6 }]).validationR2).toBe(0.6);
});

test('a column that is constant among the fitted rows gets no weight and harms nothing', async () => {
  const features = rows();
  for (let r = 0; r < features.rows; r++) features.x[r * 7 + 1] = 0.1 + 0.2;
  const [linear, net] = await train(features, 1);
  for (const { fitted, validationR2 } of [linear, net]) {
    expect(fitted.kind !== 'randomForest' && fitted.coefficients[1]).toBe(0);
    expect(validationR2).toBeGreaterThan(0.9);
  }
});

test('splits and folds cover every row once', () => {
  const { train: a, test: b } = trainTestSplit({ rows: 101, testFraction: 0.2, seed: 1 });
  expect(b.length).toBe(21);
  expect([...a, ...b].sort((p, q) => p - q)).toEqual(Array.from({ length: 101 }, (_, i) => i));
  expect(() => trainTestSplit({ rows: 1, testFraction: 0.2, seed: 1 })).toThrow(RangeError);
  expect(() => contiguousFolds({ rows: 2, folds: 3 })).toThrow(RangeError);
});

test('outliers go column by column, both bounds included, bounds anew after each', () => {
  const rowsOf = { a: [1, 2, 3, 4, 100, 2], b: [1, 1, 1, 1, 50, 2] };
  const { kept, steps } = removeOutliers({ rows: rowsOf, columns: ['a', 'b'], factor: 1.5 });
  expect([...kept]).toEqual([0, 1, 2, 3]);
  expect(steps.map(({ removed }) => removed)).toEqual([1, 1]);
  const edge = { a: [0, 2, 4, 6, 13] };
  const upper = removeOutliers({ rows: edge, columns: ['a'], factor: 1.75 }).steps[0].upper;
  expect(upper).toBe(13);
  expect([...removeOutliers({ rows: edge, columns: ['a'], factor: 1.75 }).kept]).toHaveLength(5);
});

test('metrics', () => {
  const figures = regressionMetrics({ actual: [1, 2, 3, 4], predicted: [1, 2, 3, 2] });
  expect(figures).toEqual({ r2: 1 - 4 / 5, mse: 1, mae: 0.5, rmse: 1 });
  expect(regressionMetrics({ actual: [2, 2], predicted: [2, 2] }).r2).toBe(1);
  expect(() => regressionMetrics({ actual: [1], predicted: [] })).toThrow(RangeError);
});
