import type { Value } from '../alibaba/maxcompute/wire/value';
import type { FeatureMatrix } from '../model/feature-matrix';
import { columnOrigins, type FeaturePlan } from '../model/feature-plan';
import type { FeatureTables } from './ports';
import { TrainingError } from './training-error';

/**
 * Reads one side of the split by Tunnel into typed arrays, each row at its `position`.
 * Throws TrainingError `InvalidFeatures` when positions are not 0..n-1 or a cell is no finite number.
 */
export async function readFeatures(input: {
  readonly tables: FeatureTables;
  readonly table: string;
  readonly partition: string;
  readonly plan: FeaturePlan;
  readonly signal?: AbortSignal;
}): Promise<FeatureMatrix> {
  const { tables, table, partition, plan, signal } = input;
  const where = `${table}/${partition}`;
  const download = await tables.openDownload({ table, partition, signal });
  const rows = download.recordCount;
  if (rows === 0) throw new TrainingError('InvalidFeatures', `${where} has no rows`);
  const width = plan.selected.length;
  const x = new Float64Array(rows * width);
  const y = new Float64Array(rows);
  const filled = new Uint8Array(rows);
  const columns = ['position', plan.target, ...plan.selected];
  for await (const batch of download.readBatches({ columns, signal })) {
    for (const row of batch) {
      const position = finite({ cell: row[0], column: columns[0], where });
      if (filled[position] !== 0) {
        throw new TrainingError(
          'InvalidFeatures',
          `${where}: position ${position} is not one of 0..${rows - 1}, or is there twice`,
        );
      }
      filled[position] = 1;
      y[position] = finite({ cell: row[1], column: columns[1], where });
      for (let j = 0; j < width; j++) {
        x[position * width + j] = finite({ cell: row[2 + j], column: columns[2 + j], where });
      }
    }
  }
  const missing = filled.indexOf(0);
  if (missing >= 0) {
    throw new TrainingError('InvalidFeatures', `${where}: no row has position ${missing}`);
  }
  return { columns: plan.selected, origins: columnOrigins(plan), rows, x, y };
}

function finite(input: { cell: Value; column: string; where: string }): number {
  const value = typeof input.cell === 'bigint' ? Number(input.cell) : input.cell;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const { cell, column, where } = input;
  throw new TrainingError('InvalidFeatures', `${where}: ${column} holds ${cell}, not a number`);
}
