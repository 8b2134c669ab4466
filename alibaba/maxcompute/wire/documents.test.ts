import fc from 'fast-check';
import { formatColumnType, parseColumnType } from './column-type';
import { buildErrorJson, buildErrorXml, odpsCode, parseErrorBody } from './error-body';
import {
  buildInstanceXml,
  buildResultXml,
  buildTaskStatusXml,
  parseInstanceXml,
  parseResultXml,
  parseTaskStatusXml,
} from './instance-xml';
import { buildJobXml, buildSourceXml, parseJobXml } from './job-xml';
import { buildPartitionListXml, parsePartitionListXml } from './partition-list';
import { buildTableXml, columnOf, parseTableXml } from './table-schema';
import { parseDownloadSession, parseRowRange, parseUploadSession } from './tunnel-session';

/** Text that XML 1.0 can carry. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .map((value) => value.trim())
  .filter((value) => value !== '');

test('a job comes back: query, settings, task name', () => {
  const job = fc.record({
    taskName: fc.stringMatching(/^[A-Za-z]\w{0,20}$/),
    query: text.map((query) => `${query.replaceAll('\r', ' ')};`),
    settings: fc.dictionary(fc.stringMatching(/^odps\.[a-z.]{1,20}$/), text),
    priority: fc.integer({ min: 0, max: 9 }),
    uuid: fc.uuid(),
  });
  fc.assert(
    fc.property(job, (sample) => {
      expect(parseJobXml(buildJobXml(sample))).toEqual(sample);
      expect(parseJobXml(buildSourceXml(sample))).toEqual(sample);
    }),
  );
});

test('a query that ends a CDATA section stays whole', () => {
  const query = "SELECT ']]>' AS a, '&lt;' AS b, '<x>' AS c;";
  const job = { taskName: 'T', query, settings: {}, priority: 9 };
  expect(parseJobXml(buildJobXml(job)).query).toBe(query);
});

test.each([
  ['<Instance/>', 'no job'],
  ['<Instance><Job><Tasks><SQLCost><Name>a</Name></SQLCost></Tasks></Job></Instance>', 'SQLCost'],
  ['<Instance><Job><Tasks><SQL><Name>a</Name></SQL></Tasks></Job></Instance>', 'no query'],
  ['not xml', 'no XML'],
  ['<Instance><Job>', 'no XML'],
])('%s is refused as a job', (xml, reason) => {
  expect(() => parseJobXml(xml)).toThrow(reason);
});

test('an error comes back from XML and JSON; a page of a proxy is none', () => {
  fc.assert(
    fc.property(text, text, text, (code, message, requestId) => {
      const error = { code, message, requestId, hostId: 'host' };
      expect(parseErrorBody(buildErrorXml(error))).toEqual(error);
      expect(parseErrorBody(buildErrorJson(error))).toEqual(error);
    }),
  );
  expect(parseErrorBody('<html><body>Bad gateway</body></html>')).toBeUndefined();
  expect(parseErrorBody('oops')).toBeUndefined();
  expect(parseErrorBody('')).toBeUndefined();
});

test('the ODPS code is found in the message of a failed task', () => {
  expect(odpsCode('ODPS-0130131:[1,15] Table not found - table a.b')).toBe('ODPS-0130131');
  expect(odpsCode('FAILED: ODPS-0130161:[1,1] Parse exception')).toBe('ODPS-0130161');
  expect(odpsCode('it broke')).toBeUndefined();
});

test('states, task states and results come back', () => {
  for (const status of ['Running', 'Suspended', 'Terminated'] as const) {
    expect(parseInstanceXml(buildInstanceXml({ status }))).toBe(status);
  }
  const task = {
    name: 'AnonymousSQLTask',
    type: 'SQL',
    status: 'Success',
    startTime: new Date('2025-07-10T07:35:27Z'),
    endTime: undefined,
  } as const;
  expect(parseTaskStatusXml(buildTaskStatusXml({ status: 'Terminated', tasks: [task] }))).toEqual([
    task,
  ]);
  const columns = [{ Name: 'a', Type: 'bigint' }];
  const result = {
    name: 'AnonymousSQLTask',
    type: 'SQL',
    status: 'Success',
    result: '"a"\n"é]]>"\n',
    format: 'csv',
    descriptor: { IsSelect: true, SelectResultStatus: 'COMPLETE', Schema: { Columns: columns } },
  } as const;
  expect(parseResultXml(buildResultXml([result]))).toEqual([result]);
  expect(() => parseInstanceXml('<Instance><Status>Odd</Status></Instance>')).toThrow('Odd');
});

test('a table and a page of partitions come back', () => {
  const table = {
    name: 'weekly',
    tableId: 'id',
    owner: 'ALIYUN$me',
    comment: 'a & b',
    creationTime: new Date('2025-07-10T07:35:27Z'),
    lastModifiedTime: new Date('2025-07-11T07:35:27Z'),
    schema: {
      columns: [{ name: 'store', type: 'bigint', comment: '<c>' }],
      partitionKeys: [{ name: 'run_id', type: 'string' }],
      recordNum: 5,
    },
  };
  expect(parseTableXml(buildTableXml(table))).toEqual(table);
  expect(columnOf({ name: 'Store', type: 'bigint', comment: '' })).toEqual({
    name: 'store',
    type: 'BIGINT',
  });
  const page = {
    partitions: [
      { values: { run_id: "it's" }, creationTime: 1, lastModifiedTime: 2, size: 3, recordCount: 4 },
    ],
    marker: 'next&',
  };
  expect(parsePartitionListXml(buildPartitionListXml(page))).toEqual(page);
  expect(parsePartitionListXml(buildPartitionListXml({ partitions: [] }))).toEqual({
    partitions: [],
    marker: undefined,
  });
});

test('sessions and ranges are read, and what is none is refused', () => {
  expect(() => parseUploadSession('{}')).toThrow('UploadID');
  expect(() => parseUploadSession('{"UploadID":"u"}')).toThrow('no schema');
  expect(() => parseDownloadSession('null')).toThrow('no JSON object');
  expect(parseRowRange('(5,10)')).toEqual({ start: 5, count: 10 });
  expect(parseRowRange('5,10')).toBeUndefined();
});

test.each(['bigint', 'decimal(38,18)', 'varchar(10)', 'char(3)', 'array<array<string>>'])(
  'type %s comes back',
  (type) => {
    expect(formatColumnType(parseColumnType(type.toUpperCase()))).toBe(type);
  },
);

test.each([
  ['DECIMAL', 'decimal(38,18)'],
  ['decimal(10)', 'decimal(10,0)'],
  [' Array < Int > ', 'array<int>'],
])('%s is %s', (written, meant) => {
  expect(formatColumnType(parseColumnType(written))).toBe(meant);
});
