import { Mt19937 } from '../mt19937';

const MAX_INT32 = 0x7fffffff;

/** Seeds of a forest's trees as scikit-learn draws them: `RandomState(seed).randint(2^31 - 1)` each. */
export function treeSeeds(input: { readonly seed: number; readonly trees: number }): Int32Array {
  const random = new Mt19937(input.seed);
  return Int32Array.from({ length: input.trees }, () => random.interval(MAX_INT32 - 1));
}

/** How often each row is in a tree's bootstrap sample of as many draws as there are rows. */
export function bootstrapCounts(input: {
  readonly seed: number;
  readonly rows: number;
}): Uint16Array {
  const random = new Mt19937(input.seed);
  const counts = new Uint16Array(input.rows);
  for (let draw = 0; draw < input.rows; draw++) counts[random.interval(input.rows - 1)]++;
  return counts;
}
