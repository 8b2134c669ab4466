import type { DuckDBConnection } from '@duckdb/node-api';
import { DONE, type StatementResult } from '../execute/context';
import { executeStatement } from '../execute/execute';
import { parseError, unsupported } from '../sql/errors';
import { parseStatement, splitScript } from '../sql/parse-statement';
import type { Statement } from '../sql/statement';
import type { Warehouse } from '../store/warehouse';
import type { InstanceResult } from './instance';
import { ScriptVariables } from './script-variables';

/** What a script answered: the result of its last SELECT, DESC or SHOW. */
export interface ScriptResult {
  readonly result: StatementResult;
  readonly timeZone: string;
}

/**
 * Runs the statements of a script one after another, each in its own transaction; SET holds for
 * those after it. Every statement is parsed before the first runs.
 */
export async function runScript({
  query,
  settings,
  warehouse,
  connection,
  resultTable,
}: {
  readonly query: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly warehouse: Warehouse;
  readonly connection: DuckDBConnection;
  readonly resultTable: string;
}): Promise<ScriptResult> {
  const scripts = splitScript(query);
  if (scripts.length === 0) throw parseError({ line: 1, column: 1 }, 'the query is empty');
  const statements: readonly Statement[] = scripts.map(parseStatement);
  const known = new Map(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), value]));
  const now = Date.now();
  const session = (): ReturnType<Warehouse['session']> =>
    warehouse.session({ settings: Object.fromEntries(known), now });
  const variables = new ScriptVariables(connection);
  let result: StatementResult = DONE;
  for (const statement of statements) {
    if (statement.kind === 'set') {
      known.set(statement.key.toLowerCase(), statement.value);
      continue;
    }
    refuseOtherEditions(known);
    if (statement.kind === 'assign') {
      await variables.assign(statement.variable, statement.query, session());
      continue;
    }
    const inScript = variables.within(session());
    const context = { warehouse, connection, session: inScript, resultTable };
    const answer = await executeStatement(statement, context);
    if (answer.kind !== 'done') result = answer;
  }
  return { result, timeZone: session().timeZone };
}

/** Settings under which SQL would mean something else than it means here. */
const OTHER_EDITIONS = {
  'odps.sql.type.system.odps2': 'false',
  'odps.sql.decimal.odps2': 'false',
  'odps.sql.hive.compatible': 'true',
  'odps.sql.bigquery.compatible': 'true',
} as const;

function refuseOtherEditions(settings: ReadonlyMap<string, string>): void {
  for (const [key, value] of Object.entries(OTHER_EDITIONS)) {
    if (settings.get(key)?.trim().toLowerCase() === value) {
      throw unsupported(undefined, `${key}=${value}`);
    }
  }
}

/** The result as an instance keeps it, with the number of rows. */
export async function keptResult({
  script,
  connection,
  resultTable,
}: {
  readonly script: ScriptResult;
  readonly connection: DuckDBConnection;
  readonly resultTable: string;
}): Promise<InstanceResult> {
  const { result, timeZone } = script;
  if (result.kind !== 'rows') {
    return { kind: 'text', text: result.kind === 'text' ? result.text : '' };
  }
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${resultTable}`);
  const columns = result.columns.map(({ name, type }) => ({ name, type }));
  return { kind: 'rows', columns, records: Number(counted.getRows()[0][0]), timeZone };
}
