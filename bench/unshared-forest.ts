import { type FeatureMatrix, takeRows } from '../model/feature-matrix';
import { treeSeeds } from '../model/forest/bootstrap';
import type { ForestTask } from '../model/forest/forest-job';
import { startForestThreads } from '../model/forest/forest-threads';
import { contiguousFolds, trainTestSplit } from '../model/split';
import type { TrainingSettings } from '../model/training-settings';

const CHUNK = 5;

/**
 * The forest's grid as a search without sharing has to fit it: every point of the grid grows its own
 * trees in every fold, and one more forest is grown at the end. Returns the number of trees grown.
 */
export async function unsharedForest(input: {
  readonly features: FeatureMatrix;
  readonly settings: TrainingSettings;
  readonly threads: number;
}): Promise<number> {
  const { features, settings, threads } = input;
  const { testFraction, seed, folds: count, randomForest: grid } = settings;
  const split = trainTestSplit({ rows: features.rows, testFraction, seed });
  const matrix = takeRows({ matrix: features, which: split.train });
  const folds = contiguousFolds({ rows: matrix.rows, folds: count });
  const most = Math.max(...grid.trees);
  const tasks: ForestTask[] = [];
  for (const maxDepth of grid.maxDepth) {
    for (const minSamplesSplit of grid.minSamplesSplit) {
      const limits = { maxDepth, minSamplesSplit };
      for (const trees of grid.trees) {
        for (const { start, end } of folds) {
          for (const chunk of chunksOf(trees)) {
            tasks.push({ kind: 'score', ...chunk, start, end, limits: [limits] });
          }
        }
      }
    }
  }
  const limits = {
    maxDepth: Math.max(...grid.maxDepth),
    minSamplesSplit: Math.max(...grid.minSamplesSplit),
  };
  for (const chunk of chunksOf(most)) tasks.push({ kind: 'grow', ...chunk, limits });
  const pool = startForestThreads({
    job: { matrix, seeds: treeSeeds({ seed, trees: most }) },
    threads,
  });
  try {
    await pool.run({ tasks });
  } finally {
    await pool.close();
  }
  return tasks.reduce((sum, { from, to }) => sum + to - from, 0);
}

function chunksOf(trees: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(trees / CHUNK) }, (_, i) => ({
    from: i * CHUNK,
    to: Math.min((i + 1) * CHUNK, trees),
  }));
}
