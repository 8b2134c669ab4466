import { unsupported } from './errors';
import { partitionSpec, tableName } from './parse-parts';
import type { Insert } from './statement';
import { isWord, type TokenReader } from './token-reader';
import type { Token } from './tokens';

/** Reads one INSERT; the CTEs before it become those of its query. */
export function parseInsert(reader: TokenReader, ctes: readonly Token[]): Insert {
  reader.expect('INSERT');
  const overwrite = reader.take('OVERWRITE');
  if (!overwrite) reader.expect('INTO');
  const explicit = reader.take('TABLE');
  if (overwrite && reader.is('DIRECTORY')) throw unsupported(reader.current, 'INSERT … DIRECTORY');
  const table = tableName(reader);
  const partition = reader.take('PARTITION') ? partitionSpec(reader) : undefined;
  const hasColumns = reader.isOp('(') && !isQueryStart(reader.peek());
  const columns = hasColumns ? reader.list(() => reader.identifier()) : undefined;
  if (!isQueryStart(reader.current)) throw reader.wrong('SELECT or VALUES');
  if (overwrite && !explicit && columns) throw unsupported(table.at, 'a column list on OVERWRITE');
  return {
    kind: 'insert',
    table,
    overwrite,
    partition,
    columns,
    query: [...ctes, ...reader.rest()],
  };
}

/** Whether a query begins here. */
export function isQueryStart(token: Token): boolean {
  return token.text === '(' || ['SELECT', 'VALUES', 'WITH'].some((word) => isWord(token, word));
}
