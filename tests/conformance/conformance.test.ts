import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { CloudError } from '../../alibaba/cloud-error';
import type { SqlResult } from '../../alibaba/maxcompute/maxcompute';
import { openSalesCsv } from '../../data/sales-csv';
import { officialPython } from '../official/venv';
import { type LocalMaxCompute, startLocalMaxCompute } from '../protocol/local-maxcompute';
import { type ConformanceCase, differences, readExpected } from './expected-rows';

const walmart = path.resolve(__dirname, '../..', '../shared/data/Walmart.csv');
const { setup, cases } = readExpected();
const python = officialPython();

const ASKED_AT_ONCE = 4;

let cloud: LocalMaxCompute;
/** What each query gave: its result or its error. No query needs what another one wrote. */
const outcomes = new Map<string, unknown>();

beforeAll(async () => {
  cloud = await startLocalMaxCompute();
  const maxcompute = cloud.odps();
  await maxcompute.runSql({
    query: `CREATE TABLE walmart_sales_raw (store BIGINT, date_str STRING, weekly_sales DOUBLE,
      holiday_flag BIGINT, temperature DOUBLE, fuel_price DOUBLE, cpi DOUBLE, unemployment DOUBLE)`,
  });
  const upload = await maxcompute.openUpload({ table: 'walmart_sales_raw' });
  const columns = upload.schema.columns.map(({ name }) => name);
  await upload.writeBlock({ blockId: 0, rows: rawRows(columns) });
  await upload.commit({ blockIds: [0] });
  for (const query of setup) await maxcompute.runSql({ query });
  const waiting = [...cases];
  const asker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { sql: query, settings } = next;
      const outcome = await maxcompute.runSql({ query, settings }).catch((error: unknown) => error);
      outcomes.set(next.name, outcome);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, asker));
}, 120_000);
afterAll(() => cloud.close());

async function* rawRows(columns: readonly string[]) {
  for await (const row of openSalesCsv({ file: walmart }).rows()) {
    const cells = new Map<string, string | number>(Object.entries(row));
    yield columns.map((column) => cells.get(column) ?? null);
  }
}

function resultOf({ name }: ConformanceCase): SqlResult {
  const outcome = outcomes.get(name);
  if (outcome instanceof Error) throw outcome;
  return outcome as SqlResult;
}

describe('rows that were worked out by Python and pandas', () => {
  const answered = cases.filter(({ error }) => error === undefined);

  test('are of at least 150 queries, each on its own name', () => {
    expect(answered.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  test.each(answered.map((known) => [known.name, known] as const))('%s', (_, known) => {
    expect(differences(resultOf(known), known)).toEqual([]);
  });
});

describe('queries that MaxCompute refuses, or that are not supported here', () => {
  const refused = cases.filter(({ error }) => error !== undefined);

  test.each(refused.map((known) => [known.name, known] as const))('%s', (_, known) => {
    const error = outcomes.get(known.name);
    expect(error).toBeInstanceOf(CloudError);
    expect((error as CloudError).code.startsWith(known.error ?? '-')).toBe(true);
  });
});

const worked = 'python' in python ? test : test.skip;
worked(
  'the script still works out what is committed',
  () => {
    if (!('python' in python)) throw new Error(python.reason);
    const script = path.join(__dirname, 'expected.py');
    const checked = spawnSync(python.python, ['-B', script, '--check'], { encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  },
  60_000,
);
