import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Row } from '../../../alibaba/maxcompute/wire/value';
import { invalid } from '../api-error';
import { duckType, quote } from '../sql/types';
import type { StoredColumn, StoredTable } from '../store/table';
import type { Warehouse } from '../store/warehouse';
import { commitUpload } from './commit-upload';
import { RowWriter } from './row-writer';

/** An upload session: blocks wait in DuckDB tables of their own until the commit. Times are epoch milliseconds. */
export interface UploadSession {
  readonly id: string;
  readonly tableId: number;
  readonly table: string;
  readonly columns: readonly StoredColumn[];
  readonly partitionKeys: readonly StoredColumn[];
  /** The partition's values, for a partitioned table. */
  readonly partition?: readonly string[];
  readonly overwrite: boolean;
  readonly status: 'NORMAL' | 'CLOSED' | 'CANCELED';
  readonly blocks: readonly UploadBlock[];
  readonly created: number;
}

export interface UploadBlock {
  readonly id: number;
  /** Name of its table in the schema `uploads`. */
  readonly storage: string;
  readonly rows: number;
}

/** Sessions live a day, as there. */
const LIFE_MS = 24 * 60 * 60 * 1000;

/** The upload sessions of a project; they survive a restart. */
export class Uploads {
  private readonly sessions = new Map<string, UploadSession>();

  private constructor(private readonly warehouse: Warehouse) {}

  static async load(warehouse: Warehouse): Promise<Uploads> {
    const uploads = new Uploads(warehouse);
    await warehouse.database.use(async (connection) => {
      await connection.run('CREATE SCHEMA IF NOT EXISTS uploads');
      await connection.run(
        'CREATE TABLE IF NOT EXISTS meta.uploads (id VARCHAR PRIMARY KEY, document VARCHAR)',
      );
      await uploads.read(connection);
    });
    return uploads;
  }

  /** Sessions that are too old go, and block tables that no session knows (a kill in mid-block). */
  private async read(connection: DuckDBConnection): Promise<void> {
    const rows = await connection.runAndReadAll('SELECT document FROM meta.uploads');
    for (const [document] of rows.getRows()) {
      const session: UploadSession = JSON.parse(String(document));
      if (session.created > Date.now() - LIFE_MS) this.sessions.set(session.id, session);
      else await connection.run('DELETE FROM meta.uploads WHERE id = $1', [session.id]);
    }
    const known = new Set(
      [...this.sessions.values()].flatMap(({ blocks }) => blocks.map(({ storage }) => storage)),
    );
    const tables = await connection.runAndReadAll(
      "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'uploads'",
    );
    for (const [name] of tables.getRows()) {
      if (!known.has(String(name)))
        await connection.run(`DROP TABLE uploads.${quote(String(name))}`);
    }
  }

  find(id: string): UploadSession | undefined {
    return this.sessions.get(id);
  }

  async open({
    table,
    partition,
    overwrite,
  }: {
    readonly table: StoredTable;
    readonly partition?: readonly string[];
    readonly overwrite: boolean;
  }): Promise<UploadSession> {
    const now = Date.now();
    const session: UploadSession = {
      id: `${new Date(now).toISOString().replace(/\D/g, '')}${randomBytes(8).toString('hex')}`,
      tableId: table.id,
      table: table.name,
      columns: table.columns,
      partitionKeys: table.partitionKeys,
      partition,
      overwrite,
      status: 'NORMAL',
      blocks: [],
      created: now,
    };
    await this.keep(session);
    return session;
  }

  private async keep(session: UploadSession, also: readonly string[] = []): Promise<void> {
    await this.warehouse.database.write({
      work: async (connection) => {
        for (const sql of also) await connection.run(sql);
        await saveSession(connection, session);
      },
      committed: () => this.sessions.set(session.id, session),
    });
  }

  /** Takes a block; a second one of the same number replaces the first. */
  async writeBlock({
    id,
    block,
    rows,
  }: {
    readonly id: string;
    readonly block: number;
    readonly rows: AsyncIterable<readonly Row[]>;
  }): Promise<void> {
    const { columns } = this.writable(id);
    const storage = `${id}_${block}_${randomBytes(4).toString('hex')}`;
    const count = await this.warehouse.database.use(async (connection) => {
      const fields = columns.map((column) => `${quote(column.name)} ${duckType(column.type)}`);
      await connection.run('BEGIN TRANSACTION');
      await connection.run(`CREATE TABLE uploads.${quote(storage)} (${fields.join(', ')})`);
      const writer = await RowWriter.open({
        connection,
        schema: 'uploads',
        table: storage,
        columns,
      });
      for await (const batch of rows) writer.write(batch);
      const written = writer.finish();
      await connection.run('COMMIT');
      return written;
    });
    // Read again: other blocks may have come meanwhile.
    const session = this.writable(id);
    const replaced = session.blocks.filter((known) => known.id === block);
    const kept = session.blocks.filter((known) => known.id !== block);
    const blocks = [...kept, { id: block, storage, rows: count }].sort((a, b) => a.id - b.id);
    await this.keep(
      { ...session, blocks },
      replaced.map((old) => `DROP TABLE uploads.${quote(old.storage)}`),
    );
  }

  private writable(id: string): UploadSession {
    const session = this.sessions.get(id);
    if (session?.status !== 'NORMAL') {
      throw invalid(`Upload ${id} is ${session?.status ?? 'unknown'}`, 'InvalidStatusChange');
    }
    return session;
  }

  /** Puts all blocks into the table at once. Committing again is answered with the closed session. */
  async commit(id: string): Promise<UploadSession> {
    const known = this.sessions.get(id);
    if (known?.status === 'CLOSED') return known;
    const session = this.writable(id);
    const closed: UploadSession = { ...session, status: 'CLOSED' };
    await this.warehouse.change(async (connection) => {
      const change = await commitUpload({ connection, warehouse: this.warehouse, session });
      await saveSession(connection, closed);
      return { change, result: undefined };
    });
    this.sessions.set(id, closed);
    return closed;
  }

  /** Gives up: the blocks go. */
  async abort(id: string): Promise<UploadSession> {
    const session = this.writable(id);
    const canceled: UploadSession = { ...session, status: 'CANCELED', blocks: [] };
    await this.keep(
      canceled,
      session.blocks.map((block) => `DROP TABLE uploads.${quote(block.storage)}`),
    );
    return canceled;
  }
}

async function saveSession(connection: DuckDBConnection, session: UploadSession): Promise<void> {
  await connection.run('INSERT OR REPLACE INTO meta.uploads VALUES ($1, $2)', [
    session.id,
    JSON.stringify(session),
  ]);
}
