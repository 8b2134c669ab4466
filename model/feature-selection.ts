import { inverse, Matrix } from 'ml-matrix';
import type { Moments } from './moments';

/** A column that was left out, why, and the figure that decided (correlation or VIF; 0 for a constant). */
export interface DroppedColumn {
  readonly column: string;
  readonly reason: 'constant' | 'correlation' | 'vif';
  readonly value: number;
  /** For a correlation: the earlier column that says the same. */
  readonly with?: string;
}

/** Scaling of every encoded column and the columns that stay. */
export interface FeatureSelection {
  readonly mean: readonly number[];
  /** Population standard deviation, 1 for a constant column (scikit-learn's StandardScaler). */
  readonly scale: readonly number[];
  readonly dropped: readonly DroppedColumn[];
  readonly selected: readonly string[];
}

/** Below this share of its variance left by the columns before it, a column is their exact combination. */
const DEPENDENT = 1e-10;
/** A variance below this share of the squared mean is rounding: the column is constant. */
const CONSTANT = 1e-12;

/**
 * Scaling, then the filter of |correlation| to an earlier column, then VIF elimination, largest first.
 * All from the moments: the VIFs are the diagonal of the inverse correlation matrix, which is inverted
 * once and down-dated by rank one for each column that goes.
 */
export function selectFeatures(input: {
  readonly moments: Moments;
  readonly maxCorrelation: number;
  readonly maxVif: number;
}): FeatureSelection {
  const { moments, maxCorrelation, maxVif } = input;
  const { columns } = moments;
  const { mean, scale, constant } = scaling(moments);
  const correlation = correlations({ moments, mean, scale });
  const dropped: DroppedColumn[] = [];
  const kept: number[] = [];
  for (let j = 0; j < columns.length; j++) {
    if (constant[j]) {
      dropped.push({ column: columns[j], reason: 'constant', value: 0 });
      continue;
    }
    const twin = earlierTwin({ correlation, constant, column: j, maxCorrelation });
    if (twin === undefined) kept.push(j);
    else {
      const value = correlation[j * columns.length + twin];
      dropped.push({ column: columns[j], reason: 'correlation', value, with: columns[twin] });
    }
  }
  const vif = eliminateByVif({ correlation, columns, kept, maxVif });
  return { mean, scale, dropped: [...dropped, ...vif.dropped], selected: vif.selected };
}

function scaling(moments: Moments): { mean: number[]; scale: number[]; constant: boolean[] } {
  const { rows, columns, sum, cross } = moments;
  if (rows < 2) throw new RangeError(`feature selection needs at least two rows, not ${rows}`);
  const p = columns.length;
  const mean: number[] = [];
  const scale: number[] = [];
  const constant: boolean[] = [];
  for (let j = 0; j < p; j++) {
    const m = sum[j] / rows;
    const variance = cross[j * p + j] / rows - m * m;
    const still = !(variance > CONSTANT * m * m);
    mean.push(m);
    scale.push(still ? 1 : Math.sqrt(variance));
    constant.push(still);
  }
  return { mean, scale, constant };
}

function correlations(input: {
  moments: Moments;
  mean: readonly number[];
  scale: readonly number[];
}): Float64Array {
  const { moments, mean, scale } = input;
  const p = mean.length;
  const result = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    result[i * p + i] = 1;
    for (let j = 0; j < i; j++) {
      const covariance = moments.cross[i * p + j] / moments.rows - mean[i] * mean[j];
      const value = covariance / (scale[i] * scale[j]);
      result[i * p + j] = value;
      result[j * p + i] = value;
    }
  }
  return result;
}

function earlierTwin(input: {
  correlation: Float64Array;
  constant: readonly boolean[];
  column: number;
  maxCorrelation: number;
}): number | undefined {
  const { correlation, constant, column, maxCorrelation } = input;
  const p = constant.length;
  for (let i = 0; i < column; i++) {
    if (!constant[i] && Math.abs(correlation[column * p + i]) > maxCorrelation) return i;
  }
  return undefined;
}

function eliminateByVif(input: {
  correlation: Float64Array;
  columns: readonly string[];
  kept: readonly number[];
  maxVif: number;
}): { selected: string[]; dropped: DroppedColumn[] } {
  const { correlation, columns, maxVif } = input;
  const p = columns.length;
  const { independent, dropped } = dropDependent(input);
  const left = [...independent];
  if (left.length === 0) return { selected: [], dropped };
  const start = left.map((i) => left.map((j) => correlation[i * p + j]));
  const precision = inverse(new Matrix(start)).to2DArray();
  for (;;) {
    let worst = 0;
    for (let i = 1; i < left.length; i++) {
      if (precision[i][i] > precision[worst][worst]) worst = i;
    }
    const value = precision[worst][worst];
    if (!(value > maxVif) || left.length === 1) break;
    dropped.push({ column: columns[left[worst]], reason: 'vif', value });
    removeFromInverse(precision, worst);
    left.splice(worst, 1);
  }
  return { selected: left.map((i) => columns[i]), dropped };
}

/** Inverse of a matrix without row and column k, from the inverse with them: P_ij - P_ik P_kj / P_kk. */
function removeFromInverse(precision: number[][], k: number): void {
  const pivot = precision[k];
  for (let i = 0; i < precision.length; i++) {
    if (i === k) continue;
    const factor = precision[i][k] / pivot[k];
    for (let j = 0; j < precision.length; j++) precision[i][j] -= factor * pivot[j];
  }
  precision.splice(k, 1);
  for (const row of precision) row.splice(k, 1);
}

/**
 * Leaves out, as VIF drops, the columns that earlier ones determine exactly: their VIF is infinite
 * and the inverse would not exist. The value recorded is 1 / (share of variance left), at most 1e12.
 */
function dropDependent(input: {
  correlation: Float64Array;
  columns: readonly string[];
  kept: readonly number[];
  maxVif: number;
}): { independent: number[]; dropped: DroppedColumn[] } {
  const p = input.columns.length;
  const independent: number[] = [];
  const factor: number[][] = [];
  const dropped: DroppedColumn[] = [];
  for (const j of input.kept) {
    // One more row of the Cholesky factor of the columns kept so far.
    const row: number[] = [];
    let left = 1;
    for (let a = 0; a < independent.length; a++) {
      let value = input.correlation[j * p + independent[a]];
      for (let b = 0; b < a; b++) value -= row[b] * factor[a][b];
      row.push(value / factor[a][a]);
      left -= row[a] * row[a];
    }
    if (left < DEPENDENT && 1 / DEPENDENT > input.maxVif) {
      const value = 1 / Math.max(left, 1e-12);
      dropped.push({ column: input.columns[j], reason: 'vif', value });
      continue;
    }
    row.push(Math.sqrt(Math.max(left, DEPENDENT)));
    factor.push(row);
    independent.push(j);
  }
  return { independent, dropped };
}
