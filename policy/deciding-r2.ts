/** The back-test's rows as far as a decision reads them. */
export interface DecidingTable {
  readonly decides: 'backtest' | 'validation';
  readonly rows: readonly {
    readonly name: string;
    readonly horizon: 'oneStep' | 'direct';
    readonly r2: number;
  }[];
}

/** R² of a model or rule when the weeks of a fold are predicted from its start; undefined when it has no row. */
export function directR2(table: DecidingTable, name: string): number | undefined {
  return table.rows.find((row) => row.name === name && row.horizon === 'direct')?.r2;
}

/**
 * What is compared from version to version: the champion's figure in the evaluation that decides; NaN when
 * that has none, so that nothing is taken for another method's figure.
 */
export function decidingR2(training: {
  readonly champion: { readonly kind: string; readonly validationR2: number };
  readonly evaluation?: DecidingTable;
}): number {
  const { champion, evaluation } = training;
  if (evaluation?.decides !== 'backtest') return champion.validationR2;
  return directR2(evaluation, champion.kind) ?? Number.NaN;
}
