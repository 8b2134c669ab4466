import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database';
import { partitionName, type StoredPartition, type StoredTable } from './table';

/** A change of the catalogue, written with the rows it goes with and seen after the commit. */
export interface CatalogChange {
  readonly put?: readonly StoredTable[];
  /** Names of tables that go, with their partitions. */
  readonly remove?: readonly StoredTable[];
  readonly putPartitions?: {
    readonly table: StoredTable;
    readonly partitions: readonly StoredPartition[];
  };
  readonly removePartitions?: {
    readonly table: StoredTable;
    readonly partitions: readonly (readonly string[])[];
  };
  /** What else is changed with it. */
  readonly also?: readonly CatalogChange[];
}

const key = (values: readonly string[]): string => JSON.stringify(values);

/** Tables, views and partitions: kept in memory, and in DuckDB in the transaction of the rows. */
export class Catalog {
  private readonly tables = new Map<string, StoredTable>();
  private readonly partitionsOf = new Map<number, Map<string, StoredPartition>>();
  private lastId = 0;

  private constructor() {}

  static async load(database: Database): Promise<Catalog> {
    const catalog = new Catalog();
    await database.use(async (connection) => {
      await connection.run(
        'CREATE TABLE IF NOT EXISTS meta.tables (id BIGINT PRIMARY KEY, document VARCHAR)',
      );
      await connection.run(
        'CREATE TABLE IF NOT EXISTS meta.partitions (table_id BIGINT, "values" VARCHAR, document VARCHAR)',
      );
      await catalog.read(connection);
    });
    return catalog;
  }

  private async read(connection: DuckDBConnection): Promise<void> {
    const tables = await connection.runAndReadAll('SELECT document FROM meta.tables');
    for (const [document] of tables.getRows()) {
      const table: StoredTable = JSON.parse(String(document));
      this.tables.set(table.name, table);
      this.lastId = Math.max(this.lastId, table.id);
    }
    const partitions = await connection.runAndReadAll(
      'SELECT table_id, document FROM meta.partitions',
    );
    for (const [id, document] of partitions.getRows()) {
      const partition: StoredPartition = JSON.parse(String(document));
      this.partitionMap(Number(id)).set(key(partition.values), partition);
    }
  }

  private partitionMap(id: number): Map<string, StoredPartition> {
    const known = this.partitionsOf.get(id);
    if (known) return known;
    const fresh = new Map<string, StoredPartition>();
    this.partitionsOf.set(id, fresh);
    return fresh;
  }

  /** A number for a new table: never one that a kept table has. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  find(name: string): StoredTable | undefined {
    return this.tables.get(name.toLowerCase());
  }

  /** All tables and views by name. */
  list(): readonly StoredTable[] {
    return [...this.tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The partitions of a table by name. */
  partitions(table: StoredTable): readonly StoredPartition[] {
    const all = [...(this.partitionsOf.get(table.id)?.values() ?? [])];
    const named = all.map((partition) => ({
      partition,
      name: partitionName(table, partition.values),
    }));
    return named.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ partition }) => partition);
  }

  partition(table: StoredTable, values: readonly string[]): StoredPartition | undefined {
    return this.partitionsOf.get(table.id)?.get(key(values));
  }

  /** Writes a change in the caller's transaction. Call `apply` with it after the commit. */
  async save(connection: DuckDBConnection, change: CatalogChange): Promise<void> {
    for (const table of change.remove ?? []) {
      await connection.run(`DELETE FROM meta.tables WHERE id = ${table.id}`);
      await connection.run(`DELETE FROM meta.partitions WHERE table_id = ${table.id}`);
    }
    for (const table of change.put ?? []) {
      await connection.run('INSERT OR REPLACE INTO meta.tables VALUES ($1, $2)', [
        BigInt(table.id),
        JSON.stringify(table),
      ]);
    }
    for (const values of change.removePartitions?.partitions ?? []) {
      await this.deletePartition(connection, change.removePartitions?.table, values);
    }
    for (const partition of change.putPartitions?.partitions ?? []) {
      await this.deletePartition(connection, change.putPartitions?.table, partition.values);
      await connection.run('INSERT INTO meta.partitions VALUES ($1, $2, $3)', [
        BigInt(change.putPartitions?.table.id ?? 0),
        key(partition.values),
        JSON.stringify(partition),
      ]);
    }
    for (const more of change.also ?? []) await this.save(connection, more);
  }

  private async deletePartition(
    connection: DuckDBConnection,
    table: StoredTable | undefined,
    values: readonly string[],
  ): Promise<void> {
    await connection.run('DELETE FROM meta.partitions WHERE table_id = $1 AND "values" = $2', [
      BigInt(table?.id ?? 0),
      key(values),
    ]);
  }

  /** Makes a committed change visible. */
  apply(change: CatalogChange): void {
    for (const table of change.remove ?? []) {
      this.tables.delete(table.name);
      this.partitionsOf.delete(table.id);
    }
    for (const table of change.put ?? []) {
      for (const [name, known] of this.tables) if (known.id === table.id) this.tables.delete(name);
      this.tables.set(table.name, table);
    }
    const { removePartitions, putPartitions, also = [] } = change;
    for (const values of removePartitions?.partitions ?? []) {
      this.partitionMap(removePartitions?.table.id ?? 0).delete(key(values));
    }
    for (const partition of putPartitions?.partitions ?? []) {
      this.partitionMap(putPartitions?.table.id ?? 0).set(key(partition.values), partition);
    }
    for (const more of also) this.apply(more);
  }
}
