import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Beyond this DuckDB spills to disk. */
const MEMORY = '1GB';

/** The one DuckDB file behind a local MaxCompute project: committed work survives a kill at any instant. */
export class Database {
  private writing: Promise<unknown> = Promise.resolve();

  private constructor(private readonly instance: DuckDBInstance) {}

  /** Opens `maxcompute.duckdb` in the folder, or makes it. */
  static async open({ folder }: { readonly folder: string }): Promise<Database> {
    const instance = await DuckDBInstance.create(join(folder, 'maxcompute.duckdb'), {
      memory_limit: MEMORY,
      // Can't be set any more once external access is off.
      temp_directory: join(folder, 'maxcompute.spill'),
      // SQL reaches nothing but the tables: no file, no network, no extension from elsewhere.
      enable_external_access: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const database = new Database(instance);
    await database.use(async (connection) => {
      await connection.run('CREATE SCHEMA IF NOT EXISTS data');
      await connection.run('CREATE SCHEMA IF NOT EXISTS results');
      await connection.run('CREATE SCHEMA IF NOT EXISTS meta');
    });
    return database;
  }

  /** Lends a connection for the time of the work. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }

  /** A connection that the caller closes. */
  async connect(): Promise<DuckDBConnection> {
    const connection = await this.instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }

  /**
   * One transaction; writers wait for each other, so that they never conflict. Rolls back on an
   * error; `committed` runs before the next writer begins.
   */
  write<T>({
    work,
    own,
    committed,
  }: {
    readonly work: (connection: DuckDBConnection) => Promise<T>;
    readonly own?: DuckDBConnection;
    readonly committed?: (result: T) => void;
  }): Promise<T> {
    const turn = this.writing.then(async () => {
      const result = own
        ? await transaction(own, work)
        : await this.use((connection) => transaction(connection, work));
      committed?.(result);
      return result;
    });
    this.writing = turn.catch(() => undefined);
    return turn;
  }

  /** Waits for the writer, then closes the file. */
  async close(): Promise<void> {
    await this.writing;
    await this.use((connection) => connection.run('CHECKPOINT')).catch(() => undefined);
    this.instance.closeSync();
  }
}

async function transaction<T>(
  connection: DuckDBConnection,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  await connection.run('BEGIN TRANSACTION');
  try {
    const result = await work(connection);
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
