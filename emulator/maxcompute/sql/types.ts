/** A MaxCompute data type (edition 2.0). `void` is the type of a bare NULL. */
export type OdpsType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'varchar' | 'char'; readonly length: number }
  | { readonly kind: 'array'; readonly element: OdpsType }
  | { readonly kind: 'map'; readonly key: OdpsType; readonly value: OdpsType }
  | {
      readonly kind: 'struct';
      readonly fields: readonly { readonly name: string; readonly type: OdpsType }[];
    };

type ScalarKind =
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'boolean'
  | 'string'
  | 'binary'
  | 'date'
  | 'datetime'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'void';

/** The kind alone, without parameters. */
export type Kind = OdpsType['kind'];

const scalar = <K extends ScalarKind>(kind: K): { readonly kind: K } => Object.freeze({ kind });

/** 8-bit integer. */
export const TINYINT: OdpsType = scalar('tinyint');
/** 16-bit integer. */
export const SMALLINT: OdpsType = scalar('smallint');
/** 32-bit integer, the type of integer constants. */
export const INT: OdpsType = scalar('int');
/** 64-bit integer. */
export const BIGINT: OdpsType = scalar('bigint');
/** 32-bit floating point. */
export const FLOAT: OdpsType = scalar('float');
/** 64-bit floating point. */
export const DOUBLE: OdpsType = scalar('double');
/** true or false. */
export const BOOLEAN: OdpsType = scalar('boolean');
/** Text of at most 8 MiB. */
export const STRING: OdpsType = scalar('string');
/** Bytes. */
export const BINARY: OdpsType = scalar('binary');
/** A day. */
export const DATE: OdpsType = scalar('date');
/** An instant, to the millisecond. */
export const DATETIME: OdpsType = scalar('datetime');
/** An instant, to the nanosecond. */
export const TIMESTAMP: OdpsType = scalar('timestamp');
/** A wall clock without zone, to the nanosecond. */
export const TIMESTAMP_NTZ: OdpsType = scalar('timestamp_ntz');
/** The type of a bare NULL. */
export const VOID: OdpsType = scalar('void');

/** The types that a bare word names, by upper-case name. */
export const NAMED_TYPES: Readonly<Record<string, OdpsType>> = {
  TINYINT,
  SMALLINT,
  INT,
  BIGINT,
  FLOAT,
  DOUBLE,
  BOOLEAN,
  STRING,
  BINARY,
  DATE,
  DATETIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
};

/** DECIMAL(precision, scale); MaxCompute allows 38 digits. */
export function decimal(precision: number, scale: number): OdpsType {
  return { kind: 'decimal', precision, scale };
}

/** ARRAY<element>. */
export function arrayOf(element: OdpsType): OdpsType {
  return { kind: 'array', element };
}

/** MAP<key,value>. */
export function mapOf(key: OdpsType, value: OdpsType): OdpsType {
  return { kind: 'map', key, value };
}

/** The type as MaxCompute writes it, in upper case: `DECIMAL(18,8)`, `ARRAY<BIGINT>`. */
export function typeName(type: OdpsType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'varchar':
    case 'char':
      return `${type.kind.toUpperCase()}(${type.length})`;
    case 'array':
      return `ARRAY<${typeName(type.element)}>`;
    case 'map':
      return `MAP<${typeName(type.key)},${typeName(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => `${f.name}:${typeName(f.type)}`).join(',')}>`;
    default:
      return type.kind.toUpperCase();
  }
}

const DUCK: Readonly<Record<ScalarKind, string>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
  binary: 'BLOB',
  date: 'DATE',
  // An instant (UTC); MaxCompute keeps milliseconds and shows it in the session's time zone.
  datetime: 'TIMESTAMP',
  timestamp: 'TIMESTAMP_NS',
  timestamp_ntz: 'TIMESTAMP_NS',
  void: 'INTEGER',
};

/** The DuckDB type that holds the values of a MaxCompute type. */
export function duckType(type: OdpsType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'varchar':
    case 'char':
      return 'VARCHAR';
    case 'array':
      return `${duckType(type.element)}[]`;
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((f) => `${quote(f.name)} ${duckType(f.type)}`).join(', ')})`;
    default:
      return DUCK[type.kind];
  }
}

/** A DuckDB identifier. */
export function quote(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** A DuckDB string literal. */
export function literal(text: string): string {
  if (text.includes('\0')) return `(${text.split('\0').map(literal).join(' || chr(0) || ')})`;
  return `'${text.replace(/'/g, "''")}'`;
}

/** Whether two types are the same, parameters included. */
export function sameType(a: OdpsType, b: OdpsType): boolean {
  return typeName(a) === typeName(b);
}

const INTEGERS: readonly Kind[] = ['tinyint', 'smallint', 'int', 'bigint'];
const TEXTS: readonly Kind[] = ['string', 'varchar', 'char'];

/** TINYINT to BIGINT. */
export const isInteger = (type: OdpsType): boolean => INTEGERS.includes(type.kind);
/** STRING, VARCHAR, CHAR. */
export const isText = (type: OdpsType): boolean => TEXTS.includes(type.kind);
/** DOUBLE, FLOAT. */
export const isFloating = (type: OdpsType): boolean =>
  type.kind === 'double' || type.kind === 'float';
/** Any number. */
export const isNumeric = (type: OdpsType): boolean =>
  isInteger(type) || isFloating(type) || type.kind === 'decimal';

/** The wider of two integer types. */
export function widerInteger(a: OdpsType, b: OdpsType): OdpsType {
  return INTEGERS.indexOf(a.kind) >= INTEGERS.indexOf(b.kind) ? a : b;
}

/** A column of NULLs is BIGINT once it leaves a query. */
export function concreteType(type: OdpsType): OdpsType {
  return type.kind === 'void' ? BIGINT : type;
}

/** How many decimal digits an integer type can have (19 for BIGINT). */
export function integerDigits(type: OdpsType): number {
  return [3, 5, 10, 19][INTEGERS.indexOf(type.kind)] ?? 19;
}
