import type { TreeSample } from './tree-sample';

/** Sums by code over the rows of a node: what all one-hot columns need to be weighed as cuts. */
export interface LevelSums {
  readonly weight: Int32Array;
  readonly weighted: Float64Array;
}

/** Empty sums for so many codes. */
export function emptySums(codes: number): LevelSums {
  return { weight: new Int32Array(codes), weighted: new Float64Array(codes) };
}

/** Adds the rows at start..end of the sample's first list. */
export function addRows(input: {
  readonly sums: LevelSums;
  readonly sample: TreeSample;
  readonly groups: number;
  readonly start: number;
  readonly end: number;
}): void {
  const { sample, groups, start, end } = input;
  const { weight, weighted } = input.sums;
  const list = sample.lists[0];
  const { codes } = sample;
  for (let i = start; i < end; i++) {
    const c = list[i];
    const w = sample.weight[c];
    const wy = sample.weighted[c];
    for (let g = 0, at = c * groups; g < groups; g++, at++) {
      weight[codes[at]] += w;
      weighted[codes[at]] += wy;
    }
  }
}

/** Takes the part away from the whole, in place: what is left are the sums of the other child. */
export function subtract(input: { readonly whole: LevelSums; readonly part: LevelSums }): void {
  const { whole, part } = input;
  for (let k = 0; k < whole.weight.length; k++) {
    if (part.weight[k] === 0) continue;
    whole.weight[k] -= part.weight[k];
    whole.weighted[k] -= part.weighted[k];
  }
}
