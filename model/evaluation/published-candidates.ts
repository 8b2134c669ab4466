import type { GridWinner } from '../candidates/candidate';
import { forestCandidate } from '../candidates/forest-candidate';
import { elasticNetCandidate, linearCandidate } from '../candidates/linear-candidates';
import { encodingOf } from '../encoding';
import { estimatorPredictor, type ModelKind } from '../estimator';
import type { FeatureMatrix } from '../feature-matrix';
import { buildFeaturePlan, columnOrigins, type FeaturePlan, rowScaler } from '../feature-plan';
import { gramsWithout } from '../gram';
import { momentsOf } from '../moments';
import { Mt19937 } from '../mt19937';
import { removeOutliers, valuesAt } from '../outliers';
import type { PreparationSettings } from '../prepare';
import { contiguousFolds } from '../split';
import type { TrainingSettings } from '../training-settings';
import type { AskedWeek, BacktestCandidate, Past } from './backtest';
import { takeColumns } from './rolling-folds';

/** The published recipe: preparation and grids. */
export interface PublishedRecipe {
  readonly preparation: PreparationSettings;
  readonly training: TrainingSettings;
  readonly threads: number;
  readonly threadEntry?: string;
  readonly signal?: AbortSignal;
}

interface Fitted {
  readonly plan: FeaturePlan;
  readonly winners: readonly GridWinner[];
}

/**
 * The published kinds of model, made anew before every fold: outlier bounds, levels, scaling, selection and
 * grids see the fold's own past alone. All of it is learnt from; there is no second split.
 */
export function publishedCandidates(recipe: PublishedRecipe): BacktestCandidate[] {
  const fits = new Map<number, Promise<Fitted>>();
  const fitOnce = (past: Past): Promise<Fitted> => {
    // They look at no horizon: what a row's own columns say is all they know.
    const key = past.rows.columns.day.length;
    const fit = fits.get(key) ?? fitPublished(recipe, past);
    fits.set(key, fit);
    return fit;
  };
  return (['linear', 'elasticNet', 'randomForest'] as const).map((name) => ({
    name,
    kind: 'model',
    fit: async (past) => {
      const { plan, winners } = await fitOnce(past);
      return (asked) => predictWeek({ plan, winners, name, asked });
    },
  }));
}

async function fitPublished(recipe: PublishedRecipe, { rows }: Past): Promise<Fitted> {
  const { preparation, training, threads, threadEntry, signal } = recipe;
  const { target, numeric, categorical, maxCorrelation, maxVif, seed } = preparation;
  const { kept } = removeOutliers({
    rows: rows.columns,
    columns: preparation.outlierColumns,
    factor: preparation.outlierFactor,
  });
  const columns = takeColumns({ columns: rows.columns, which: kept });
  const encoding = encodingOf({ numeric, categorical, rows: columns });
  const which = new Mt19937(seed).permutation(kept.length);
  const moments = momentsOf({ encoding, rows: columns, which });
  const plan = buildFeaturePlan({ target, encoding, moments, maxCorrelation, maxVif });
  const matrix = scaledMatrix({ plan, columns, which });
  const folds = contiguousFolds({ rows: matrix.rows, folds: training.folds });
  const grams = gramsWithout({ matrix, ranges: folds });
  const settings = training.elasticNet;
  const winners = [
    linearCandidate({ matrix, folds, grams }),
    elasticNetCandidate({ matrix, folds, grams, settings }),
    await forestCandidate({
      matrix,
      folds,
      settings: training.randomForest,
      seed: training.seed,
      threads,
      threadEntry,
      signal,
    }),
  ];
  return { plan, winners };
}

function scaledMatrix(input: {
  plan: FeaturePlan;
  columns: AskedWeek['rows'];
  which: Int32Array;
}): FeatureMatrix {
  const { plan, columns, which } = input;
  const width = plan.selected.length;
  const scale = rowScaler(plan);
  const names = [...plan.encoding.numeric, ...plan.encoding.categorical.map((c) => c.column)];
  const x = new Float64Array(which.length * width);
  const row: Record<string, number> = {};
  for (let r = 0; r < which.length; r++) {
    for (const name of names) row[name] = columns[name][which[r]];
    x.set(scale(row), r * width);
  }
  const y = valuesAt(columns[plan.target], which);
  return { columns: plan.selected, origins: columnOrigins(plan), rows: which.length, x, y };
}

function predictWeek(input: {
  plan: FeaturePlan;
  winners: readonly GridWinner[];
  name: ModelKind;
  asked: AskedWeek;
}): Float64Array {
  const { plan, winners, name, asked } = input;
  const winner = winners.find(({ kind }) => kind === name);
  if (!winner) throw new RangeError(`no ${name} was fitted`);
  const predict = estimatorPredictor(winner.estimator);
  const scale = rowScaler(plan);
  const names = [...plan.encoding.numeric, ...plan.encoding.categorical.map((c) => c.column)];
  return Float64Array.from({ length: asked.rows.store.length }, (_, r) => {
    const row = Object.fromEntries(names.map((column) => [column, asked.rows[column][r]]));
    // As a service answers: a year after the learnt ones becomes the last, any other unseen level has no answer.
    const last = plan.yearRange?.last;
    if (last !== undefined && row.year > last) row.year = last;
    const known = plan.seen.every(({ column, levels }) => levels.includes(row[column]));
    return known ? predict(scale(row)) : Number.NaN;
  });
}
