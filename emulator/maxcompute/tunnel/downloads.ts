import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { partitionCondition } from '../execute/partitions';
import { type StoredColumn, type StoredTable, storageName } from '../store/table';
import type { Warehouse } from '../store/warehouse';
import type { TimestampForm } from './columns/arrow-types';

/** What a download session reads. */
export interface DownloadSession {
  readonly id: string;
  readonly source: string;
  readonly columns: readonly SourceColumn[];
  readonly partitionKeys: readonly StoredColumn[];
  readonly records: number;
  /** How Arrow has TIMESTAMP. */
  readonly timestamps: TimestampForm;
}

/** A column with its DuckDB name in the source. */
export type SourceColumn = StoredColumn & { readonly ref: string };

interface Open {
  readonly session: DownloadSession;
  readonly free: DuckDBConnection[];
  readonly all: readonly DuckDBConnection[];
  readonly waiting: ((connection: DuckDBConnection) => void)[];
  lending: number;
  touched: number;
}

/** Ranges of one session that are read at the same time; more wait. */
const READERS = 3;
const IDLE_MS = 5 * 60 * 1000;

/**
 * Download sessions. Each holds transactions that began at the same commit, so every range of a
 * session sees the same rows in the same order, whatever is written meanwhile. A restart ends them.
 */
export class Downloads {
  private readonly open = new Map<string, Open>();
  private readonly sweep: NodeJS.Timeout;

  constructor(private readonly warehouse: Warehouse) {
    this.sweep = setInterval(() => this.closeIdle(), 30_000).unref();
  }

  /** Opens a session on a table, or on one partition of it. */
  async openTable(
    table: StoredTable,
    partition: readonly string[] | undefined,
  ): Promise<DownloadSession> {
    const where = partition ? ` WHERE ${partitionCondition(table, partition)}` : '';
    const source = `${storageName(table)}${where}`;
    const columns = table.columns.map((column) => ({ ...column, ref: column.name }));
    const { partitionKeys } = table;
    return this.openSource({ source, columns, partitionKeys, timestamps: 'nanoseconds' });
  }

  /** Opens a session on any rows; `source` is what follows FROM. */
  async openSource({
    source,
    columns,
    partitionKeys,
    timestamps,
  }: Omit<DownloadSession, 'id' | 'records'>): Promise<DownloadSession> {
    const all = await Promise.all(
      Array.from({ length: READERS }, () => this.warehouse.database.connect()),
    );
    // No commit can come between the first and the last: writers wait.
    const records = await this.warehouse.database.write({
      work: async () => {
        const counts = await Promise.all(all.map((connection) => snapshot(connection, source)));
        return counts[0];
      },
    });
    const id = `${new Date().toISOString().replace(/\D/g, '')}${randomBytes(8).toString('hex')}`;
    const session = { id, source, columns, partitionKeys, timestamps, records };
    this.open.set(id, {
      session,
      all,
      free: [...all],
      waiting: [],
      lending: 0,
      touched: Date.now(),
    });
    return session;
  }

  find(id: string): DownloadSession | undefined {
    const open = this.open.get(id);
    if (open) open.touched = Date.now();
    return open?.session;
  }

  /** A connection that sees the session's rows; `release` gives it back. */
  async borrow(id: string): Promise<{
    readonly connection: DuckDBConnection;
    readonly release: () => void;
  }> {
    const open = this.open.get(id);
    if (!open) throw new Error(`Download session ${id} is closed`);
    open.lending += 1;
    const ready = open.free.pop();
    const connection =
      ready ?? (await new Promise<DuckDBConnection>((resolve) => open.waiting.push(resolve)));
    let returned = false;
    const release = (): void => {
      if (returned) return;
      returned = true;
      open.lending -= 1;
      open.touched = Date.now();
      const next = open.waiting.shift();
      if (next) next(connection);
      else open.free.push(connection);
    };
    return { connection, release };
  }

  private closeIdle(): void {
    for (const [id, open] of this.open) {
      if (open.lending === 0 && open.touched < Date.now() - IDLE_MS) this.end(id, open);
    }
  }

  private end(id: string, open: Open): void {
    this.open.delete(id);
    for (const connection of open.all) connection.closeSync();
  }

  async close(): Promise<void> {
    clearInterval(this.sweep);
    for (const [id, open] of this.open) this.end(id, open);
  }
}

/** Begins a transaction and looks at the rows, which fixes what it sees. */
async function snapshot(connection: DuckDBConnection, source: string): Promise<number> {
  await connection.run('BEGIN TRANSACTION READ ONLY');
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${source}`);
  return Number(counted.getRows()[0][0]);
}
