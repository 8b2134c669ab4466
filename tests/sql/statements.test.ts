import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { createTables } from '../../activities/create-tables';
import { createSnapshotData } from '../../activities/snapshot-data';
import { asObjects } from '../../alibaba/maxcompute/maxcompute';
import { exampleTables as tables } from '../../sql/example-tables';
import { doubleLiteral, stringLiteral } from '../../sql/literal';
import { sqlSettings } from '../../sql/settings';
import { definitions, rowOf, type TableRecord, viewName } from '../../sql/tables';
import { type LocalProject, startLocalProject } from './local-project';

let project: LocalProject;
beforeAll(async () => {
  project = await startLocalProject();
});
afterAll(() => project.close());

async function select(query: string) {
  return asObjects(await project.maxcompute.runSql({ query, settings: sqlSettings }));
}

describe('tables', () => {
  it('are created with their columns, comments and partitions, and left alone the second time', async () => {
    const { maxcompute } = project;
    const first = await createTables({ maxcompute, tables });
    expect(first.changed).toEqual(expect.arrayContaining(Object.values(tables)));
    const again = await createTables({ maxcompute, tables });
    expect(again.changed.filter((name) => !name.endsWith('_v'))).toEqual([]);
    const described = await maxcompute.describeTable({ table: tables.processed });
    expect(described?.columns.map(({ name, type, comment }) => ({ name, type, comment }))).toEqual(
      definitions.processed.columns.map((column) => expect.objectContaining(column)),
    );
    expect(described?.partitionKeys.map(({ name }) => name)).toEqual(['run_id']);
  });

  it('show an event once in their view, as it was written last', async () => {
    const { maxcompute } = project;
    await createTables({ maxcompute, tables });
    const empty = Object.fromEntries(definitions.decisions.columns.map(({ name }) => [name, null]));
    const event = (event_id: string, recorded: string, reason: string) =>
      rowOf(definitions.decisions, {
        ...(empty as TableRecord<'decisions'>),
        event_id,
        recorded_at: new Date(recorded),
        reason,
      });
    for (const rows of [
      [event('a', '2025-07-10T01:00:00Z', 'first'), event('b', '2025-07-10T01:00:00Z', 'only')],
      [event('a', '2025-07-10T02:00:00Z', 'second')],
    ]) {
      const target = { table: tables.decisions, partition: 'pt=20250710', createPartition: true };
      const upload = await maxcompute.openUpload(target);
      await upload.writeBlock({ blockId: 0, rows });
      await upload.commit({ blockIds: [0] });
    }
    const view = viewName(tables.decisions);
    expect(
      await select(
        `SELECT event_id, reason FROM ${view} WHERE pt = '20250710' ORDER BY event_id LIMIT 10`,
      ),
    ).toEqual([
      { event_id: 'a', reason: 'second' },
      { event_id: 'b', reason: 'only' },
    ]);
  });
});

describe('constants over the wire', () => {
  it('keep any text, whatever has to be escaped in it', async () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", '"', '\\', ';', '\n', '\t', '%', '`', '--', '/*'),
        fc.string(),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        fc.pre(texts.every((value) => !/[\0\r\ud800-\udfff]/.test(value)));
        const cells = texts.map((value, place) => `HEX(${stringLiteral(value)}) AS t${place}`);
        const [row] = await select(`SELECT ${cells.join(', ')}`);
        const found = texts.map((_, place) =>
          Buffer.from(row[`t${place}`] ?? '', 'hex').toString(),
        );
        expect(found).toEqual(texts);
      }),
      { numRuns: 20 },
    );
  });

  it('keep every bit of a double', async () => {
    const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(doubles, async (values) => {
        const cells = values.map((value, place) => `${doubleLiteral(value)} AS d${place}`);
        const [row] = await select(`SELECT ${cells.join(', ')}`);
        values.forEach((value, place) => {
          expect(Number(row[`d${place}`])).toBe(value); // -0 too: its sign is one of the bits
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('raw rows that somebody else loaded', () => {
  const good = [1, '05-02-2010', 1643690.9, 0, 42.31, 2.572, 211.0963582, 8.106];
  const snapshotOf = async (rows: readonly (readonly (number | string | null)[])[]) => {
    const { maxcompute, deps } = project;
    await createTables({ maxcompute, tables });
    const upload = await maxcompute.openUpload({ table: tables.raw, overwrite: true });
    await upload.writeBlock({ blockId: 0, rows });
    await upload.commit({ blockIds: [0] });
    const input = { runId: '20250710_073527' };
    return new MockActivityEnvironment().run(() => createSnapshotData(deps)(input));
  };

  it.each([
    ['are none', [], 'is empty'],
    ['have an empty column', [good, [...good.slice(0, 7), null]], '1 of 2 rows'],
    ['have a date that is none', [good, [1, '31-02-2010', ...good.slice(2)]], '1 of 2 rows'],
    ['repeat a store and date', [good, [...good.slice(0, 2), 5, ...good.slice(3)]], 'repeat'],
  ])('are refused for good when they %s', async (_, rows, message) => {
    const error: unknown = await snapshotOf(rows).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(error).toMatchObject({ type: 'DataInvalid', nonRetryable: true });
    expect((error as Error).message).toContain(message);
  });

  it('are taken when they are good', async () => {
    expect(await snapshotOf([good])).toMatchObject({ rows: 1, firstWeek: '2010-02-05' });
  });
});
