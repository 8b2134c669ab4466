import type { Json } from '../canonical-json';
import { fromBase64, toBase64 } from '../typed-array-text';
import type { BoostedColumn, BoostedTrees } from './boosted-trees';

/** Trees as they stand in a model file: arrays in base64. */
export function boostedTreesText(trees: BoostedTrees): Record<string, Json> {
  const { columns, base, starts, feature, right, missingLeft, value, sets } = trees;
  return {
    columns: columns.map(({ name, kind, levels }) => ({ name, kind, levels })),
    base,
    starts: toBase64(starts),
    feature: toBase64(feature),
    right: toBase64(right),
    missingLeft: toBase64(Int16Array.from(missingLeft)),
    value: toBase64(value),
    sets: toBase64(sets),
  };
}

/** Reads `boostedTreesText` back; throws RangeError when the arrays don't fit together. */
export function readBoostedTrees(text: Readonly<Record<string, unknown>>): BoostedTrees {
  const list = (key: string): string => {
    const value = text[key];
    if (typeof value !== 'string') throw new RangeError(`trees without ${key}`);
    return value;
  };
  if (!Array.isArray(text.columns) || typeof text.base !== 'number') {
    throw new RangeError('trees without columns and base');
  }
  const trees = {
    columns: text.columns as BoostedColumn[],
    base: text.base,
    starts: fromBase64(list('starts'), Int32Array),
    feature: fromBase64(list('feature'), Int16Array),
    right: fromBase64(list('right'), Int32Array),
    missingLeft: Uint8Array.from(fromBase64(list('missingLeft'), Int16Array)),
    value: fromBase64(list('value'), Float64Array),
    sets: fromBase64(list('sets'), Int32Array),
  };
  const nodes = trees.starts[trees.starts.length - 1];
  const lists = [trees.feature, trees.right, trees.missingLeft, trees.value];
  const whole = lists.every(({ length }) => length === nodes);
  const within = trees.feature.every(
    (column, i) => column < trees.columns.length && trees.right[i] < nodes,
  );
  if (!whole || !within) throw new RangeError('its trees do not fit together');
  return trees;
}
