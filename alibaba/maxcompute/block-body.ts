import type { ReplayableBody } from './signed-http';
import { encodeRecords } from './wire/record-stream';
import type { Column, Row } from './wire/value';

type Rows = Iterable<Row> | AsyncIterable<Row>;

const MAX_KEPT_BYTES = 32 * 1024 * 1024;

function isRestartable(rows: Rows): boolean {
  // A list gives a new iterator each time; a generator gives itself, and can be read only once.
  if (Symbol.iterator in rows) return rows[Symbol.iterator]() !== (rows as unknown);
  return false;
}

/**
 * The encoded rows of one block as a request body. Rows are encoded while they are sent. What can
 * be read only once is kept, up to 32 MiB, so that a block of usual size can be sent again.
 */
export class BlockBody implements ReplayableBody {
  failure: { readonly error: unknown } | undefined;
  /** Rows of the block, once all of them were encoded. */
  rowCount = 0;
  private readonly columns: readonly Column[];
  private readonly rows: Rows;
  private readonly restartable: boolean;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private forgotten = false;
  private ended = false;
  private pulling: Promise<void> | undefined;
  private source: AsyncGenerator<Buffer, number> | undefined;
  /** The try that may read on: fetch goes on pulling from a body after its request has failed. */
  private current = 0;

  constructor({ columns, rows }: { readonly columns: readonly Column[]; readonly rows: Rows }) {
    this.columns = columns;
    this.rows = rows;
    this.restartable = isRestartable(rows);
  }

  get replayable(): boolean {
    return !this.forgotten;
  }

  start(): AsyncIterable<Uint8Array> {
    this.current++;
    return this.restartable ? this.encoded(this.current) : this.replayed(this.current);
  }

  stop(): void {
    this.current++;
  }

  /** Frees what the source of the rows holds; nothing is read from it any more. */
  close(): void {
    this.stop();
    void this.source?.return(0).catch(() => undefined);
  }

  private async *encoded(attempt: number): AsyncGenerator<Buffer> {
    const chunks = this.encode();
    for (;;) {
      const { done, value } = await this.nextOf(chunks);
      this.assertCurrent(attempt);
      if (done) {
        this.rowCount = value;
        return;
      }
      yield value;
    }
  }

  /** Breaks the body off: ended in order, a part of a block could be taken for the whole. */
  private assertCurrent(attempt: number): void {
    if (attempt !== this.current) throw new Error('The request of this body has failed');
  }

  private async nextOf(
    chunks: AsyncGenerator<Buffer, number>,
  ): Promise<IteratorResult<Buffer, number>> {
    try {
      return await chunks.next();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Gives the kept chunks again, then goes on with the source, which a failed try left where it was. */
  private async *replayed(attempt: number): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      if (at >= this.kept.length) await this.pull();
      this.assertCurrent(attempt);
      if (at >= this.kept.length) return;
      const chunk = this.kept[at];
      at++;
      if (this.keptBytes > MAX_KEPT_BYTES) {
        this.forgotten = true;
        this.kept.length = 0;
        at = 0;
      }
      yield chunk;
    }
  }

  /** Takes the next chunk from the source, if there is one; two tries that overlap share one pull. */
  private pull(): Promise<void> {
    this.pulling ??= this.takeNext().finally(() => {
      this.pulling = undefined;
    });
    return this.pulling;
  }

  private async takeNext(): Promise<void> {
    if (this.ended) return;
    this.source ??= this.encode();
    const { done, value } = await this.nextOf(this.source);
    if (done) {
      this.ended = true;
      this.rowCount = value;
    } else {
      this.kept.push(value);
      this.keptBytes += value.length;
    }
  }

  private encode(): AsyncGenerator<Buffer, number> {
    return encodeRecords({ columns: this.columns, rows: this.rows });
  }
}
