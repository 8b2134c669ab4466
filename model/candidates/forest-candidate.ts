import type { FeatureMatrix } from '../feature-matrix';
import { treeSeeds } from '../forest/bootstrap';
import type { ForestResult, LeanTree, ScoreTask } from '../forest/forest-job';
import { type ForestThreads, startForestThreads } from '../forest/forest-threads';
import type { TreeLimits } from '../forest/grow-tree';
import type { Forest } from '../forest/tree';
import { regressionMetrics } from '../metrics';
import type { Fold } from '../split';
import type { TrainingSettings } from '../training-settings';
import { bestOf, type GridScore, type GridWinner, gridScore } from './candidate';

/** Trees a task: fixed, so that sums are added in the same order on any number of threads. */
const CHUNK = 5;

/** What a forest search is made of. */
export interface ForestSearchInput {
  readonly matrix: FeatureMatrix;
  readonly folds: readonly Fold[];
  readonly settings: TrainingSettings['randomForest'];
  readonly seed: number;
  readonly threads: number;
  /** File that the threads run; see `startForestThreads`. */
  readonly threadEntry?: string;
  readonly onFraction?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Random forest over trees x depth x minimum split. A smaller forest is the prefix of a larger one and
 * a shallower tree a truncation of a deeper one, so each fold grows the largest forest once.
 */
export async function forestCandidate(input: ForestSearchInput): Promise<GridWinner> {
  const { matrix, settings, seed, threads, threadEntry } = input;
  const trees = Math.max(...settings.trees);
  const job = { matrix, seeds: treeSeeds({ seed, trees }) };
  const pool = startForestThreads({ job, threads, entry: threadEntry });
  try {
    const cv = await scoreGrid(input, pool);
    const { parameters } = bestOf(cv);
    const forest = await growForest(input, pool, parameters);
    const estimator = { kind: 'randomForest' as const, ...forest };
    return { kind: 'randomForest', estimator, parameters, cv, notes: [] };
  } finally {
    await pool.close();
  }
}

async function scoreGrid(input: ForestSearchInput, pool: ForestThreads): Promise<GridScore[]> {
  const { folds, settings, onFraction, signal } = input;
  const limits = settings.maxDepth.flatMap((maxDepth) =>
    settings.minSamplesSplit.map((minSamplesSplit) => ({ maxDepth, minSamplesSplit })),
  );
  const chunks = treeChunks(settings.trees);
  const tasks: ScoreTask[] = folds.flatMap(({ start, end }) =>
    chunks.map(({ from, to }) => ({ kind: 'score', from, to, start, end, limits })),
  );
  // Growing the winner is about as much work as one fold more.
  const share = folds.length / (folds.length + 1) / tasks.length;
  const onDone = (done: number): void => onFraction?.(done * share);
  const results = await pool.run({ tasks, onDone, signal });
  const r2 = folds.map((fold, f) => {
    const own = results.slice(f * chunks.length, (f + 1) * chunks.length);
    return foldScores({ input, fold, limits, chunks, results: own });
  });
  return limits.flatMap(({ maxDepth, minSamplesSplit }, l) =>
    settings.trees.map((trees, t) =>
      gridScore(
        { trees, maxDepth, minSamplesSplit },
        r2.map((fold) => fold[l][t]),
      ),
    ),
  );
}

/** R² of one fold by truncation and number of trees; sums run in the order of the trees. */
function foldScores(input: {
  input: ForestSearchInput;
  fold: Fold;
  limits: readonly TreeLimits[];
  chunks: readonly Chunk[];
  results: readonly ForestResult[];
}): number[][] {
  const { fold, limits, chunks, results } = input;
  const { matrix, settings } = input.input;
  const rows = fold.end - fold.start;
  const actual = matrix.y.subarray(fold.start, fold.end);
  return limits.map((_, l) => {
    const total = new Float64Array(rows);
    const at = new Map<number, number>();
    chunks.forEach(({ to }, c) => {
      const result = results[c];
      if (result.kind !== 'score') return;
      for (let r = 0; r < rows; r++) total[r] += result.sums[l * rows + r];
      if (!settings.trees.includes(to)) return;
      at.set(to, regressionMetrics({ actual, predicted: total.map((sum) => sum / to) }).r2);
    });
    return settings.trees.map((trees) => at.get(trees) ?? Number.NaN);
  });
}

async function growForest(
  input: ForestSearchInput,
  pool: ForestThreads,
  parameters: Readonly<Record<string, number>>,
): Promise<Forest> {
  const { folds, onFraction, signal } = input;
  const { maxDepth, minSamplesSplit, trees } = parameters;
  const limits = { maxDepth, minSamplesSplit };
  const tasks = treeChunks([trees]).map((chunk) => ({ kind: 'grow' as const, ...chunk, limits }));
  const before = folds.length / (folds.length + 1);
  const onDone = (done: number): void =>
    onFraction?.(before + ((1 - before) * done) / tasks.length);
  const results = await pool.run({ tasks, onDone, signal });
  return joined(results.flatMap((result) => (result.kind === 'grow' ? result.trees : [])));
}

interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** Cuts the largest forest into tasks that end at every size of the grid. */
function treeChunks(sizes: readonly number[]): Chunk[] {
  const chunks: Chunk[] = [];
  const largest = Math.max(...sizes);
  for (let from = 0; from < largest; ) {
    const to = Math.min(from + CHUNK, ...sizes.filter((size) => size > from));
    chunks.push({ from, to });
    from = to;
  }
  return chunks;
}

function joined(trees: readonly LeanTree[]): Forest {
  const starts = new Int32Array(trees.length + 1);
  trees.forEach((tree, t) => {
    starts[t + 1] = starts[t] + tree.feature.length;
  });
  const nodes = starts[trees.length];
  const forest = {
    starts,
    feature: new Int16Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
  };
  trees.forEach((tree, t) => {
    forest.feature.set(tree.feature, starts[t]);
    forest.value.set(tree.value, starts[t]);
    const right = tree.right.map((node) => (node === 0 ? 0 : node + starts[t]));
    forest.right.set(right, starts[t]);
  });
  return forest;
}
