import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseCsv } from '../../alibaba/maxcompute/wire/csv';
import { parseErrorBody } from '../../alibaba/maxcompute/wire/error-body';
import { parseInstanceXml, parseResultXml } from '../../alibaba/maxcompute/wire/instance-xml';
import { parseJobXml } from '../../alibaba/maxcompute/wire/job-xml';
import { RecordDecoder } from '../../alibaba/maxcompute/wire/record-decoder';
import { RecordEncoder } from '../../alibaba/maxcompute/wire/record-encoder';
import {
  authorization,
  parseAuthorization,
  signatureMatches,
} from '../../alibaba/maxcompute/wire/request-signature';
import { answers, sampleRows } from './record/maxcompute-answers';

// Recorded from pyodps by tests/protocol/record/record_maxcompute.py.
const FIXTURES = path.join(__dirname, 'fixtures', 'maxcompute');

interface RecordedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Calls = Readonly<Record<string, readonly RecordedRequest[]>>;

interface Recording {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly region: string;
  readonly requests: {
    readonly v2: Calls;
    readonly v4: Calls;
    readonly sts: Calls;
    readonly upload: readonly RecordedRequest[];
    readonly download: readonly RecordedRequest[];
  };
}

function json<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(FIXTURES, name), 'utf8')) as T;
}

const recording = json<Recording>('requests.json');
const { v2, v4, sts, upload, download } = recording.requests;
const everyRequest: readonly RecordedRequest[] = [
  ...[v2, v4, sts].flatMap((calls) => Object.values(calls).flat()),
  ...upload,
  ...download,
];

function signable({ method, target, headers }: RecordedRequest) {
  return { method, resource: target.replace(/^\/api/, ''), headers };
}

describe('requests that the official client signed', () => {
  test('every signature is the one that our signer makes', () => {
    expect(everyRequest.length).toBeGreaterThan(25);
    for (const recorded of everyRequest) {
      const parsed = parseAuthorization(recorded.headers.authorization);
      const header = authorization({
        request: signable(recorded),
        accessKeyId: recording.accessKeyId,
        accessKeySecret: recording.accessKeySecret,
        scope: parsed?.scope,
      });
      expect(header).toBe(recorded.headers.authorization);
    }
  });

  test('V4 was recorded with a region, V2 without one and always for the Tunnel', () => {
    const scopes = (requests: readonly RecordedRequest[]) =>
      requests.map(({ headers }) => parseAuthorization(headers.authorization)?.scope?.region);
    expect(new Set(scopes(Object.values(v4).flat()))).toEqual(new Set([recording.region]));
    expect(new Set(scopes(Object.values(v2).flat()))).toEqual(new Set([undefined]));
    const tunnel = [...upload, ...download].filter(({ target }) => !target.startsWith('/api'));
    expect(new Set(scopes(tunnel))).toEqual(new Set([undefined]));
  });

  test('a verifier accepts them, and refuses a changed resource, header, method or secret', () => {
    for (const recorded of everyRequest) {
      const parsed = parseAuthorization(recorded.headers.authorization);
      if (!parsed) throw new Error(`no MaxCompute authorization: ${recorded.target}`);
      const request = signable(recorded);
      const { accessKeySecret } = recording;
      const matches = (changed: Partial<typeof request>, secret = accessKeySecret) =>
        signatureMatches({
          request: { ...request, ...changed },
          parsed,
          accessKeySecret: secret,
        });
      expect(matches({})).toBe(true);
      expect(matches({ method: 'DELETE' })).toBe(false);
      expect(matches({ resource: `${request.resource}&more=1` })).toBe(false);
      expect(matches({ headers: { ...request.headers, 'x-odps-more': '1' } })).toBe(false);
      expect(matches({ headers: { ...request.headers, date: 'today' } })).toBe(false);
      expect(matches({}, 'wrong')).toBe(false);
    }
  });
});

describe('jobs of the official client', () => {
  const posted = (calls: readonly RecordedRequest[]) =>
    parseJobXml(calls.find(({ method }) => method === 'POST')?.body ?? '');

  test('CREATE TABLE', () => {
    const job = posted(v2.createTable);
    expect(job.taskName).toBe('SQLCreateTableTask');
    expect(job.query).toBe(
      "CREATE TABLE IF NOT EXISTS demo.`weekly` (\nstore bigint comment 'a \\'b\\' <c> & d', sales double\n)\nPARTITIONED BY (\nrun_id string\n);",
    );
    expect(job.settings['odps.sql.submit.mode']).toBe('');
    expect(job.priority).toBe(9);
    expect(job.uuid).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a query with non-ASCII text, markup and settings', () => {
    const job = posted(v4.query);
    expect(job.taskName).toBe('AnonymousSQLTask');
    expect(job.query).toBe(
      "SELECT 'Zürich' AS name, ']]' FROM weekly WHERE a < 1 AND b > 2 AND c = '&';",
    );
    expect(job.settings['odps.sql.mapper.split.size']).toBe('16');
  });

  test('stopping an instance', () => {
    expect(parseInstanceXml(v2.stop[0].body)).toBe('Terminated');
  });
});

describe('record streams', () => {
  const { columns, rows } = sampleRows();
  const uploaded = readFileSync(path.join(FIXTURES, 'upload.bin'));

  test('what the official client uploaded is decoded to the rows that it was given', () => {
    const decoder = new RecordDecoder({ columns });
    expect(decoder.push(uploaded)).toEqual(rows);
    decoder.end();
    expect(decoder.complete).toBe(true);
  });

  test('the upload has checksums that are sign-extended to ten bytes', () => {
    const tag = Buffer.from([0x80, 0xc0, 0xff, 0x7f]); // END_RECORD, varint
    const sizes: number[] = [];
    for (let at = uploaded.indexOf(tag); at >= 0; at = uploaded.indexOf(tag, at + 1)) {
      const end = uploaded.subarray(at + 4).findIndex((byte) => byte < 0x80);
      sizes.push(end + 1);
    }
    expect(sizes).toHaveLength(rows.length);
    expect(sizes).toContain(10);
  });

  test('fed byte by byte, it is decoded to the same rows', () => {
    const decoder = new RecordDecoder({ columns });
    expect([...uploaded].flatMap((byte) => decoder.push(Uint8Array.of(byte)))).toEqual(rows);
    decoder.end();
  });

  test('our stream is the official one but for the width of checksums', () => {
    const encoder = new RecordEncoder({ columns });
    for (const row of rows) encoder.write(row);
    const ours = encoder.finish();
    // FFFFFFFF… of the sign extension is dropped: …1xxxxxxx 11111111 … 00000001 -> …0000xxxx.
    const narrowed = narrowChecksums(uploaded);
    expect(ours.toString('hex')).toBe(narrowed.toString('hex'));
  });
});

/** Rewrites ten-byte varints after END_RECORD as the five bytes of their low 32 bits. */
function narrowChecksums(stream: Buffer): Buffer {
  const tag = Buffer.from([0x80, 0xc0, 0xff, 0x7f]);
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = stream.indexOf(tag); at >= 0; at = stream.indexOf(tag, at + 1)) {
    const start = at + tag.length;
    const size = stream.subarray(start).findIndex((byte) => byte < 0x80) + 1;
    if (size !== 10) continue;
    parts.push(stream.subarray(from, start + 4), Buffer.from([stream[start + 4] & 0x0f]));
    from = start + size;
  }
  return Buffer.concat([...parts, stream.subarray(from)]);
}

describe('answers built by our codecs, which the official client read', () => {
  const recorded = json<Record<string, string>>('answers.json');
  interface Understood {
    readonly rows: readonly (readonly unknown[])[];
    readonly result: readonly (readonly (string | null)[])[];
    readonly failure: { readonly type: string; readonly code: string };
    readonly exists: boolean;
    readonly columns: readonly (readonly [string, string])[];
    readonly keys: readonly (readonly string[])[];
    readonly modified: number;
    readonly partitions: readonly Record<string, string>[];
  }
  const understood = json<Understood>('answers-read.json');

  test('they are still what the codecs build', () => {
    expect(answers()).toEqual(recorded);
  });

  test('it read our record stream as the rows that we encoded', () => {
    const sample = JSON.parse(
      readFileSync(path.join(__dirname, 'record', 'maxcompute-sample.json'), 'utf8'),
    ) as { rows: unknown[][]; columns: { type: string }[] };
    const expected = sample.rows.map((row) =>
      row.map((cell, at) => asPyodpsPrints(sample.columns[at].type, cell)),
    );
    const read = understood.rows.map((row) =>
      row.map((cell, at) =>
        /^(FLOAT|DOUBLE)$/.test(sample.columns[at].type) && cell !== null ? Number(cell) : cell,
      ),
    );
    expect(read).toEqual(expected);
  });

  test('it read the result, the failure and the schema as they were meant', () => {
    const [task] = parseResultXml(recorded.result);
    expect(understood.result).toEqual(parseCsv(task.result).rows);
    expect(understood.failure).toEqual({ type: 'NoSuchTable', code: 'ODPS-0130131' });
    expect(understood.exists).toBe(false);
    expect(understood.columns).toEqual(sampleRows().columns.map(({ name, type }) => [name, type]));
    expect(understood.keys).toEqual([['run_id', 'STRING', 'when <granted> & "why"']]);
    expect(understood.modified).toBe(Date.parse('2025-07-10T07:35:27Z') / 1000);
    expect(understood.partitions).toEqual([
      { run_id: '20250710_073527' },
      { run_id: "it's <odd>" },
    ]);
  });

  test('we read the error that it took for an absent table', () => {
    expect(parseErrorBody(recorded.error)).toMatchObject({
      code: 'NoSuchTable',
      message: 'Table <absent> & "gone"',
    });
  });
});

/** A cell of the sample in the notation of `answers-read.json`. */
function asPyodpsPrints(type: string, cell: unknown): unknown {
  if (cell === null || typeof cell !== 'string') return cell;
  if (type === 'FLOAT') return Math.fround(Number(cell));
  if (type === 'DOUBLE') return Number(cell);
  if (!type.startsWith('TIMESTAMP')) return cell;
  const [moment, fraction = ''] = cell.replace('Z', '').split('.');
  return [String(Date.parse(`${moment}Z`) / 1000), String(Number(fraction.padEnd(9, '0')))];
}
