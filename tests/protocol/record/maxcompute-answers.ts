import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatCsv } from '../../../alibaba/maxcompute/wire/csv';
import { buildErrorXml } from '../../../alibaba/maxcompute/wire/error-body';
import {
  buildInstanceXml,
  buildResultXml,
  buildTaskStatusXml,
} from '../../../alibaba/maxcompute/wire/instance-xml';
import { buildPartitionListXml } from '../../../alibaba/maxcompute/wire/partition-list';
import { RecordEncoder } from '../../../alibaba/maxcompute/wire/record-encoder';
import { buildPartitionXml, buildTableXml } from '../../../alibaba/maxcompute/wire/table-schema';
import type { Column, Row, Value } from '../../../alibaba/maxcompute/wire/value';

/** A cell of the sample: text for most types, so that no digit is lost in JSON. */
type SampleCell = string | boolean | null | readonly SampleCell[];

interface Sample {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly SampleCell[])[];
}

function sampleValue(type: string, cell: SampleCell): Value {
  if (cell === null || typeof cell === 'boolean') return cell;
  const element = /^ARRAY<(.+)>$/.exec(type)?.[1];
  if (element) return (cell as readonly SampleCell[]).map((item) => sampleValue(element, item));
  const text = cell as string;
  if (/INT$/.test(type)) {
    return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  }
  if (type === 'FLOAT') return Math.fround(Number(text));
  if (type === 'DOUBLE') return Number(text);
  if (type === 'BINARY') return Uint8Array.from(Buffer.from(text, 'hex'));
  return type === 'DATETIME' ? new Date(text) : text;
}

/** The rows of `maxcompute-sample.json`: every scalar type, NULL, negative, extreme, non-ASCII. */
export function sampleRows(): {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
} {
  const file = path.join(__dirname, 'maxcompute-sample.json');
  const sample = JSON.parse(readFileSync(file, 'utf8')) as Sample;
  return {
    columns: sample.columns,
    rows: sample.rows.map((row) =>
      row.map((cell, at) => sampleValue(sample.columns[at].type, cell)),
    ),
  };
}

const MOMENT = new Date('2025-07-10T07:35:27Z');

function stream(): string {
  const { columns, rows } = sampleRows();
  const encoder = new RecordEncoder({ columns });
  for (const row of rows) encoder.write(row);
  return encoder.finish().toString('base64');
}

function resultXml(): string {
  const csv = formatCsv({
    header: ['store', 'name', 'sales'],
    rows: [
      ['1', 'Zürich, "A"\nline two', '1643690.9'],
      ['2', null, null],
      ['-3', 'back\\slash', '-0.5'],
    ],
  });
  const columns = [
    { Name: 'store', Type: 'bigint' },
    { Name: 'name', Type: 'string' },
    { Name: 'sales', Type: 'double' },
  ];
  return buildResultXml([
    {
      name: 'AnonymousSQLTask',
      type: 'SQL',
      status: 'Success',
      format: 'csv',
      result: csv,
      descriptor: { IsSelect: true, SelectResultStatus: 'COMPLETE', Schema: { Columns: columns } },
    },
  ]);
}

function failedXml(): string {
  return buildResultXml([
    {
      name: 'AnonymousSQLTask',
      type: 'SQL',
      status: 'Failed',
      format: 'text',
      result: 'ODPS-0130131:[1,15] Table not found - table demo.absent cannot be resolved',
    },
  ]);
}

function tableXml(): string {
  const { columns } = sampleRows();
  const lower = columns.map(({ name, type }) => ({ name, type: type.toLowerCase(), comment: '' }));
  return buildTableXml({
    name: 'sample',
    owner: 'ALIYUN$owner',
    creationTime: MOMENT,
    lastModifiedTime: MOMENT,
    schema: {
      columns: lower,
      partitionKeys: [{ name: 'run_id', type: 'string', comment: 'when <granted> & "why"' }],
      comment: 'a table',
      createTime: MOMENT.getTime() / 1000,
      lastModifiedTime: MOMENT.getTime() / 1000,
      size: 1234,
      recordNum: 8,
    },
  });
}

/** The answers of a server built by our codecs: what the official client is asked to read. */
export function answers(): Record<string, string> {
  const seconds = MOMENT.getTime() / 1000;
  const task = (status: 'Success' | 'Failed') =>
    buildTaskStatusXml({
      status: 'Terminated',
      tasks: [
        { name: 'AnonymousSQLTask', type: 'SQL', status, startTime: MOMENT, endTime: MOMENT },
      ],
    });
  return {
    stream: stream(),
    running: buildInstanceXml({ status: 'Running' }),
    terminated: buildInstanceXml({ status: 'Terminated' }),
    succeeded: task('Success'),
    failed: task('Failed'),
    result: resultXml(),
    failure: failedXml(),
    table: tableXml(),
    partitions: buildPartitionListXml({
      partitions: [
        { values: { run_id: '20250710_073527' }, lastModifiedTime: seconds, recordCount: 5 },
        { values: { run_id: "it's <odd>" } },
      ],
    }),
    partition: buildPartitionXml({ lastModifiedTime: seconds, partitionRecordNum: 5 }),
    error: buildErrorXml({
      code: 'NoSuchTable',
      message: 'Table <absent> & "gone"',
      requestId: '0000',
      hostId: 'local',
    }),
  };
}
