import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { encodeRecords } from '../../alibaba/maxcompute/wire/record-stream';
import type { Column, Row } from '../../alibaba/maxcompute/wire/value';
import { type LocalCloud, startLocalCloud } from '../../emulator/local-cloud';
import { javaProgram } from './java-program';
import { judgedBy } from './judged-by';

const program = javaProgram();
const reason = 'reason' in program ? program.reason : undefined;
const command = 'command' in program ? program.command : undefined;
const args = 'args' in program ? program.args : undefined;

judgedBy({ name: 'java-sdk', command, args, leftOut: () => reason });

const COLUMNS: readonly Column[] = [
  { name: 'a_big', type: 'BIGINT' },
  { name: 'a_double', type: 'DOUBLE' },
  { name: 'a_string', type: 'STRING' },
  { name: 'a_boolean', type: 'BOOLEAN' },
  { name: 'a_date', type: 'DATE' },
  { name: 'a_datetime', type: 'DATETIME' },
  { name: 'a_decimal', type: 'DECIMAL(20,4)' },
];

/** Every third value is missing; extremes and negatives are among them. */
const ROWS: readonly Row[] = Array.from({ length: 2_000 }, (_, row): Row => {
  const sign = row % 2 === 0 ? 1 : -1;
  const cells: Row = [
    row === 0 ? -(2n ** 63n) + 1n : sign * row ** 4,
    row === 1 ? Number.POSITIVE_INFINITY : (sign * row) / 7,
    `row ${row} Zürich 雪 ${'x'.repeat(row % 300)}`,
    row % 5 === 0,
    new Date(Date.UTC(1970, 0, 1 + sign * row)).toISOString().slice(0, 10),
    new Date(sign * row * 86_400_123),
    `${sign < 0 ? '-' : ''}${row}.0001`,
  ];
  return cells.map((cell, column) => (row > 10 && (row + column) % 3 === 0 ? null : cell));
});

const describeJava = command === undefined ? describe.skip : describe;

describeJava('rows between our client and the Java SDK', () => {
  let home: string;
  let cloud: LocalCloud;

  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'official-java-'));
    cloud = await startLocalCloud({
      folder: path.join(home, 'cloud'),
      ports: { maxcompute: 0, oss: 0, pai: 0, eas: 0 },
      project: 'official',
      bucket: 'official',
      region: 'cn-hangzhou',
    });
  });

  afterAll(async () => {
    await cloud?.close();
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  });

  async function copyByJava(file: string): Promise<void> {
    const { close: _close, ...addresses } = cloud;
    const child = spawn(command ?? '', [...(args ?? []), 'ours', 'javas', file], {
      env: { ...process.env, PAI_LOOP_CLOUD: JSON.stringify(addresses) },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  }

  test('what we wrote it reads; what it wrote we read; both write the same bytes', async () => {
    const keys = { accessKeyId: cloud.accessKeyId, accessKeySecret: cloud.accessKeySecret };
    const odps = new MaxCompute({ ...cloud.maxcompute, credentials: { get: async () => keys } });
    const fields = COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');
    for (const table of ['ours', 'javas']) {
      await odps.runSql({ query: `CREATE TABLE ${table} (${fields})` });
    }
    const upload = await odps.openUpload({ table: 'ours' });
    await upload.writeBlock({ blockId: 0, rows: ROWS });
    await upload.commit({ blockIds: [0] });
    const file = path.join(home, 'records');
    await copyByJava(file);
    const rows: Row[] = [];
    for await (const row of (await odps.openDownload({ table: 'javas' })).read()) rows.push(row);
    expect(rows).toEqual(ROWS);
    const chunks: Buffer[] = [];
    for await (const chunk of encodeRecords({ columns: COLUMNS, rows: ROWS })) chunks.push(chunk);
    expect((await readFile(file)).equals(Buffer.concat(chunks))).toBe(true);
  }, 120_000);
});
