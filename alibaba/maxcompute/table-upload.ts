import { CloudError } from '../cloud-error';
import { BlockBody } from './block-body';
import { clientError, codecError } from './maxcompute-errors';
import { pause } from './pause';
import { backoffMs } from './retry';
import type { TunnelHttp } from './tunnel-http';
import { columnOf } from './wire/table-schema';
import { parseUploadSession, type UploadSessionJson } from './wire/tunnel-session';
import type { Column, Row } from './wire/value';

/** The columns of a Tunnel session; rows have the cells of `columns`, without partition keys. */
export interface SessionSchema {
  readonly columns: readonly Column[];
  readonly partitionKeys: readonly Column[];
}

/** Which table or partition (`run_id=20250710_073527`) a session is for. */
export interface UploadTarget {
  readonly table: string;
  readonly partition?: string;
}

const COMMIT_TRIES = 5;
/** Looks at a session that doesn't close before giving up; minutes, with the usual waits between. */
const COMMIT_LOOKS = 50;

/** An upload session: blocks are written in any order, also again, and appear in the table at once by `commit`. */
export class TableUpload {
  readonly id: string;
  readonly schema: SessionSchema;
  private readonly tunnel: TunnelHttp;
  private readonly target: UploadTarget;

  private constructor(options: {
    readonly tunnel: TunnelHttp;
    readonly target: UploadTarget;
    readonly session: UploadSessionJson;
  }) {
    this.tunnel = options.tunnel;
    this.target = options.target;
    this.id = options.session.UploadID;
    const { columns, partitionKeys } = options.session.Schema;
    this.schema = {
      columns: columns.map(columnOf),
      partitionKeys: partitionKeys.map(columnOf),
    };
  }

  /** Opens a new session; with `overwrite` the commit replaces what the table or partition held. */
  static async open(options: {
    readonly tunnel: TunnelHttp;
    readonly target: UploadTarget;
    readonly overwrite?: boolean;
    readonly createPartition?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<TableUpload> {
    const { tunnel, target, overwrite, createPartition, signal } = options;
    const { body } = await tunnel.text({
      operation: 'CreateUpload',
      method: 'POST',
      ...target,
      query: {
        reload: 'False',
        uploads: '1',
        create_partition: createPartition ? 'true' : undefined,
        overwrite: overwrite ? 'true' : undefined,
      },
      signal,
    });
    const session = parsed('CreateUpload', () => parseUploadSession(body));
    if (session.Status !== 'NORMAL') throw unusable('CreateUpload', session);
    return new TableUpload({ tunnel, target, session });
  }

  /** Takes up a session that was opened before. Throws CloudError when the service has given it up. */
  static async resume(options: {
    readonly tunnel: TunnelHttp;
    readonly target: UploadTarget;
    readonly uploadId: string;
    readonly signal?: AbortSignal;
  }): Promise<TableUpload> {
    const session = await askSession(options);
    if (session.Status !== 'NORMAL' && !isCommitted(session)) {
      throw unusable('ResumeUpload', session);
    }
    return new TableUpload({ ...options, session });
  }

  /**
   * Writes (or replaces) one block. Rows are sent while they come, in bounded memory. A list, or
   * one-shot rows of up to 32 MiB, are sent again when the connection breaks.
   */
  async writeBlock(options: {
    readonly blockId: number;
    readonly rows: Iterable<Row> | AsyncIterable<Row>;
    readonly signal?: AbortSignal;
  }): Promise<{ readonly rows: number }> {
    const { blockId, rows, signal } = options;
    const body = parsed('WriteBlock', () => new BlockBody({ columns: this.schema.columns, rows }));
    try {
      await this.tunnel.text({
        operation: 'WriteBlock',
        method: 'PUT',
        ...this.target,
        query: { uploadid: this.id, blockid: String(blockId) },
        body,
        signal,
      });
    } catch (error) {
      throw codecError('WriteBlock', error);
    } finally {
      body.close();
    }
    return { rows: body.rowCount };
  }

  /** The blocks that the service has, ascending. */
  async uploadedBlocks(options: { readonly signal?: AbortSignal } = {}): Promise<number[]> {
    return blocksOf(await this.ask(options.signal));
  }

  /**
   * Checks that the service has exactly these blocks and commits them. A commit whose answer was
   * lost is looked up before it is tried again; one that is done already succeeds.
   */
  async commit(options: {
    readonly blockIds: readonly number[];
    readonly signal?: AbortSignal;
  }): Promise<void> {
    const { signal } = options;
    for (let attempt = 1; ; attempt++) {
      const session = await this.ask(signal);
      this.checkBlocks(session, options.blockIds);
      if (isCommitted(session)) return;
      if (session.Status !== 'NORMAL' && session.Status !== 'CLOSING') {
        throw unusable('CommitUpload', session);
      }
      if (session.Status === 'NORMAL' && (await this.tryCommit(attempt, signal))) return;
      if (attempt >= COMMIT_LOOKS) throw this.stillOpen(session);
      await pause(backoffMs(this.tunnel.retry, attempt), signal);
    }
  }

  private stillOpen({ Status }: UploadSessionJson): CloudError {
    return clientError({
      operation: 'CommitUpload',
      code: 'CommitNotFinished',
      message: `Upload ${this.id} is still ${Status} after its commit`,
      retryable: true,
    });
  }

  /** True when committed; false when the outcome isn't known and another look is worth it. */
  private async tryCommit(attempt: number, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      const { body } = await this.tunnel.text({
        operation: 'CommitUpload',
        method: 'POST',
        ...this.target,
        query: { uploadid: this.id },
        signal,
      });
      const session = parsed('CommitUpload', () => parseUploadSession(body));
      return isCommitted(session);
    } catch (error) {
      const lost = error instanceof CloudError && error.retryable && attempt < COMMIT_TRIES;
      if (!lost) throw error;
      return false;
    }
  }

  private checkBlocks(session: UploadSessionJson, blockIds: readonly number[]): void {
    const wanted = [...new Set(blockIds)].sort((left, right) => left - right);
    const found = blocksOf(session);
    if (wanted.join() === found.join()) return;
    throw clientError({
      operation: 'CommitUpload',
      code: 'BlocksNotMatch',
      message: `Upload ${this.id}: the service has blocks [${found}], to commit: [${wanted}]`,
    });
  }

  private ask(signal: AbortSignal | undefined): Promise<UploadSessionJson> {
    return askSession({ tunnel: this.tunnel, target: this.target, uploadId: this.id, signal });
  }
}

async function askSession(options: {
  readonly tunnel: TunnelHttp;
  readonly target: UploadTarget;
  readonly uploadId: string;
  readonly signal?: AbortSignal;
}): Promise<UploadSessionJson> {
  const { tunnel, target, uploadId, signal } = options;
  const { body } = await tunnel.text({
    operation: 'GetUpload',
    method: 'GET',
    ...target,
    query: { reload: 'True', uploadid: uploadId },
    signal,
  });
  return parsed('GetUpload', () => parseUploadSession(body));
}

function isCommitted({ Status }: UploadSessionJson): boolean {
  return Status === 'CLOSED';
}

function blocksOf({ UploadedBlockList }: UploadSessionJson): number[] {
  return UploadedBlockList.map(({ BlockID }) => Number(BlockID)).sort(
    (left, right) => left - right,
  );
}

function unusable(operation: string, session: UploadSessionJson): CloudError {
  return clientError({
    operation,
    code: 'UploadNotUsable',
    message: `Upload ${session.UploadID} is ${session.Status}: open a new one`,
  });
}

function parsed<T>(operation: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw codecError(operation, error);
  }
}
