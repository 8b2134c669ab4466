import type { DuckDBConnection } from '@duckdb/node-api';
import type { Position } from '../sql/errors';
import { OdpsError, semanticError, tableNotFound } from '../sql/errors';
import { splitScript } from '../sql/parse-statement';
import type { CatalogRelation, Session } from '../sql/session';
import { Catalog, type CatalogChange } from './catalog';
import { Database } from './database';
import { type StoredTable, storageName } from './table';

/** A table as SQL names it. */
export interface TableReference {
  readonly project?: string;
  readonly name: string;
  readonly at?: Position;
}

/** The account that owns everything here. */
const OWNER = 'ALIYUN$pai-loop@local';

/** One project's tables: the catalogue and the rows, always changed together. */
export class Warehouse {
  private constructor(
    readonly project: string,
    /** Who owns what is created, as MaxCompute names accounts. */
    readonly owner: string,
    readonly database: Database,
    readonly catalog: Catalog,
  ) {}

  static async open({
    folder,
    project,
  }: {
    readonly folder: string;
    readonly project: string;
  }): Promise<Warehouse> {
    const database = await Database.open({ folder });
    return new Warehouse(project, OWNER, database, await Catalog.load(database));
  }

  /**
   * One transaction over rows and catalogue. The work gives the change of the catalogue; it is
   * made visible after the commit, so that nobody sees a half of it.
   */
  async change<T>(
    work: (connection: DuckDBConnection) => Promise<{
      readonly change: CatalogChange;
      readonly result: T;
      /** What else becomes visible with the commit, before the next writer begins. */
      readonly made?: () => void;
    }>,
    own?: DuckDBConnection,
  ): Promise<T> {
    const done = await this.database.write({
      own,
      work: async (connection) => {
        const planned = await work(connection);
        await this.catalog.save(connection, planned.change);
        return planned;
      },
      committed: ({ change, made }) => {
        this.catalog.apply(change);
        made?.();
      },
    });
    return done.result;
  }

  /** A table or view. Throws ODPS-0130131, or ODPS-0420111 for another project. */
  find({ project, name, at }: TableReference): StoredTable {
    if (project !== undefined && project !== this.project.toLowerCase()) {
      throw new OdpsError({
        code: 'ODPS-0420111',
        text: `Project not found - '${project}'`,
      });
    }
    const table = this.catalog.find(name);
    if (!table) throw tableNotFound(at, `${this.project}.${name}`);
    return table;
  }

  /** What a statement's translation needs to know of these tables. */
  session({
    settings,
    now,
  }: {
    readonly settings: Readonly<Record<string, string>>;
    readonly now: number;
  }): Session {
    return {
      project: this.project,
      timeZone: timeZone(settings['odps.sql.timezone']),
      now,
      settings,
      lookup: (reference) => relation(this.find(reference)),
      maxPartition: (reference) => this.maxPartition(this.find(reference), reference.at),
    };
  }

  private maxPartition(table: StoredTable, at?: Position): string | null {
    if (table.partitionKeys.length === 0) {
      throw semanticError(at, `table ${table.name} is not a partitioned table`);
    }
    const values = this.catalog
      .partitions(table)
      .filter((partition) => partition.records > 0)
      .map((partition) => partition.values[0]);
    return [...values].sort().at(-1) ?? null;
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

/** MaxCompute shows times in UTC+8 unless the project or the session says otherwise. */
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

function timeZone(setting: string | undefined): string {
  const zone = setting?.trim() || DEFAULT_TIME_ZONE;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw semanticError(undefined, `invalid time zone ${zone} in odps.sql.timezone`);
  }
}

function relation(table: StoredTable): CatalogRelation {
  if (table.kind === 'view') {
    const [query] = splitScript(table.viewText ?? '');
    return { kind: 'view', columns: table.columns, query };
  }
  return {
    kind: 'table',
    storage: storageName(table),
    columns: [...table.columns, ...table.partitionKeys],
    partitionKeys: table.partitionKeys.map((column) => column.name),
  };
}
