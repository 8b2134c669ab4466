import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../api-error';
import { quote } from '../sql/types';
import type { StoredTable } from '../store/table';
import type { Warehouse } from '../store/warehouse';
import { writeBlock } from './block-writer';
import type { ColumnBatch } from './columns/record-columns';
import { commitUpload } from './commit-upload';

import type { UploadBlock, UploadSession } from './upload-session';

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

  /** A session that hasn't expired. */
  find(id: string): UploadSession | undefined {
    const session = this.sessions.get(id);
    return session && session.created > Date.now() - LIFE_MS ? session : undefined;
  }

  async open(wanted: Wanted): Promise<UploadSession> {
    const session = newSession(wanted);
    await this.warehouse.database.write({
      work: (connection) => saveSession(connection, session),
      committed: () => this.sessions.set(session.id, session),
    });
    return session;
  }

  /**
   * Reads and writes a session in one turn of the writer, so that blocks which come at the same
   * time are all kept. `change` gives the new session, and what else happens in the transaction.
   */
  private async update(
    id: string,
    change: (session: UploadSession) => SessionChange,
  ): Promise<UploadSession> {
    return this.warehouse.database.write({
      work: async (connection) => {
        const { session, sql } = change(this.writable(id));
        for (const statement of sql) await connection.run(statement);
        await saveSession(connection, session);
        return session;
      },
      committed: (session) => this.sessions.set(session.id, session),
    });
  }

  /** Takes a block; a second one of the same number replaces the first. */
  async writeBlock({
    id,
    block,
    batches,
  }: {
    readonly id: string;
    readonly block: number;
    readonly batches: AsyncIterable<ColumnBatch>;
  }): Promise<void> {
    const { columns } = this.writable(id);
    const storage = `${id}_${block}_${randomBytes(4).toString('hex')}`;
    const count = await this.warehouse.database.use((connection) =>
      writeBlock({ connection, storage, columns, batches }),
    );
    await this.update(id, (session) => {
      const replaced = session.blocks.filter((known) => known.id === block);
      const kept = session.blocks.filter((known) => known.id !== block);
      const blocks = [...kept, { id: block, storage, rows: count }].sort((x, y) => x.id - y.id);
      return { session: { ...session, blocks }, sql: replaced.map(dropBlock) };
    });
  }

  /** Puts rows into a table at once, without a session. */
  async append({
    table,
    partition,
    batches,
  }: {
    readonly table: StoredTable;
    readonly partition?: readonly string[];
    readonly batches: AsyncIterable<ColumnBatch>;
  }): Promise<void> {
    const session = newSession({ table, partition, overwrite: false });
    const storage = `${session.id}_0`;
    const { columns } = table;
    const rows = await this.warehouse.database.use((connection) =>
      writeBlock({ connection, storage, columns, batches }),
    );
    const whole: UploadSession = { ...session, blocks: [{ id: 0, storage, rows }] };
    await this.warehouse.change(async (connection) => {
      const { warehouse } = this;
      const change = await commitUpload({ connection, warehouse, session: whole });
      return { change, result: undefined };
    });
  }

  private writable(id: string): UploadSession {
    const session = this.sessions.get(id);
    if (session?.status !== 'NORMAL') {
      throw invalid(`Upload ${id} is ${session?.status ?? 'unknown'}`, 'InvalidStatusChange');
    }
    return session;
  }

  /** Puts all blocks into the table at once. Committing again is answered with the closed session. */
  commit(id: string): Promise<UploadSession> {
    return this.warehouse.change(async (connection) => {
      const known = this.sessions.get(id);
      if (known?.status === 'CLOSED') return { change: {}, result: known };
      const session = this.writable(id);
      const closed: UploadSession = { ...session, status: 'CLOSED' };
      const change = await commitUpload({ connection, warehouse: this.warehouse, session });
      await saveSession(connection, closed);
      const made = (): void => {
        this.sessions.set(id, closed);
      };
      return { change, result: closed, made };
    });
  }

  /** Gives up: the blocks go. */
  abort(id: string): Promise<UploadSession> {
    return this.update(id, (session) => ({
      session: { ...session, status: 'CANCELED', blocks: [] },
      sql: session.blocks.map(dropBlock),
    }));
  }
}

interface Wanted {
  readonly table: StoredTable;
  readonly partition?: readonly string[];
  readonly overwrite: boolean;
}

function newSession({ table, partition, overwrite }: Wanted): UploadSession {
  const now = Date.now();
  return {
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
}

interface SessionChange {
  readonly session: UploadSession;
  readonly sql: readonly string[];
}

const dropBlock = (block: UploadBlock): string => `DROP TABLE uploads.${quote(block.storage)}`;

async function saveSession(connection: DuckDBConnection, session: UploadSession): Promise<void> {
  await connection.run('INSERT OR REPLACE INTO meta.uploads VALUES ($1, $2)', [
    session.id,
    JSON.stringify(session),
  ]);
}
