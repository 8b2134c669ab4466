import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LogFile } from './log-file';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'log-file-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a line has the time of the first look that found it whole', () => {
  const file = path.join(folder, 'a.log');
  const log = new LogFile(file);
  expect(log.read(50)).toEqual([]);
  appendFileSync(file, 'one\nzw');
  log.observe(100);
  appendFileSync(file, 'ei ü\nthree\n');
  log.observe(200);
  appendFileSync(file, 'four');
  expect(log.read(300)).toEqual([
    { text: 'one', at: 100, offset: 0 },
    { text: 'zwei ü', at: 200, offset: 4 },
    { text: 'three', at: 200, offset: 12 },
    { text: 'four', at: 300, offset: 18 },
  ]);
});

test('of a huge file the end is read, in whole lines', () => {
  const file = path.join(folder, 'b.log');
  const line = 'x'.repeat(1023);
  for (let n = 0; n < 5; n += 1) appendFileSync(file, `${line}\n`.repeat(1024));
  const lines = new LogFile(file).read(1);
  expect(lines.length).toBeGreaterThan(4000);
  expect(lines.length).toBeLessThan(4097);
  expect(lines.every(({ text }) => text === line)).toBe(true);
});
