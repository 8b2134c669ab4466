import type { FeatureMatrix } from '../feature-matrix';
import { bootstrapCounts } from './bootstrap';
import { type GrownTree, TreeGrower, type TreeLimits } from './grow-tree';
import { type SplitColumns, splitColumns } from './split-columns';
import { treeSample } from './tree-sample';

/** What every thread of a forest search has to know. */
export interface ForestJob {
  readonly matrix: FeatureMatrix;
  /** One seed a tree. */
  readonly seeds: Int32Array;
}

/** Grow trees `from`..`to` on all rows but start..end, and add up their predictions for those. */
export interface ScoreTask {
  readonly kind: 'score';
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  /** Truncations to predict with; the trees are grown to the widest of them. */
  readonly limits: readonly TreeLimits[];
}

/** Grow trees `from`..`to` on all rows and return them. */
export interface GrowTask {
  readonly kind: 'grow';
  readonly from: number;
  readonly to: number;
  readonly limits: TreeLimits;
}

/** A piece of work that any thread can do; its result does not depend on which one did it. */
export type ForestTask = ScoreTask | GrowTask;

/** Sums of a score task, truncation by truncation; or trees in the form of a model file's forest. */
export type ForestResult =
  | { readonly kind: 'score'; readonly sums: Float64Array }
  | { readonly kind: 'grow'; readonly trees: readonly LeanTree[] };

/** One tree without what only truncations need: node numbers from 0, leaf means among the thresholds. */
export interface LeanTree {
  readonly feature: Int16Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
}

/** Returns a function that does the job's tasks one by one in this thread. */
export function forestWorker(job: ForestJob): (task: ForestTask) => ForestResult {
  const columns = splitColumns(job.matrix);
  const grower = new TreeGrower(columns);
  const growOne = (tree: number, fitRows: Int32Array, limits: TreeLimits): GrownTree => {
    const counts = bootstrapCounts({ seed: job.seeds[tree], rows: fitRows.length });
    return grower.grow(treeSample({ columns, fitRows, counts }), limits);
  };
  return (task) => {
    if (task.kind === 'score') {
      return { kind: 'score', sums: scoreSums({ task, columns, growOne }) };
    }
    const all = Int32Array.from({ length: columns.rows }, (_, i) => i);
    const trees: LeanTree[] = [];
    for (let t = task.from; t < task.to; t++) trees.push(lean(growOne(t, all, task.limits)));
    return { kind: 'grow', trees };
  };
}

function scoreSums(input: {
  task: ScoreTask;
  columns: SplitColumns;
  growOne: (tree: number, fitRows: Int32Array, limits: TreeLimits) => GrownTree;
}): Float64Array {
  const { task, columns, growOne } = input;
  const { start, end, limits } = task;
  const fitRows = Int32Array.from({ length: columns.rows - (end - start) }, (_, i) =>
    i < start ? i : i + end - start,
  );
  const widest = {
    maxDepth: Math.max(...limits.map((limit) => limit.maxDepth)),
    minSamplesSplit: Math.min(...limits.map((limit) => limit.minSamplesSplit)),
  };
  const sums = new Float64Array(limits.length * (end - start));
  for (let t = task.from; t < task.to; t++) {
    const tree = growOne(t, fitRows, widest);
    limits.forEach((limit, l) => {
      const place = sums.subarray(l * (end - start), (l + 1) * (end - start));
      for (let r = start; r < end; r++) place[r - start] += truncated({ tree, limit, columns, r });
    });
  }
  return sums;
}

function truncated(input: {
  tree: GrownTree;
  limit: TreeLimits;
  columns: SplitColumns;
  r: number;
}): number {
  const { tree, limit, columns, r } = input;
  const { feature, threshold, right, size, depth } = tree;
  const { x, width } = columns;
  let node = 0;
  while (
    feature[node] >= 0 &&
    depth[node] < limit.maxDepth &&
    size[node] >= limit.minSamplesSplit
  ) {
    node = x[r * width + feature[node]] <= threshold[node] ? node + 1 : right[node];
  }
  return tree.mean[node];
}

function lean(tree: GrownTree): LeanTree {
  const { nodes } = tree;
  const feature = tree.feature.slice(0, nodes);
  const value = tree.threshold.slice(0, nodes);
  for (let i = 0; i < nodes; i++) if (feature[i] < 0) value[i] = tree.mean[i];
  return { feature, right: tree.right.slice(0, nodes), value };
}
