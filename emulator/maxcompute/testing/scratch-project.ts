import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseCsv } from '../../../alibaba/maxcompute/wire/csv';
import { asOdpsError } from '../execute/duck-error';
import type { Instance } from '../instances/instance';
import { resultCsv } from '../instances/result-csv';
import { keptResult, runScript } from '../instances/run-script';
import { loadParser } from '../sql/parse-query';
import { typeName } from '../sql/types';
import { Warehouse } from '../store/warehouse';

type Settings = Readonly<Record<string, string>>;

/** A project in a temporary folder, to run SQL in without a server; for tests. */
export interface ScratchProject {
  readonly warehouse: Warehouse;
  /** The rows of a script's last SELECT as texts, NULL as null. */
  rows(query: string, settings?: Settings): Promise<readonly (readonly (string | null)[])[]>;
  /** The names and types of its columns: `a BIGINT`. */
  columns(query: string, settings?: Settings): Promise<readonly string[]>;
  /** The text of DESC and SHOW, '' of DDL. */
  text(query: string, settings?: Settings): Promise<string>;
  /** The message with which a script fails. Throws when it doesn't. */
  error(query: string, settings?: Settings): Promise<string>;
  close(): Promise<void>;
}

/** Opens an empty project named `p`; times are in UTC unless a script says otherwise. */
export async function openScratchProject(): Promise<ScratchProject> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maxcompute-'));
  await loadParser();
  const warehouse = await Warehouse.open({ folder, project: 'p' });
  const connection = await warehouse.database.connect();
  const resultTable = 'results."iscratch"';
  const run = async (query: string, settings: Settings = {}) => {
    const all = { 'odps.sql.timezone': 'UTC', ...settings };
    const script = await runScript({ query, settings: all, warehouse, connection, resultTable });
    return keptResult({ script, connection, resultTable });
  };
  const selected = async (query: string, settings?: Settings) => {
    const result = await run(query, settings);
    if (result.kind !== 'rows') throw new Error(`Not a SELECT: ${query}`);
    return result;
  };
  return {
    warehouse,
    rows: async (query, settings) => {
      const result = await selected(query, settings);
      const instance: Instance = { ...SCRATCH, result };
      return parseCsv(await resultCsv({ instance, result, database: warehouse.database })).rows;
    },
    columns: async (query, settings) =>
      (await selected(query, settings)).columns.map(
        ({ name, type }) => `${name} ${typeName(type)}`,
      ),
    text: async (query, settings) => {
      const result = await run(query, settings);
      return result.kind === 'text' ? result.text : '';
    },
    error: async (query, settings) => {
      const failure: unknown = await run(query, settings).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) throw new Error(`This has not failed: ${query}`);
      return asOdpsError(failure).message;
    },
    close: async () => {
      connection.closeSync();
      await warehouse.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SCRATCH: Instance = {
  id: 'scratch',
  job: { taskName: 'AnonymousSQLTask', query: '', settings: {}, priority: 9 },
  owner: '',
  start: 0,
  state: 'Success',
};
