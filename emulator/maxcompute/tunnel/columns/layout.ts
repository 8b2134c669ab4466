import { duckType, type OdpsType, quote } from '../../sql/types';

/** How a column's values lie in memory: little-endian and as wide as Arrow has them. */
export type Layout =
  | { readonly kind: 'fixed'; readonly width: 1 | 2 | 4 | 8 | 16 }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'list'; readonly element: Layout }
  | { readonly kind: 'struct'; readonly fields: readonly Layout[] };

const WIDTH: Readonly<Partial<Record<OdpsType['kind'], 1 | 2 | 4 | 8 | 16>>> = {
  boolean: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  date: 4,
  float: 4,
  void: 4,
  bigint: 8,
  double: 8,
  datetime: 8,
  timestamp: 8,
  timestamp_ntz: 8,
  decimal: 16,
};

/** The layout of a type: a map is a list of structs of key and value, as in DuckDB and Arrow. */
export function layoutOf(type: OdpsType): Layout {
  switch (type.kind) {
    case 'array':
      return { kind: 'list', element: layoutOf(type.element) };
    case 'map':
      return {
        kind: 'list',
        element: { kind: 'struct', fields: [layoutOf(type.key), layoutOf(type.value)] },
      };
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field) => layoutOf(field.type)) };
    default: {
      const width = WIDTH[type.kind];
      return width ? { kind: 'fixed', width } : { kind: 'bytes' };
    }
  }
}

/**
 * The DuckDB type whose vectors have that layout: DATETIME in milliseconds, DECIMAL always in 128
 * bits. DuckDB casts between it and the type of the table's own column without loss.
 */
export function wireDuckType(type: OdpsType): string {
  switch (type.kind) {
    case 'datetime':
      return 'TIMESTAMP_MS';
    case 'decimal':
      return `DECIMAL(38,${type.scale})`;
    case 'array':
      return `${wireDuckType(type.element)}[]`;
    case 'map':
      return `MAP(${wireDuckType(type.key)}, ${wireDuckType(type.value)})`;
    case 'struct': {
      const fields = type.fields.map((field) => `${quote(field.name)} ${wireDuckType(field.type)}`);
      return `STRUCT(${fields.join(', ')})`;
    }
    default:
      return duckType(type);
  }
}

/** An expression of a column's own type, as one of the layout's type. */
export function wireSql(expression: string, type: OdpsType): string {
  const wanted = wireDuckType(type);
  return wanted === duckType(type) ? expression : `CAST(${expression} AS ${wanted})`;
}
