import { COLUMNS_A_WORD } from './binning';
import type { Cut } from './column-cuts';
import { bestCut, type SharedFit, StepField } from './leaf-step';

/** A tree while it grows: nodes in the order in which they came about, leaves with their places of rows. */
export interface GrownTree {
  readonly nodes: readonly GrownNode[];
}

/** A node; it is a leaf while it has no cut. */
export interface GrownNode {
  readonly start: number;
  readonly end: number;
  readonly sum: number;
  cut?: { readonly column: number; readonly cut: Cut };
  left: number;
  right: number;
}

/** A leaf that may be cut, with where its histogram is. */
interface OpenLeaf {
  readonly node: number;
  readonly slot: number;
  readonly best: { readonly column: number; readonly cut: Cut };
}

/** Grows trees leaf by leaf, the one whose cut gains most first. `runStep` does a step in all threads. */
export class TreeGrower {
  private readonly keptOrder: Int32Array;
  private readonly keptGradient: Float64Array;
  private readonly goesLeft = new Uint8Array(256);

  constructor(
    private readonly fit: SharedFit,
    private readonly runStep: () => void,
  ) {
    this.keptOrder = new Int32Array(fit.rows.rows);
    this.keptGradient = new Float64Array(fit.rows.rows);
  }

  /** Grows one tree on the gradients in `fit.leaf`, whose `order` it leaves sorted by leaf. */
  grow(): GrownTree {
    const { fit } = this;
    const rows = fit.rows.rows;
    const { gradient } = fit.leaf;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += gradient[i];
    const nodes: GrownNode[] = [{ start: 0, end: rows, sum, left: 0, right: 0 }];
    const open: OpenLeaf[] = [];
    if (rows >= 2 * fit.settings.minLeafRows) {
      this.setStep({ slot: 0, node: nodes[0] });
      this.runStep();
      this.openLeaf(open, 0, 0);
    }
    let leaves = 1;
    while (open.length > 0 && leaves < fit.settings.leaves) {
      const next = takeBest(open);
      this.cutLeaf({ nodes, open, next, freeSlot: leaves });
      leaves++;
    }
    return { nodes };
  }

  private cutLeaf(input: {
    nodes: GrownNode[];
    open: OpenLeaf[];
    next: OpenLeaf;
    freeSlot: number;
  }): void {
    const { nodes, open, next, freeSlot } = input;
    const node = nodes[next.node];
    const { leftSum } = next.best.cut;
    const middle = this.part(node, next.best);
    node.cut = next.best;
    node.left = nodes.length;
    node.right = nodes.length + 1;
    const left = { start: node.start, end: middle, sum: leftSum, left: 0, right: 0 };
    const right = { start: middle, end: node.end, sum: node.sum - leftSum, left: 0, right: 0 };
    nodes.push(left, right);
    const leftIsSmall = left.end - left.start <= right.end - right.start;
    const [small, big] = leftIsSmall ? [left, right] : [right, left];
    if (big.end - big.start < 2 * this.fit.settings.minLeafRows) return;
    if (freeSlot + 1 >= this.fit.settings.leaves) return;
    this.setStep({ slot: freeSlot, node: small, otherSlot: next.slot, other: big });
    this.runStep();
    const places = leftIsSmall ? [freeSlot, next.slot] : [next.slot, freeSlot];
    this.openLeaf(open, node.left, places[0]);
    this.openLeaf(open, node.right, places[1]);
  }

  private setStep(input: {
    slot: number;
    node: GrownNode;
    otherSlot?: number;
    other?: GrownNode;
  }): void {
    const { slot, node, otherSlot = -1, other } = input;
    const { step } = this.fit;
    step[StepField.slot] = slot;
    step[StepField.start] = node.start;
    step[StepField.end] = node.end;
    step[StepField.sum] = node.sum;
    step[StepField.otherSlot] = otherSlot;
    step[StepField.otherSum] = other ? other.sum : 0;
    step[StepField.otherRows] = other ? other.end - other.start : 0;
  }

  private openLeaf(open: OpenLeaf[], node: number, slot: number): void {
    const best = bestCut(this.fit, slot);
    if (best) open.push({ node, slot, best });
  }

  /** Puts the rows that go left before those that go right, both in their order; returns the first right one. */
  private part(node: GrownNode, best: OpenLeaf['best']): number {
    const { goesLeft, keptOrder, keptGradient } = this;
    const { rows, leaf } = this.fit;
    const { order, gradient } = leaf;
    const { words } = rows;
    fillSides({ goesLeft, cut: best.cut, kind: rows.bins[best.column].kind });
    const base = Math.floor(best.column / COLUMNS_A_WORD) * rows.rows;
    const shift = 8 * (best.column % COLUMNS_A_WORD);
    let left = node.start;
    let kept = 0;
    for (let i = node.start; i < node.end; i++) {
      const row = order[i];
      const g = gradient[i];
      const side = goesLeft[(words[base + row] >>> shift) & 255];
      // Both are written and one of them counts: a branch would be guessed wrong too often.
      order[left] = row;
      gradient[left] = g;
      keptOrder[kept] = row;
      keptGradient[kept] = g;
      left += side;
      kept += 1 - side;
    }
    order.set(keptOrder.subarray(0, kept), left);
    gradient.set(keptGradient.subarray(0, kept), left);
    return left;
  }
}

/** For each bin of a column 1 when it goes left, else 0. */
export function fillSides(input: {
  readonly goesLeft: Uint8Array;
  readonly cut: Cut;
  readonly kind: 'numeric' | 'categorical';
}): void {
  const { goesLeft, cut, kind } = input;
  if (kind === 'numeric') {
    goesLeft.fill(0).fill(1, 1, cut.bin + 1);
    goesLeft[0] = cut.missingLeft ? 1 : 0;
    return;
  }
  for (let bin = 0; bin < 256; bin++) goesLeft[bin] = (cut.set[bin >> 5] >>> (bin & 31)) & 1;
}

/** Takes the leaf with the largest gain off the list; of equal ones the oldest. */
function takeBest(open: OpenLeaf[]): OpenLeaf {
  let at = 0;
  for (let i = 1; i < open.length; i++) {
    if (open[i].best.cut.gain > open[at].best.cut.gain) at = i;
  }
  return open.splice(at, 1)[0];
}
