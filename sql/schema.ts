/** The MaxCompute types that our tables use (data type edition 2.0). */
export type ColumnType = 'BIGINT' | 'DOUBLE' | 'STRING' | 'DATE' | 'DATETIME' | 'BOOLEAN';

/** A column: its unit and meaning are its comment. */
export interface Column<Name extends string = string, Type extends ColumnType = ColumnType> {
  readonly name: Name;
  readonly type: Type;
  readonly comment: string;
}

/** How a table's rows are partitioned: by the run that made them, by the event's day, or not at all. */
export type Partitioning = 'none' | 'run' | 'day';

/** A table as this project creates it. */
export interface TableDefinition {
  readonly comment: string;
  readonly partitionedBy: Partitioning;
  /** The column that identifies an event; such a table gets a view with one row for each key. */
  readonly eventKey?: string;
  readonly columns: readonly Column[];
}

/** One column; a function so that names and types stay literal types. */
export function column<const Name extends string, const Type extends ColumnType>(
  name: Name,
  type: Type,
  comment: string,
): Column<Name, Type> {
  return { name, type, comment };
}

/** Checks a definition and keeps its literal types. */
export function table<const Definition extends TableDefinition>(
  definition: Definition,
): Definition {
  return definition;
}

/** The JavaScript value that stands for a column's type in a row (DATE is `YYYY-MM-DD`). */
export interface ValueOf {
  readonly BIGINT: number | bigint;
  readonly DOUBLE: number;
  readonly STRING: string;
  readonly DATE: string;
  readonly DATETIME: Date;
  readonly BOOLEAN: boolean;
}

/** A row of a table as an object: every column is named, NULL is null. */
export type RecordOf<Definition extends TableDefinition> = {
  readonly [C in Definition['columns'][number] as C['name']]: ValueOf[C['type']] | null;
};

const partitionColumns = {
  none: [],
  run: [column('run_id', 'STRING', 'The run that made the rows, YYYYMMDD_HHMMSS in UTC')],
  day: [column('pt', 'STRING', "The day of the event's own time in UTC, YYYYMMDD")],
} as const satisfies Record<Partitioning, readonly Column[]>;

/** The partition columns of a table (at most one here). */
export function partitionKeys(definition: TableDefinition): readonly Column[] {
  return partitionColumns[definition.partitionedBy];
}

/** A record's values in the order of the table's columns: the row that Tunnel takes. */
export function rowOf<Definition extends TableDefinition>(
  definition: Definition,
  record: RecordOf<Definition>,
): readonly (ValueOf[ColumnType] | null)[] {
  const values: Readonly<Record<string, ValueOf[ColumnType] | null>> = record;
  return definition.columns.map(({ name }) => values[name] ?? null);
}
