/** Second data step: sequential outlier removal and the parts of the date. */
import { processingQuery } from '../sql/processing';
import { definitions } from '../sql/tables';
import { contentOf, type DataDeps, type DataInput } from './data-deps';
import { failure } from './failure';
import { withSql } from './run-sql';

/** The rows that the run works on: where they are and what they hold. */
export interface ProcessedData {
  readonly table: string;
  readonly partition: string;
  readonly rows: number;
  /** SHA-256 over the rows, whatever their order. */
  readonly contentHash: string;
  /** Table -> rows, for the run's summary. */
  readonly tables: Readonly<Record<string, number>>;
}

/** Writes the run's processed partition (a retry replaces it) and names its content. */
export function createProcessData({ maxcompute, pipeline }: DataDeps) {
  const { tables, processing } = pipeline;
  return ({ runId }: DataInput): Promise<ProcessedData> =>
    withSql({ maxcompute }, async (sql) => {
      const query = processingQuery({
        snapshot: tables.snapshot,
        processed: tables.processed,
        runId,
        columns: processing.outlierColumns,
        factor: processing.outlierFactor,
      });
      await sql.run({ name: 'processing', query });
      const content = await contentOf({
        sql,
        table: tables.processed,
        runId,
        columns: definitions.processed.columns,
      });
      if (content.rows === 0) {
        throw failure(
          'DataInvalid',
          'outlier removal left no row: raise processing.outlierFactor or shorten processing.outlierColumns',
        );
      }
      return {
        table: tables.processed,
        partition: `run_id=${runId}`,
        ...content,
        tables: { [tables.processed]: content.rows },
      };
    });
}
