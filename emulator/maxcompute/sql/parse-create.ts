import { unsupported } from './errors';
import { columnDefinition, properties, tableName } from './parse-parts';
import type { ColumnDefinition, CreateTable, CreateView } from './statement';
import type { TokenReader } from './token-reader';

interface Options {
  comment?: string;
  lifecycle?: number;
  partitionKeys: readonly ColumnDefinition[];
  properties: Readonly<Record<string, string>>;
}

/** What follows `CREATE TABLE`. */
export function parseCreateTable(reader: TokenReader): CreateTable {
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  const table = tableName(reader);
  const like = reader.take('LIKE') ? tableName(reader) : undefined;
  const columns = !like && reader.isOp('(') ? reader.list(() => columnDefinition(reader)) : [];
  const options = tableOptions(reader);
  const query = reader.take('AS') ? reader.rest() : undefined;
  if (!query) reader.expectEnd();
  if (!query && !like && columns.length === 0) throw reader.wrong("'('");
  if (query && columns.length > 0) throw reader.wrong('no columns before AS');
  if (query && options.partitionKeys.length > 0) {
    throw unsupported(table.at, 'PARTITIONED BY in CREATE TABLE AS');
  }
  return { kind: 'createTable', table, ifNotExists, columns, like, query, ...options };
}

/** The clauses after the columns, in any order as MaxCompute takes them. */
function tableOptions(reader: TokenReader): Options {
  const options: Options = { partitionKeys: [], properties: {} };
  for (;;) {
    if (reader.take('COMMENT')) options.comment = reader.string();
    else if (reader.take('PARTITIONED', 'BY')) {
      options.partitionKeys = reader.list(() => columnDefinition(reader));
    } else if (reader.take('TBLPROPERTIES')) options.properties = properties(reader);
    else if (reader.take('LIFECYCLE')) options.lifecycle = reader.integer();
    else break;
  }
  for (const word of ['CLUSTERED', 'RANGE', 'STORED', 'ROW', 'AUTO', 'WITH']) {
    if (reader.is(word)) throw unsupported(reader.current, `${word} in CREATE TABLE`);
  }
  return options;
}

/** What follows `CREATE [OR REPLACE] VIEW`. */
export function parseCreateView(reader: TokenReader, orReplace: boolean): CreateView {
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  const table = tableName(reader);
  const columns = reader.isOp('(')
    ? reader.list(() => ({
        name: reader.identifier(),
        comment: reader.take('COMMENT') ? reader.string() : undefined,
      }))
    : [];
  const comment = reader.take('COMMENT') ? reader.string() : undefined;
  reader.expect('AS');
  const query = reader.rest();
  return { kind: 'createView', table, orReplace, ifNotExists, columns, comment, query };
}
