import type { Position } from './errors';
import type { Token } from './tokens';
import type { OdpsType } from './types';

/** A column of a relation, named in lower case. */
export interface RelationColumn {
  readonly name: string;
  readonly type: OdpsType;
}

/** A table or view as queries see it; `columns` ends with the partition columns. */
export type CatalogRelation =
  | {
      readonly kind: 'table';
      /** DuckDB's name, quoted and qualified. */
      readonly storage: string;
      readonly columns: readonly RelationColumn[];
      readonly partitionKeys: readonly string[];
    }
  | {
      readonly kind: 'view';
      readonly columns: readonly RelationColumn[];
      readonly query: readonly Token[];
    };

/** What binding a query needs to know of the world; taken once per statement. */
export interface Session {
  readonly project: string;
  /** IANA name: how DATETIME and TIMESTAMP are shown and cut into days. */
  readonly timeZone: string;
  /** Moment of the statement, epoch milliseconds: GETDATE() is constant within it. */
  readonly now: number;
  /** `odps.sql.…` settings, keys in lower case. */
  readonly settings: Readonly<Record<string, string>>;
  readonly lookup: (table: {
    readonly project?: string;
    readonly name: string;
    readonly at?: Position;
  }) => CatalogRelation;
  /** The greatest partition that has rows, by MAX_PT. */
  readonly maxPartition: (table: {
    readonly project?: string;
    readonly name: string;
    readonly at?: Position;
  }) => string | null;
}

/** A boolean setting, with its default. */
export function flag(session: Session, key: string, byDefault: boolean): boolean {
  const value = session.settings[key];
  return value === undefined ? byDefault : value.trim().toLowerCase() === 'true';
}
