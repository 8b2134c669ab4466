import type { ColumnDefinition, PartitionSpec, TableName } from './statement';
import type { TokenReader } from './token-reader';

/** `table`, `project.table` or `project.schema.table` (the only schema is `default`). */
export function tableName(reader: TokenReader): TableName {
  const at = reader.current;
  const parts = [reader.identifier()];
  while (parts.length < 3 && reader.takeOp('.')) parts.push(reader.identifier());
  const name = parts[parts.length - 1];
  return { project: parts.length > 1 ? parts[0] : undefined, name, at };
}

/** `(a='x', b=1, c)`: values keep their text, a column alone is dynamic. */
export function partitionSpec(reader: TokenReader): PartitionSpec {
  return reader.list(() => {
    const at = reader.current;
    const column = reader.identifier();
    if (!reader.takeOp('=')) return { column, at };
    const token = reader.next();
    if (token.kind !== 'string' && token.kind !== 'number') {
      throw reader.wrong('a constant partition value');
    }
    return { column, value: token.value, at };
  });
}

/** `name TYPE [NOT NULL] [COMMENT 'x']`. */
export function columnDefinition(reader: TokenReader): ColumnDefinition {
  const name = reader.identifier();
  const type = reader.type();
  const required = reader.take('NOT', 'NULL');
  if (!required) reader.take('NULL');
  const comment = reader.take('COMMENT') ? reader.string() : undefined;
  return { name, type, comment, nullable: !required };
}

/** `('key'='value', …)`. */
export function properties(reader: TokenReader): Readonly<Record<string, string>> {
  const pairs = reader.list(() => {
    const key = reader.string();
    reader.expectOp('=');
    return [key, reader.string()] as const;
  });
  return Object.fromEntries(pairs);
}
