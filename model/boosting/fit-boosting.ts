import { Mt19937 } from '../mt19937';
import { type BoostingTable, binRows, columnBins } from './binning';
import type { BoostedTrees } from './boosted-trees';
import type { BoostingSettings } from './boosting-settings';
import { startStepThreads } from './boosting-threads';
import { CollectedTrees } from './collected-trees';
import { type GrownNode, type GrownTree, TreeGrower } from './grow-tree';
import { type SharedFit, sharedFit, stepWorker } from './leaf-step';

/** What boosting is fitted on and how. */
export interface BoostingInput {
  readonly table: BoostingTable;
  /** One finite target a row. */
  readonly target: ArrayLike<number>;
  readonly settings: BoostingSettings;
  /** Threads, this one included, 1 when absent; they don't change the result. */
  readonly threads?: number;
  /** File that the threads run; see `startThread`. */
  readonly threadEntry?: string;
  readonly onTree?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows x columns below which handing out the work costs more than it saves. */
const WORTH_THREADS = 400_000;

/**
 * Histogram gradient boosting for squared error. The bytes of the result depend on the table, the target
 * and the settings alone. Throws RangeError for rows that can't be learnt from.
 */
export async function fitBoosting(input: BoostingInput): Promise<BoostedTrees> {
  const { table, settings, signal } = input;
  checkInput(input);
  const worthIt = table.rows * table.columns.length >= WORTH_THREADS;
  const fit = prepared(input);
  const team = await startStepThreads({
    fit,
    threads: worthIt ? (input.threads ?? 1) : 1,
    entry: input.threadEntry,
  });
  const boost = new Boosting(input, fit, team.run);
  try {
    for (let t = 0; t < settings.trees; t++) {
      signal?.throwIfAborted();
      boost.addTree();
      input.onTree?.(t + 1);
      // Signs of life and an abort get their turn; after every tree that would cost small fits dearly.
      if (worthIt || t % 16 === 15) await new Promise(setImmediate);
    }
    return boost.trees();
  } finally {
    await team.close();
  }
}

/** As `fitBoosting`, in this thread alone and without a pause. */
export function fitBoostingHere(
  input: Pick<BoostingInput, 'table' | 'target' | 'settings'>,
): BoostedTrees {
  checkInput(input);
  const fit = prepared(input);
  const boost = new Boosting(input, fit, stepWorker({ fit, part: 0, of: 1 }));
  for (let t = 0; t < input.settings.trees; t++) boost.addTree();
  return boost.trees();
}

function prepared({ table, settings }: Pick<BoostingInput, 'table' | 'settings'>): SharedFit {
  return sharedFit({ rows: binRows({ table, bins: columnBins(table) }), settings });
}

class Boosting {
  private readonly base: number;
  private readonly residual: Float64Array;
  private readonly random: Mt19937;
  private readonly collected: CollectedTrees;
  private readonly grower: TreeGrower;

  constructor(
    input: Pick<BoostingInput, 'target' | 'settings'>,
    private readonly fit: SharedFit,
    runStep: () => void,
  ) {
    const { rows } = fit.rows;
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += input.target[r];
    this.base = sum / rows;
    // The negative gradient of squared error: what is left to explain.
    this.residual = Float64Array.from({ length: rows }, (_, r) => input.target[r] - this.base);
    this.random = new Mt19937(input.settings.seed);
    this.collected = new CollectedTrees(fit.rows.bins);
    this.grower = new TreeGrower(fit, runStep);
  }

  addTree(): void {
    const { order, gradient } = this.fit.leaf;
    for (let r = 0; r < order.length; r++) order[r] = r;
    gradient.set(this.residual);
    this.drawColumns();
    const tree = this.grower.grow();
    const shareOf = (leaf: GrownNode): number => this.leafValue(leaf);
    this.collected.add(tree, shareOf);
    this.explain(tree, shareOf);
  }

  trees(): BoostedTrees {
    return this.collected.trees(this.base);
  }

  private leafValue({ sum, start, end }: GrownNode): number {
    const { learningRate, l2 } = this.fit.settings;
    return (learningRate * sum) / (end - start + l2);
  }

  private explain(tree: GrownTree, shareOf: (leaf: GrownNode) => number): void {
    const { order } = this.fit.leaf;
    const { residual } = this;
    for (const node of tree.nodes) {
      if (node.cut) continue;
      const value = shareOf(node);
      for (let i = node.start; i < node.end; i++) residual[order[i]] -= value;
    }
  }

  private drawColumns(): void {
    const { used, settings } = this.fit;
    const count = Math.max(1, Math.round(settings.featureFraction * used.length));
    if (count >= used.length) {
      used.fill(1);
      return;
    }
    used.fill(0);
    const drawn = this.random.permutation(used.length);
    for (let i = 0; i < count; i++) used[drawn[i]] = 1;
  }
}

function checkInput({ table, target, settings }: BoostingInput): void {
  const { rows, columns, values } = table;
  const whole = target.length === rows && values.length === columns.length;
  if (rows === 0 || !whole || values.some((column) => column.length !== rows)) {
    throw new RangeError(`${rows} rows of ${columns.length} columns don't fit their values`);
  }
  for (let r = 0; r < rows; r++) {
    if (!Number.isFinite(target[r])) throw new RangeError(`the target of row ${r} is not finite`);
  }
  const { leaves, minLeafRows, featureFraction } = settings;
  if (!(leaves >= 2) || !(minLeafRows >= 1) || !(featureFraction > 0 && featureFraction <= 1)) {
    throw new RangeError('a tree needs 2 leaves, a leaf 1 row, and a share of columns in (0, 1]');
  }
}
