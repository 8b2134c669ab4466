import { WireError } from './wire-error';

/** Types without parameters. */
const PLAIN = [
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'float',
  'double',
  'string',
  'binary',
  'boolean',
  'date',
  'datetime',
  'timestamp',
  'timestamp_ntz',
  'json',
] as const;

type PlainKind = (typeof PLAIN)[number];

/** A column's type, parsed. Without parameters DECIMAL is DECIMAL(38,18). */
export type ColumnType =
  | { readonly kind: PlainKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'char' | 'varchar'; readonly length: number }
  | { readonly kind: 'array'; readonly element: ColumnType };

const plainKinds: ReadonlySet<string> = new Set(PLAIN);

function isPlain(kind: string): kind is PlainKind {
  return plainKinds.has(kind);
}

/** Parses the text of a type (any case). Throws WireError `type` for MAP, STRUCT, intervals and unknown ones. */
export function parseColumnType(text: string): ColumnType {
  const type = text.trim().toLowerCase();
  if (isPlain(type)) return { kind: type };
  const decimal = /^decimal(?:\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$/.exec(type);
  if (decimal) {
    const [, precision = '38', scale] = decimal;
    const defaultScale = decimal[1] === undefined ? 18 : 0;
    return {
      kind: 'decimal',
      precision: Number(precision),
      scale: scale === undefined ? defaultScale : Number(scale),
    };
  }
  const sized = /^(char|varchar)\s*\(\s*(\d+)\s*\)$/.exec(type);
  if (sized) return { kind: sized[1] as 'char' | 'varchar', length: Number(sized[2]) };
  const array = /^array\s*<(.+)>$/s.exec(type);
  if (array) return { kind: 'array', element: parseColumnType(array[1]) };
  throw new WireError('type', `Column type ${text} is not supported by the record stream`);
}

/** The type's text in lower case, as table metadata has it. */
export function formatColumnType(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'char':
    case 'varchar':
      return `${type.kind}(${type.length})`;
    case 'array':
      return `array<${formatColumnType(type.element)}>`;
    default:
      return type.kind;
  }
}
