import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import {
  csvField,
  formatBadValues,
  openSalesCsv,
  SalesCsvError,
  writeBadValues,
} from './sales-csv';
import type { BadValue, SalesRow } from './sales-row';

const header = 'Store,Date,Weekly_Sales,Holiday_Flag,Temperature,Fuel_Price,CPI,Unemployment';
const good = '1,05-02-2010,1643690.9,0,42.31,2.572,211.0963582,8.106';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sales-csv-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = path.join(folder, 'sales.csv');
  writeFileSync(file, text);
  return file;
}

async function badOf(text: string): Promise<readonly BadValue[]> {
  const file = fileOf(text);
  try {
    await openSalesCsv({ file }).check();
  } catch (error) {
    expect(error).toBeInstanceOf(SalesCsvError);
    expect(readFileSync(file, 'utf8')).toBe(text);
    return (error as SalesCsvError).bad;
  }
  return [];
}

async function rowsOf(text: string): Promise<SalesRow[]> {
  const rows: SalesRow[] = [];
  for await (const row of openSalesCsv({ file: fileOf(text) }).rows()) rows.push(row);
  return rows;
}

describe('a good file', () => {
  it('is read with header names in any case and order, a byte order mark and CRLF', async () => {
    const text =
      '\uFEFFDATE,store,weekly_sales,holiday_flag,cpi,temperature,fuel_price,unemployment\r\n' +
      '05-02-2010,1,1643690.9,0,211.0963582,42.31,2.572,8.106\r\n';
    expect(await badOf(text)).toEqual([]);
    expect(await rowsOf(text)).toEqual([
      {
        store: 1,
        date_str: '05-02-2010',
        weekly_sales: 1643690.9,
        holiday_flag: 0,
        temperature: 42.31,
        fuel_price: 2.572,
        cpi: 211.0963582,
        unemployment: 8.106,
      },
    ]);
  });

  it('gives its number of rows, empty lines left out', async () => {
    const file = fileOf(`${header}\n${good}\n\n${good.replace('05-', '12-')}\n`);
    expect(await openSalesCsv({ file }).check()).toEqual({ rows: 2 });
  });
});

describe('a bad file', () => {
  it('is refused with every bad value and its line, not the first only', async () => {
    const lines = [
      header,
      good,
      '1,12-02-2010,"1,641,957.44",1,38.51,2.548,211.2421698,8.106',
      'one,31-02-2010,1611968.17,2,39.93,NaN,,8.106',
      '1,26-02-2010,1409727.59,0,46.63',
      '1,2010-03-05,1554806.68,0,46.5,2.625,211.3501429,8.106',
      good,
    ];
    const bad = await badOf(`${lines.join('\n')}\n`);
    expect(bad.map(({ line, field, value }) => [line, field, value])).toEqual([
      [3, 'Weekly_Sales', '1,641,957.44'],
      [4, 'Store', 'one'],
      [4, 'Date', '31-02-2010'],
      [4, 'Holiday_Flag', '2'],
      [4, 'Fuel_Price', 'NaN'],
      [4, 'CPI', ''],
      [5, 'row', '5 fields'],
      [6, 'Date', '2010-03-05'],
      [7, 'Store, Date', '1 05-02-2010'],
    ]);
    expect(bad[0].mend).toContain('1641957.44');
    expect(bad[7].mend).toContain('05-03-2010');
    expect(bad[8].mend).toContain('line 2');
  });

  it.each([
    ['02-13-2010', 'write day before month: 13-02-2010'],
    ['29-02-2011', 'there is no such day; write DD-MM-YYYY'],
    ['5-2-2010', 'write DD-MM-YYYY, for example 05-02-2010'],
    ['', 'write DD-MM-YYYY, for example 05-02-2010'],
  ])('says how to write the date %s', async (date, mend) => {
    const bad = await badOf(`${header}\n${good.replace('05-02-2010', date)}\n`);
    expect(bad).toEqual([{ line: 2, field: 'Date', value: date, mend }]);
  });

  it.each(['1e10', '-10000000000', '1e400', '0x10', '1.2.3', '1 000', '12,5', '--1', '∞'])(
    'does not take %s for sales',
    async (text) => {
      const bad = await badOf(`${header}\n${good.replace('1643690.9', csvField(text))}\n`);
      expect(bad).toMatchObject([{ line: 2, field: 'Weekly_Sales', value: text }]);
    },
  );

  it('is refused for its header: a missing, an unknown and a doubled column', async () => {
    const bad = await badOf(
      `Store,Date,Weekly_Sales,Holiday_Flag,Temperature,CPI,cpi,Colour\n${good}\n`,
    );
    expect(bad.map(({ line, value, mend }) => [line, value, mend.slice(0, 10)])).toEqual([
      [1, 'Fuel_Price', 'add the co'],
      [1, 'Unemployment', 'add the co'],
      [1, 'cpi', 'remove the'],
      [1, 'Colour', 'remove the'],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a header only', `${header}\n`],
  ])('is refused when it holds %s', async (_, text) => {
    expect(await badOf(text)).toMatchObject([{ line: 1, field: 'row' }]);
  });

  it('is refused for a quote that is never closed, with the other bad lines', async () => {
    const bad = await badOf(`${header}\n${good.replace('1643690.9', 'x')}\n"1,12-02-2010\n1,2\n`);
    expect(bad.map(({ field }) => field)).toEqual(['Weekly_Sales', 'row']);
    expect(bad[1].mend).toContain('quote');
  });

  it('gives no row after the first bad one when it changed since it was checked', async () => {
    await expect(rowsOf(`${header}\nx${good}\n`)).rejects.toThrow(SalesCsvError);
  });

  it('passes the error on when it cannot be read', async () => {
    const file = path.join(folder, 'absent.csv');
    await expect(openSalesCsv({ file }).check()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the report', () => {
  const bad: BadValue[] = Array.from({ length: 25 }, (_, index) => ({
    line: index + 2,
    field: 'CPI',
    value: index === 0 ? 'a,"b"\u001b[31m' : `v${index}`,
    mend: 'write a number such as 1643690.9',
  }));

  it('shows the first twenty and the count, control characters made visible', () => {
    const text = formatBadValues({ bad, reportFile: '/tmp/bad.csv' });
    expect(text.split('\n')).toHaveLength(22);
    expect(text).toContain('… and 5 more');
    expect(text).toContain('25 bad values; all of them: /tmp/bad.csv');
    expect(text).not.toContain('\u001b');
  });

  it('is written whole, as CSV that reads back', async () => {
    const reportFile = path.join(folder, 'bad.csv');
    await writeBadValues({ bad, reportFile });
    const back: BadValue[] = parse(readFileSync(reportFile), {
      columns: true,
      cast: (value, { column, header: head }) =>
        column === 'line' && !head ? Number(value) : value,
    });
    expect(back).toEqual(bad);
  });
});

describe('properties', () => {
  it('csvField reads back as one field, whatever its text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2 }), (fields) => {
        const line = fields.map(csvField).join(',');
        expect(parse(line, { record_delimiter: '\n', relax_column_count: true })).toEqual([fields]);
      }),
    );
  });

  it('numbers come through with all their bits', async () => {
    const figure = fc.double({ min: -9e9, max: 9e9, noNaN: true }).map((x) => (x === 0 ? 0 : x));
    await fc.assert(
      fc.asyncProperty(figure, figure, async (sales, cpi) => {
        const line = `1,05-02-2010,${sales},0,42.31,2.572,${cpi},8.106`;
        expect(await rowsOf(`${header}\n${line}\n`)).toMatchObject([{ weekly_sales: sales, cpi }]);
      }),
      { numRuns: 50 },
    );
  });

  it('any text at all is either taken whole or refused with a line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { maxLength: 6 }), async (lines) => {
        const text = `${header}\n${good}\n${lines.join('\n')}`;
        for (const { line } of await badOf(text)) expect(line).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });
});
