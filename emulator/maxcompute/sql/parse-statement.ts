import { parseError, unsupported } from './errors';
import { parseAlter } from './parse-alter';
import { parseCreateTable, parseCreateView } from './parse-create';
import { isQueryStart, parseInsert } from './parse-insert';
import { parseMultiInsert } from './parse-multi-insert';
import { partitionSpec, tableName } from './parse-parts';
import type { Statement } from './statement';
import { isWord, TokenReader } from './token-reader';
import { type Token, tokenize } from './tokens';

/** Cuts a script into statements by `;` (empty ones dropped), each with an end token. */
export function splitScript(sql: string): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokenize(sql)) {
    const last = statements[statements.length - 1];
    const separator = token.kind === 'op' && token.text === ';';
    if (!separator && token.kind !== 'end') last.push(token);
    else if (last.length > 0) {
      last.push({ ...token, kind: 'end', text: '', value: '' });
      statements.push([]);
    }
  }
  return statements.filter((tokens) => tokens.length > 0);
}

/** What a statement asks for. Throws ODPS-0130161 when it isn't MaxCompute SQL. */
export function parseStatement(tokens: readonly Token[]): Statement {
  const reader = new TokenReader(tokens);
  const first = reader.current.text.toUpperCase();
  switch (first) {
    case 'SET':
      return parseSet(reader);
    case 'SELECT':
    case '(':
    case 'VALUES':
      return { kind: 'query', query: tokens };
    case 'WITH':
      return parseWith(reader);
    case 'INSERT':
      return parseInsert(reader, []);
    case 'FROM':
      return parseMultiInsert({ tokens, ctes: [] });
    case '@':
      return parseAssignment(reader);
    case 'CREATE':
      return parseCreate(reader);
    case 'DROP':
      return parseDrop(reader);
    case 'TRUNCATE':
      return parseTruncate(reader);
    case 'ALTER':
      return parseAlter(reader);
    case 'SHOW':
      return parseShow(reader);
    case 'DESC':
    case 'DESCRIBE':
      return parseDescribe(reader);
    case 'EXPLAIN':
      return { kind: 'explain' };
    default:
      throw refused(tokens[0]);
  }
}

const KNOWN_ELSEWHERE = ['UPDATE', 'DELETE', 'MERGE', 'LOAD', 'UNLOAD', 'ANALYZE', 'MSCK'];
const MORE_ELSEWHERE = ['GRANT', 'REVOKE', 'LIST', 'ADD', 'CLONE', 'UNDO', 'RESTORE', 'PURGE'];

function refused(first: Token): Error {
  const word = first.text.toUpperCase();
  if (KNOWN_ELSEWHERE.includes(word) || MORE_ELSEWHERE.includes(word)) {
    return unsupported(first, `the statement ${word}`);
  }
  return parseError(first, `invalid token '${first.text}'`);
}

/** `SET key=value`: the value is everything up to the end, as written. */
function parseSet(reader: TokenReader): Statement {
  reader.expect('SET');
  let key = '';
  while (!reader.atEnd() && !reader.isOp('=')) key += reader.next().text;
  reader.expectOp('=');
  let value = '';
  while (!reader.atEnd()) value += reader.next().value;
  if (!key) throw reader.wrong('a key');
  return { kind: 'set', key, value };
}

/** Script mode's `@name := SELECT …`. */
function parseAssignment(reader: TokenReader): Statement {
  reader.expectOp('@');
  const variable = reader.identifier();
  if (!reader.takeOp(':=')) throw unsupported(reader.current, 'a script variable of a scalar type');
  reader.take('CACHE', 'ON');
  if (!isQueryStart(reader.current)) throw unsupported(reader.current, 'this script variable');
  return { kind: 'assign', variable, query: reader.rest() };
}

/** `WITH … SELECT` or `WITH … INSERT … SELECT`: the CTEs go before the insert's own query. */
function parseWith(reader: TokenReader): Statement {
  const tokens = reader.tokens;
  let depth = 0;
  for (let index = 0; index < tokens.length; index += 1) {
    if (tokens[index].text === '(') depth += 1;
    if (tokens[index].text === ')') depth -= 1;
    if (depth === 0 && isWord(tokens[index], 'FROM') && isMulti(tokens, index)) {
      return parseMultiInsert({ tokens: tokens.slice(index), ctes: tokens.slice(0, index) });
    }
    if (depth === 0 && isWord(tokens[index], 'INSERT')) {
      return parseInsert(new TokenReader(tokens.slice(index)), tokens.slice(0, index));
    }
  }
  return { kind: 'query', query: tokens };
}

/** Whether this FROM comes before any SELECT of its own level. */
function isMulti(tokens: readonly Token[], from: number): boolean {
  let depth = 0;
  for (const token of tokens.slice(0, from)) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && (isWord(token, 'SELECT') || isWord(token, 'INSERT'))) return false;
  }
  return true;
}

function parseCreate(reader: TokenReader): Statement {
  reader.expect('CREATE');
  const orReplace = reader.take('OR', 'REPLACE');
  if (reader.take('VIEW')) return parseCreateView(reader, orReplace);
  if (reader.take('TABLE')) {
    if (orReplace) throw unsupported(reader.current, 'CREATE OR REPLACE TABLE');
    return parseCreateTable(reader);
  }
  throw unsupported(reader.current, `CREATE ${reader.current.text.toUpperCase()}`);
}

function parseDrop(reader: TokenReader): Statement {
  reader.expect('DROP');
  const isView = reader.take('VIEW');
  if (!isView && !reader.take('TABLE')) {
    throw unsupported(reader.current, `DROP ${reader.current.text.toUpperCase()}`);
  }
  const ifExists = reader.take('IF', 'EXISTS');
  const table = tableName(reader);
  reader.take('PURGE');
  reader.expectEnd();
  return { kind: 'drop', object: isView ? 'view' : 'table', table, ifExists };
}

function parseTruncate(reader: TokenReader): Statement {
  reader.expect('TRUNCATE', 'TABLE');
  const table = tableName(reader);
  const partitions = [];
  while (reader.take('PARTITION')) {
    partitions.push(partitionSpec(reader));
    reader.takeOp(',');
  }
  reader.expectEnd();
  return { kind: 'truncate', table, partitions };
}

function parseShow(reader: TokenReader): Statement {
  reader.expect('SHOW');
  if (reader.take('TABLES')) {
    const like = reader.take('LIKE') ? reader.string() : undefined;
    reader.expectEnd();
    return { kind: 'showTables', like };
  }
  if (reader.take('CREATE', 'TABLE')) {
    const table = tableName(reader);
    reader.expectEnd();
    return { kind: 'showCreate', table };
  }
  if (!reader.take('PARTITIONS')) {
    throw unsupported(reader.current, `SHOW ${reader.current.text.toUpperCase()}`);
  }
  const table = tableName(reader);
  const spec = reader.take('PARTITION') ? partitionSpec(reader) : undefined;
  reader.expectEnd();
  return { kind: 'showPartitions', table, spec };
}

function parseDescribe(reader: TokenReader): Statement {
  reader.next();
  const extended = reader.take('EXTENDED');
  const table = tableName(reader);
  const partition = reader.take('PARTITION') ? partitionSpec(reader) : undefined;
  reader.expectEnd();
  return { kind: 'describe', table, extended, partition };
}
