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
  private source: AsyncGenerator<Buffer, number> | undefined;
  private pulling: Promise<boolean> | undefined;

  constructor({ columns, rows }: { readonly columns: readonly Column[]; readonly rows: Rows }) {
    this.columns = columns;
    this.rows = rows;
    this.restartable = isRestartable(rows);
  }

  get replayable(): boolean {
    return !this.forgotten;
  }

  start(): AsyncIterable<Uint8Array> {
    return this.restartable ? this.encoded() : this.replayed();
  }

  private async *encoded(): AsyncGenerator<Buffer> {
    try {
      this.rowCount = yield* encodeRecords({ columns: this.columns, rows: this.rows });
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Gives the kept chunks again, then goes on with the source, which a failed try left where it was. */
  private async *replayed(): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      if (at >= this.kept.length && !(await this.pull())) return;
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

  /** Takes the next chunk from the source; two tries that overlap share one pull. */
  private pull(): Promise<boolean> {
    this.source ??= encodeRecords({ columns: this.columns, rows: this.rows });
    this.pulling ??= this.source
      .next()
      .then(({ done, value }) => {
        if (done) {
          this.rowCount = value;
          return false;
        }
        this.kept.push(value);
        this.keptBytes += value.length;
        return true;
      })
      .catch((error) => {
        this.failure = { error };
        throw error;
      })
      .finally(() => {
        this.pulling = undefined;
      });
    return this.pulling;
  }
}
