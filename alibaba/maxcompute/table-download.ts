import { CloudError } from '../cloud-error';
import { clientError, codecError, networkError } from './maxcompute-errors';
import { pause } from './pause';
import { backoffMs } from './retry';
import type { SessionSchema } from './table-upload';
import type { TunnelHttp } from './tunnel-http';
import { parsePartitionSpec } from './wire/partition-spec';
import { decodeRecords } from './wire/record-stream';
import { columnOf } from './wire/table-schema';
import { type DownloadSessionJson, parseDownloadSession } from './wire/tunnel-session';
import type { Column, Row, Value } from './wire/value';

/** What to read: rows [start, start + count) of the session, all of them by default. */
export interface ReadRange {
  readonly start?: number;
  readonly count?: number;
  /** Columns by name, in the wished order; partition keys are allowed. All data columns by default. */
  readonly columns?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A download session: a snapshot of a table or partition, read by ranges of rows. */
export class TableDownload {
  readonly id: string;
  readonly recordCount: number;
  readonly schema: SessionSchema;
  private readonly tunnel: TunnelHttp;
  private readonly table: string;
  private readonly partition: string | undefined;

  private constructor(options: {
    readonly tunnel: TunnelHttp;
    readonly table: string;
    readonly partition?: string;
    readonly session: DownloadSessionJson;
  }) {
    this.tunnel = options.tunnel;
    this.table = options.table;
    this.partition = options.partition;
    const { DownloadID, RecordCount, Schema } = options.session;
    this.id = DownloadID;
    this.recordCount = RecordCount;
    this.schema = {
      columns: Schema.columns.map(columnOf),
      partitionKeys: Schema.partitionKeys.map(columnOf),
    };
  }

  /** Opens a session and waits until the service has it ready. */
  static async open(options: {
    readonly tunnel: TunnelHttp;
    readonly table: string;
    readonly partition?: string;
    readonly signal?: AbortSignal;
  }): Promise<TableDownload> {
    const { tunnel, table, partition, signal } = options;
    const operation = 'CreateDownload';
    const ask = async (method: 'POST' | 'GET', query: Record<string, string>) => {
      const answer = await tunnel.text({ operation, method, table, partition, query, signal });
      try {
        return parseDownloadSession(answer.body);
      } catch (error) {
        throw codecError(operation, error);
      }
    };
    let session = await ask('POST', { downloads: '', asyncmode: 'true' });
    for (let waitMs = 100; session.Status === 'INITIATING'; waitMs = Math.min(waitMs * 2, 5_000)) {
      await pause(waitMs, signal);
      session = await ask('GET', { downloadid: session.DownloadID });
    }
    if (session.Status !== 'NORMAL') {
      throw clientError({
        operation,
        code: 'DownloadNotUsable',
        message: `Download ${session.DownloadID} is ${session.Status}`,
        retryable: true,
      });
    }
    return new TableDownload({ tunnel, table, partition, session });
  }

  /** The rows of a range one by one. A broken connection is taken up where it broke. Throws CloudError. */
  async *read(range: ReadRange = {}): AsyncGenerator<Row, void, undefined> {
    for await (const rows of this.readBatches(range)) yield* rows;
  }

  /** The same rows in batches as they arrive, which is cheaper for many rows. */
  async *readBatches(range: ReadRange = {}): AsyncGenerator<readonly Row[], void, undefined> {
    const { start = 0, count = this.recordCount - start, columns, signal } = range;
    const layout = this.layoutOf(columns);
    let done = 0;
    let fruitless = 0; // streams in a row that broke without one more row
    while (done < count) {
      const before = done;
      try {
        const left = { start: start + done, count: count - done };
        for await (const rows of this.batches({ ...left, layout, signal })) {
          done += rows.length;
          yield layout.complete(rows);
        }
        if (done === before) throw this.cutShort(start + done);
      } catch (error) {
        // Every row had its own checksum: with the last one here, a lost footer loses nothing.
        if (done >= count && isBreak(error)) return;
        fruitless = done > before ? 1 : fruitless + 1;
        const { retry } = this.tunnel;
        if (!isBreak(error) || fruitless >= retry.attempts || signal?.aborted) throw error;
        await pause(backoffMs(retry, fruitless), signal);
      }
    }
  }

  /** One request's rows. A stream that broke is a CloudError `ConnectionFailed` or `StreamTruncated`. */
  private async *batches(options: {
    readonly start: number;
    readonly count: number;
    readonly layout: Layout;
    readonly signal: AbortSignal | undefined;
  }): AsyncGenerator<readonly Row[], void, undefined> {
    const { start, count, layout, signal } = options;
    const operation = 'ReadRows';
    const answer = await this.tunnel.stream({
      operation,
      method: 'GET',
      table: this.table,
      partition: this.partition,
      query: {
        data: '',
        downloadid: this.id,
        rowrange: `(${start},${count})`,
        columns: layout.named ? layout.wire.map(({ name }) => name).join(',') : undefined,
      },
      signal,
    });
    let given = 0;
    try {
      for await (const rows of decodeRecords({ columns: layout.wire, source: bodyOf(answer) })) {
        given += rows.length;
        if (given > count) throw this.tooMany(count);
        yield rows;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!(error instanceof BodyBroke)) throw codecError(operation, error);
      throw networkError({ operation, url: answer.url, cause: error.cause });
    }
  }

  private layoutOf(names: readonly string[] | undefined): Layout {
    const { columns, partitionKeys } = this.schema;
    if (!names) return { named: false, wire: columns, complete: (rows) => rows };
    const constants = this.partition ? parsePartitionSpec(this.partition) : {};
    const keys = new Set(partitionKeys.map(({ name }) => name));
    const wire: Column[] = [];
    const cells = names.map((name): { at: number } | { value: Value } => {
      const lower = name.toLowerCase();
      if (keys.has(lower)) return { value: constants[lower] ?? null };
      const column = columns.find((one) => one.name === lower);
      if (!column) throw this.noSuchColumn(name);
      return { at: wire.push(column) - 1 };
    });
    if (wire.length === 0) throw this.noSuchColumn('(of data)');
    if (wire.length === names.length) return { named: true, wire, complete: (rows) => rows };
    return {
      named: true,
      wire,
      complete: (rows) =>
        rows.map((row) => cells.map((cell) => ('at' in cell ? row[cell.at] : cell.value))),
    };
  }

  private noSuchColumn(name: string): CloudError {
    return clientError({
      operation: 'ReadRows',
      code: 'NoSuchColumn',
      message: `Table ${this.table} has no column ${name} to read`,
    });
  }

  private tooMany(count: number): CloudError {
    return clientError({
      operation: 'ReadRows',
      code: 'MalformedAnswer',
      message: `Download ${this.id} of ${this.table} gave more than the ${count} rows asked for`,
    });
  }

  private cutShort(at: number): CloudError {
    return clientError({
      operation: 'ReadRows',
      code: 'StreamTruncated',
      message: `Download ${this.id} of ${this.table} has no row ${at} (of ${this.recordCount})`,
    });
  }
}

/** Which columns travel, and how their rows become the rows that were asked for. */
interface Layout {
  readonly named: boolean;
  readonly wire: readonly Column[];
  complete(rows: readonly Row[]): readonly Row[];
}

/** The body broke off: kept apart from what the consumer of the rows throws. */
class BodyBroke extends Error {}

async function* bodyOf(answer: Response): AsyncGenerator<Uint8Array, void, undefined> {
  if (!answer.body) return;
  const reader = answer.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new BodyBroke('The answer broke off', { cause });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // a consumer that stops early frees the connection
  }
}

function isBreak(error: unknown): boolean {
  return (
    error instanceof CloudError &&
    (error.code === 'ConnectionFailed' ||
      error.code === 'ChecksumError' ||
      (error.code === 'StreamTruncated' && error.retryable))
  );
}
