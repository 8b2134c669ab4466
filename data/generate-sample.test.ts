import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generateSample } from './generate-sample';
import { openSalesCsv } from './sales-csv';
import type { SalesRow } from './sales-row';

const file = path.join(__dirname, 'sample_sales.csv');

async function rowsOf(text: string): Promise<SalesRow[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sample-'));
  try {
    const copy = path.join(folder, 'sample.csv');
    writeFileSync(copy, text);
    const rows: SalesRow[] = [];
    for await (const row of openSalesCsv({ file: copy }).rows()) rows.push(row);
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('is the committed sample, byte for byte (WRITE_SAMPLE=1 writes it)', () => {
  const text = generateSample();
  if (process.env['WRITE_SAMPLE'] === '1') writeFileSync(file, text);
  expect(readFileSync(file).equals(Buffer.from(text))).toBe(true);
});

it('has 45 stores with 143 consecutive Fridays each, in the raw schema', async () => {
  const rows = await rowsOf(generateSample());
  expect(rows).toHaveLength(45 * 143);
  const weeks = rows.filter(({ store }) => store === 45).map(({ date_str }) => date_str);
  expect([weeks[0], weeks[142]]).toEqual(['05-02-2010', '26-10-2012']);
  expect(new Set(weeks).size).toBe(143);
  const flagged = rows.filter(({ store, holiday_flag }) => store === 1 && holiday_flag === 1);
  expect(flagged.map(({ date_str }) => date_str)).toEqual([
    '12-02-2010',
    '10-09-2010',
    '26-11-2010',
    '31-12-2010',
    '11-02-2011',
    '09-09-2011',
    '25-11-2011',
    '30-12-2011',
    '10-02-2012',
    '07-09-2012',
  ]);
});

it('depends on the seed and on nothing else', () => {
  const small = { stores: 2, weeks: 3 };
  expect(generateSample({ ...small, seed: 1 })).toBe(generateSample({ ...small, seed: 1 }));
  expect(generateSample({ ...small, seed: 1 })).not.toBe(generateSample({ ...small, seed: 2 }));
});

it('stays within figures that a store could have', async () => {
  for (const row of await rowsOf(generateSample({ seed: 7 }))) {
    expect(row.weekly_sales).toBeGreaterThan(100_000);
    expect(row.weekly_sales).toBeLessThan(5_000_000);
    expect(row.unemployment).toBeGreaterThan(3);
    expect(row.fuel_price).toBeGreaterThan(2);
  }
});
