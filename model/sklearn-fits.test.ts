/** Single parts held to what NumPy and scikit-learn printed, on numbers that are drawn here again. */
import { fitElasticNet } from './elastic-net';
import type { FeatureMatrix } from './feature-matrix';
import printed from './fixtures/sklearn-recipe.json';
import { bootstrapCounts, treeSeeds } from './forest/bootstrap';
import { forestWorker } from './forest/forest-job';
import { gramsWithout } from './gram';
import { fitLinearRegression } from './linear-regression';
import { Mt19937 } from './mt19937';
import { quantile } from './outliers';
import { contiguousFolds, trainTestSplit } from './split';

const columns = ['x0', 'x1', 'x2', 'x3', 'x4'];

/** The rows of `made_up` in the fixture's script. */
function madeUp(): FeatureMatrix {
  const random = new Mt19937(3);
  const rows = 240;
  const x = Float64Array.from({ length: rows * 5 }, () => random.interval(999));
  const y = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * 5, r * 5 + 5);
    row[4] = (row[0] + row[1]) / 2 + row[4] / 50;
    y[r] = 3 * row[0] - 2 * row[1] + (row[2] * row[3]) / 500 + row[4];
  }
  return { columns, rows, x, y };
}

const all = (matrix: FeatureMatrix) =>
  gramsWithout({ matrix, ranges: [{ start: 0, end: matrix.rows }] }).all;

function expectClose(own: ArrayLike<number>, theirs: readonly number[], absolute: number): void {
  expect(own.length).toBe(theirs.length);
  theirs.forEach((value, i) => {
    expect(Math.abs(own[i] - value)).toBeLessThanOrEqual(absolute);
  });
}

test("NumPy's permutation", () => {
  expect([...new Mt19937(7).permutation(40)]).toEqual(printed.random.permutation);
});

test.each(Object.entries(printed.random.splits))(
  "scikit-learn's split of %s rows",
  (rows, parts) => {
    const split = trainTestSplit({ rows: Number(rows), testFraction: 0.2, seed: 42 });
    expect([...split.train.slice(0, 20)]).toEqual(parts.train);
    expect([...split.test.slice(0, 20)]).toEqual(parts.test);
  },
);

test('contiguous folds', () => {
  const folds = contiguousFolds({ rows: 3787, folds: 3 });
  expect(folds.map(({ start, end }) => [start, end])).toEqual(printed.random.folds);
});

test('seeds and bootstraps of trees', () => {
  const seeds = treeSeeds({ seed: 42, trees: 5 });
  expect([...seeds]).toEqual(printed.random.treeSeeds);
  const random = new Mt19937(seeds[0]);
  const drawn = Array.from({ length: 20 }, () => random.interval(3785));
  expect(drawn).toEqual(printed.random.bootstrap);
  const counts = bootstrapCounts({ seed: seeds[0], rows: 3786 });
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3786);
  for (const row of drawn) expect(counts[row]).toBeGreaterThan(0);
});

test('quantiles', () => {
  const sorted = madeUp().y.sort();
  const own = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((q) => quantile(sorted, q));
  expect(own).toEqual(printed.madeUp.quantiles);
});

test('linear regression', () => {
  const { coefficients, intercept } = fitLinearRegression(all(madeUp()));
  expectClose(coefficients, Object.values(printed.madeUp.linear.coefficients), 1e-9);
  expectClose([intercept], [printed.madeUp.linear.intercept], 1e-7);
});

test('linear regression of redundant columns is the solution of least norm', () => {
  const { rows, x, y } = madeUp();
  const wide = new Float64Array(rows * 6);
  for (let r = 0; r < rows; r++) {
    wide.set(x.subarray(r * 5, r * 5 + 5), r * 6);
    wide[r * 6 + 5] = 2 * x[r * 5];
  }
  const matrix = { columns: [...columns, 'twin'], rows, x: wide, y };
  const { coefficients } = fitLinearRegression(all(matrix));
  expectClose(coefficients, Object.values(printed.madeUp.linearWithTwin.coefficients), 1e-7);
});

test.each(printed.madeUp.elasticNet)(
  'elastic net alpha $alpha, l1 ratio $l1Ratio: the same coefficients after as many sweeps',
  ({ alpha, l1Ratio, iterations, coefficients, intercept }) => {
    const settings = { alpha, l1Ratio, maxIterations: 1000, tolerance: 1e-4 };
    const fit = fitElasticNet({ gram: all(madeUp()), settings });
    expect(fit.iterations).toBe(iterations);
    expect(fit.converged).toBe(iterations < settings.maxIterations);
    expectClose(fit.estimator.coefficients, Object.values(coefficients), 1e-9);
    expectClose([fit.estimator.intercept], [intercept], 1e-7);
  },
);

test("a forest without ties is scikit-learn's own", () => {
  const matrix = madeUp();
  const work = forestWorker({ matrix, seeds: treeSeeds({ seed: 42, trees: 20 }) });
  const limits = { maxDepth: 6, minSamplesSplit: 12 };
  const grown = work({ kind: 'grow', from: 0, to: 20, limits });
  const trees = grown.kind === 'grow' ? grown.trees : [];
  expect(trees.map(({ feature }) => feature.length)).toEqual(printed.madeUp.forest.nodes);
  const predictions = Array.from({ length: 40 }, (_, r) => {
    let sum = 0;
    for (const { feature, value, right } of trees) {
      let node = 0;
      while (feature[node] >= 0) {
        node = Math.fround(matrix.x[r * 5 + feature[node]]) <= value[node] ? node + 1 : right[node];
      }
      sum += value[node];
    }
    return sum / trees.length;
  });
  expectClose(predictions, printed.madeUp.forest.predictions, 1e-9);
});
