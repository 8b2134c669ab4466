import type { FeatureMatrix } from '../feature-matrix';
import { bootstrapCounts } from './bootstrap';
import { type GrownTree, TreeGrower, type TreeLimits } from './grow-tree';
import { type SplitColumns, splitColumns } from './split-columns';
import { TreeSample } from './tree-sample';

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
  const sample = new TreeSample(columns);
  const growOne: GrowOne = (tree, fitRows, limits) => {
    const counts = bootstrapCounts({ seed: job.seeds[tree], rows: fitRows.length });
    sample.draw({ fitRows, counts });
    return grower.grow(sample, limits);
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

type GrowOne = (tree: number, fitRows: Int32Array, limits: TreeLimits) => GrownTree;

function scoreSums(input: {
  task: ScoreTask;
  columns: SplitColumns;
  growOne: GrowOne;
}): Float64Array {
  const { task, columns, growOne } = input;
  const { start, end, limits } = task;
  const held = end - start;
  const fitRows = Int32Array.from({ length: columns.rows - held }, (_, i) =>
    i < start ? i : i + held,
  );
  const widest = {
    maxDepth: Math.max(...limits.map((limit) => limit.maxDepth)),
    minSamplesSplit: Math.min(...limits.map((limit) => limit.minSamplesSplit)),
  };
  const sums = new Float64Array(limits.length * held);
  for (let t = task.from; t < task.to; t++) {
    const tree = growOne(t, fitRows, widest);
    const answers = limits.map((limit) => truncatedMeans(tree, limit));
    for (let r = start; r < end; r++) {
      const leaf = leafOf(tree, columns, r);
      for (let l = 0; l < answers.length; l++) sums[l * held + r - start] += answers[l][leaf];
    }
  }
  return sums;
}

/** For every node what the truncated tree answers below it: the mean of the node where it stops. */
function truncatedMeans(tree: GrownTree, limit: TreeLimits): Float64Array {
  const { nodes, feature, right, mean, size, depth } = tree;
  const answer = mean.slice(0, nodes);
  const stopped = new Uint8Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const stops = depth[node] >= limit.maxDepth || size[node] < limit.minSamplesSplit;
    if (feature[node] < 0 || !(stopped[node] || stops)) continue;
    // Preorder: a parent is done before its children.
    for (const child of [node + 1, right[node]]) {
      stopped[child] = 1;
      answer[child] = answer[node];
    }
  }
  return answer;
}

function leafOf(tree: GrownTree, columns: SplitColumns, row: number): number {
  const { feature, threshold, right } = tree;
  const { x, width } = columns;
  const at = row * width;
  let node = 0;
  while (feature[node] >= 0) {
    node = x[at + feature[node]] <= threshold[node] ? node + 1 : right[node];
  }
  return node;
}

function lean(tree: GrownTree): LeanTree {
  const { nodes } = tree;
  const feature = tree.feature.slice(0, nodes);
  const value = tree.threshold.slice(0, nodes);
  for (let i = 0; i < nodes; i++) if (feature[i] < 0) value[i] = tree.mean[i];
  return { feature, right: tree.right.slice(0, nodes), value };
}
