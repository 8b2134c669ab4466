import { Mt19937 } from '../mt19937';

/** Values that each setting may take. */
export type SearchSpace = Readonly<Record<string, readonly number[]>>;

/** One value a setting. */
export type SearchPoint = Readonly<Record<string, number>>;

/** How points are picked. Halving keeps the best of `draws` points, a `factor`-th each round, on more resource. */
export type SearchStrategy =
  | { readonly kind: 'grid' }
  | { readonly kind: 'random'; readonly draws: number }
  | { readonly kind: 'halving'; readonly draws: number; readonly factor: number };

/** A point, its loss, and the share of the full effort that it was measured with. */
export interface SearchScore {
  readonly point: SearchPoint;
  readonly loss: number;
  readonly effort: number;
}

/** What a search found. */
export interface SearchResult {
  /** Least loss among the points measured with the most effort; of equals the first. */
  readonly best: SearchScore;
  readonly scores: readonly SearchScore[];
  /** `time`: the budget ended it, so another machine may have come further. */
  readonly ended: 'space' | 'time';
}

/** What a search is made of. */
export interface SearchInput {
  readonly space: SearchSpace;
  readonly strategy: SearchStrategy;
  readonly seed: number;
  /** No point is begun after so long; the first always is. */
  readonly budgetMs: number;
  /** Milliseconds on any clock that only goes forward. */
  readonly now: () => number;
  /** Loss of a point, measured with a share in (0, 1] of the full effort. */
  readonly evaluate: (point: SearchPoint, effort: number) => Promise<number>;
}

/** Searches a space; the same seed gives the same points in the same order. Throws RangeError for an empty one. */
export async function search(input: SearchInput): Promise<SearchResult> {
  const { strategy } = input;
  const points = pointsOf(input);
  const deadline = input.now() + input.budgetMs;
  if (strategy.kind !== 'halving') return measure({ input, points, effort: 1, deadline });
  const rounds = Math.max(
    0,
    Math.floor(Math.log(points.length) / Math.log(strategy.factor) + 1e-9),
  );
  let left = points;
  let scores: readonly SearchScore[] = [];
  for (let round = 0; round <= rounds; round++) {
    const effort = strategy.factor ** (round - rounds);
    const result = await measure({ input, points: left, effort, deadline });
    scores = [...scores, ...result.scores];
    if (result.ended === 'time' || round === rounds) {
      return { best: bestOf(scores), scores, ended: result.ended };
    }
    const ranked = [...result.scores].sort((a, b) => a.loss - b.loss);
    left = ranked
      .slice(0, Math.max(1, Math.floor(left.length / strategy.factor)))
      .map(({ point }) => point);
  }
  throw new RangeError('a search ends within its rounds');
}

/** Every combination of the space, the last setting changing fastest. */
export function gridPoints(space: SearchSpace): SearchPoint[] {
  return Object.entries(space).reduce<SearchPoint[]>(
    (points, [name, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

function pointsOf({ space, strategy, seed }: SearchInput): SearchPoint[] {
  const all = gridPoints(space);
  if (all.length === 0) throw new RangeError('a setting without values leaves nothing to search');
  if (strategy.kind === 'grid') return all;
  const order = new Mt19937(seed).permutation(all.length);
  return Array.from(order.subarray(0, strategy.draws), (at) => all[at]);
}

async function measure(round: {
  input: SearchInput;
  points: readonly SearchPoint[];
  effort: number;
  deadline: number;
}): Promise<SearchResult> {
  const { points, effort, deadline } = round;
  const { now, evaluate } = round.input;
  const scores: SearchScore[] = [];
  for (const point of points) {
    if (scores.length > 0 && now() >= deadline) {
      return { best: bestOf(scores), scores, ended: 'time' };
    }
    scores.push({ point, loss: await evaluate(point, effort), effort });
  }
  return { best: bestOf(scores), scores, ended: 'space' };
}

function bestOf(scores: readonly SearchScore[]): SearchScore {
  const most = Math.max(...scores.map(({ effort }) => effort));
  return scores
    .filter(({ effort }) => effort === most)
    .reduce((best, next) => (next.loss < best.loss ? next : best));
}
