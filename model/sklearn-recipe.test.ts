/** The published recipe on the real data, held to what scikit-learn printed for the same rows. */
import fs from 'node:fs';
import path from 'node:path';
import { readSalesColumns } from '../bench/sales-rows';
import { PREPARATION, TRAINING } from '../bench/walmart-recipe';
import type { Estimator } from './estimator';
import printed from './fixtures/sklearn-recipe.json';
import { regressionMetrics } from './metrics';
import { modelDigest, serialiseModel } from './model-file';
import { type PreparedFeatures, prepareFeatures } from './prepare';
import { type CandidateResult, championOf, predictRows, trainCandidates } from './train';

const csv = path.resolve(__dirname, '../..', 'shared/data/Walmart.csv');
const whenThere = fs.existsSync(csv) ? describe : describe.skip;

whenThere('on Walmart.csv', () => {
  let prepared: PreparedFeatures;
  let candidates: CandidateResult[];

  const candidate = (kind: string): CandidateResult => {
    const found = candidates.find((one) => one.kind === kind);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  };
  const coefficients = (estimator: Estimator): Record<string, number> => {
    if (estimator.kind === 'randomForest') throw new Error('a forest has no coefficients');
    const values = estimator.coefficients;
    return Object.fromEntries(prepared.train.columns.map((name, j) => [name, values[j]]));
  };

  beforeAll(async () => {
    prepared = prepareFeatures({ rows: readSalesColumns(csv), settings: PREPARATION });
    const features = prepared.train;
    candidates = await trainCandidates({ features, settings: TRAINING, threads: 1 });
  }, 120_000);

  test('the published table, to four places', () => {
    const four = (value: number): string => value.toFixed(4);
    const row = (kind: string): string[] => {
      const { trainR2, validationR2 } = candidate(kind);
      return [four(trainR2), four(validationR2)];
    };
    expect(row('linear')).toEqual(['0.9545', '0.9431']);
    expect(row('elasticNet')).toEqual(['0.9524', '0.9421']);
    expect(Math.round(candidate('linear').validationMse)).toBe(17_186_313_041);
    const forest = candidate('randomForest');
    expect(Math.abs(forest.trainR2 - 0.8599)).toBeLessThan(0.003);
    expect(Math.abs(forest.validationR2 - 0.8354)).toBeLessThan(0.003);
    expect(candidates.map(({ features }) => features)).toEqual([58, 58, 58]);
    expect(championOf(candidates).kind).toBe('linear');
  });

  test('outlier bounds, row counts, scaling and the columns that VIF drops', () => {
    const { plan, outliers } = prepared;
    printed.outliers.forEach((step, i) => {
      expect(outliers[i]).toMatchObject({ column: step.column, removed: step.removed });
      expect(outliers[i].lower).toBe(step.lower);
      expect(outliers[i].upper).toBe(step.upper);
    });
    expect([prepared.train.rows, prepared.test.rows]).toEqual([4733, 1184]);
    expect(plan.columns).toEqual(printed.columns);
    expectClose(plan.mean, printed.mean, 1e-12);
    expectClose(plan.scale, printed.scale, 1e-12);
    expect(plan.dropped.map(({ column }) => column)).toEqual(
      printed.dropped.map(({ column }) => column),
    );
    const factors = plan.dropped.map(({ value }) => value);
    const expected = printed.dropped.map(({ value }) => value);
    expectClose(factors, expected, 1e-8);
    expect(plan.selected).toEqual(printed.selected);
    expect(plan.yearRange).toEqual({ first: 2010, last: 2012 });
  });

  test.each(['linear', 'elasticNet'] as const)(
    '%s has the coefficients that scikit-learn printed',
    (kind) => {
      const { fitted, train, validation } = candidate(kind);
      const own = coefficients(fitted);
      const theirs: Record<string, number> = printed[kind].coefficients;
      expect(Object.keys(own)).toEqual(Object.keys(theirs));
      expectClose(Object.values(own), Object.values(theirs), 1e-9);
      if (fitted.kind !== 'randomForest') {
        expectClose([fitted.intercept], [printed[kind].intercept], 1e-12);
      }
      expectClose([train.r2], [printed[kind].trainR2], 1e-12);
      expectClose([validation.mse], [printed[kind].validationMse], 1e-12);
      expectClose([validation.mae], [printed[kind].validationMae], 1e-12);
      const predicted = predictRows({ estimator: fitted, matrix: prepared.test });
      const { r2 } = regressionMetrics({ actual: prepared.test.y, predicted });
      expectClose([r2], [printed[kind].testR2], 1e-12);
    },
  );

  test('the grids: the same best, elastic net point by point, the forest within its randomness', () => {
    const net = candidate('elasticNet');
    const { alpha, l1_ratio } = printed.elasticNet.best;
    expect(net.parameters).toEqual({ alpha, l1Ratio: l1_ratio });
    printed.elasticNet.grid.forEach(({ parameters, meanR2 }, i) => {
      const { alpha: a, l1_ratio: l } = parameters;
      expect(net.cv[i].parameters).toEqual({ alpha: a, l1Ratio: l });
      expectClose([net.cv[i].meanR2], [meanR2], 1e-11);
    });
    const forest = candidate('randomForest');
    expect(forest.parameters).toEqual({ trees: 100, maxDepth: 20, minSamplesSplit: 5 });
    printed.randomForest.grid.forEach(({ parameters, meanR2 }, i) => {
      expect(forest.cv[i].parameters).toEqual({
        trees: parameters.n_estimators,
        maxDepth: parameters.max_depth,
        minSamplesSplit: parameters.min_samples_split,
      });
      expect(Math.abs(forest.cv[i].meanR2 - meanR2)).toBeLessThan(0.006);
    });
  });

  test.each([2, 3])(
    'on %i threads every model file has the same bytes as on one',
    async (threads) => {
      const features = prepared.train;
      const again = await trainCandidates({ features, settings: TRAINING, threads });
      expect(again.map(digestOf)).toEqual(candidates.map(digestOf));
    },
    120_000,
  );

  const digestOf = (result: CandidateResult): string =>
    modelDigest(
      serialiseModel({
        version: 'v_20250710_073527',
        plan: prepared.plan,
        estimator: result.fitted,
        parameters: result.parameters,
        scores: result,
      }),
    );
});

function expectClose(own: readonly number[], theirs: readonly number[], relative: number): void {
  expect(own.length).toBe(theirs.length);
  const largest = Math.max(...theirs.map(Math.abs));
  own.forEach((value, i) => {
    expect(Math.abs(value - theirs[i])).toBeLessThanOrEqual(relative * largest);
  });
}
