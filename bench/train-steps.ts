import { prepareFeatures } from '../model/prepare';
import { trainCandidates } from '../model/train';
import { readSalesColumns } from './sales-rows';
import type { TrainOutput } from './train-output';
import { unsharedForest } from './unshared-forest';
import { PREPARATION, TRAINING } from './walmart-recipe';

/** The whole training part on a CSV file; with `unshared` also the forest grid fitted point by point. */
export async function trainSteps(input: {
  readonly file: string;
  readonly threads: number;
  readonly unshared: boolean;
}): Promise<TrainOutput> {
  const { file, threads, unshared } = input;
  const steps: Record<string, number> = {};
  const timed = async <T>(step: string, work: () => T | Promise<T>): Promise<T> => {
    const before = performance.now();
    const result = await work();
    steps[step] = performance.now() - before;
    return result;
  };
  const rows = await timed('read', () => readSalesColumns(file));
  const prepared = await timed('prepare', () => prepareFeatures({ rows, settings: PREPARATION }));
  const { train: features, test, plan } = prepared;
  const candidates = await timed('fit', () =>
    trainCandidates({ features, settings: TRAINING, threads }),
  );
  if (unshared) {
    await timed('unsharedForest', () => unsharedForest({ features, settings: TRAINING, threads }));
  }
  const validation = Math.ceil(features.rows * TRAINING.testFraction);
  return {
    rows: {
      clean: features.rows + test.rows,
      train: features.rows - validation,
      validation,
      test: test.rows,
    },
    dropped: plan.dropped.map(({ column }) => column),
    features: plan.selected.length,
    models: candidates.map(({ kind, trainR2, validationR2, validationMse, parameters }) => ({
      kind,
      trainR2,
      validationR2,
      validationMse,
      parameters,
    })),
    steps,
    versions: { node: process.version },
  };
}
