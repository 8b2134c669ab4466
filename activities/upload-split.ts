/** The shuffled split of a run's rows: scikit-learn's permutation, kept in a table by row_id. */
import type { MaxCompute, Row } from '../alibaba/maxcompute/maxcompute';
import { trainTestSplit } from '../model/split';
import { definitions, rowOf } from '../sql/tables';

/** Rows of one Tunnel block. */
const blockRows = 100_000;

/** Rows of each side. */
export interface SplitSizes {
  readonly train: number;
  readonly test: number;
}

/**
 * Reads the row_ids of the processed partition, splits them in their ascending order and replaces
 * the run's partition of the split table: (row_id, train or test, place in the shuffled side).
 */
export async function uploadSplit({
  maxcompute,
  processed,
  split,
  partition,
  testFraction,
  seed,
  signal,
}: {
  readonly maxcompute: Pick<MaxCompute, 'openDownload' | 'openUpload'>;
  readonly processed: string;
  readonly split: string;
  readonly partition: string;
  readonly testFraction: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}): Promise<SplitSizes> {
  const ids = await readRowIds({ maxcompute, table: processed, partition, signal });
  const sides = trainTestSplit({ rows: ids.length, testFraction, seed });
  const upload = await maxcompute.openUpload({
    table: split,
    partition,
    overwrite: true,
    createPartition: true,
    signal,
  });
  const blockIds: number[] = [];
  for (const side of ['train', 'test'] as const) {
    const places = sides[side];
    for (let start = 0; start < places.length; start += blockRows) {
      const rows = splitRows({ ids, side, places, start });
      await upload.writeBlock({ blockId: blockIds.length, rows, signal });
      blockIds.push(blockIds.length);
    }
  }
  await upload.commit({ blockIds, signal });
  return { train: sides.train.length, test: sides.test.length };
}

function splitRows({
  ids,
  side,
  places,
  start,
}: {
  readonly ids: Float64Array;
  readonly side: 'train' | 'test';
  readonly places: Int32Array;
  readonly start: number;
}): readonly Row[] {
  return Array.from(places.subarray(start, start + blockRows), (place, offset) =>
    rowOf(definitions.split, { row_id: ids[place], split: side, position: start + offset }),
  );
}

async function readRowIds({
  maxcompute,
  table,
  partition,
  signal,
}: {
  readonly maxcompute: Pick<MaxCompute, 'openDownload'>;
  readonly table: string;
  readonly partition: string;
  readonly signal: AbortSignal;
}): Promise<Float64Array> {
  const download = await maxcompute.openDownload({ table, partition, signal });
  const ids = new Float64Array(download.recordCount);
  let place = 0;
  for await (const [id] of download.read({ columns: ['row_id'], signal }))
    ids[place++] = Number(id);
  return ids.sort();
}
