import { RecordDecoder } from './record-decoder';
import { RecordEncoder } from './record-encoder';
import type { Column, Row } from './value';

const CHUNK_BYTES = 64 * 1024;

/**
 * Encodes rows as they come into chunks of about 64 KiB; memory is bounded by one chunk and one row.
 * Returns the number of rows.
 */
export async function* encodeRecords(options: {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row> | AsyncIterable<Row>;
}): AsyncGenerator<Buffer, number, undefined> {
  const encoder = new RecordEncoder({ columns: options.columns });
  if (Symbol.iterator in options.rows) {
    for (const row of options.rows) {
      encoder.write(row);
      if (encoder.size >= CHUNK_BYTES) yield encoder.take();
    }
  } else {
    for await (const row of options.rows) {
      encoder.write(row);
      if (encoder.size >= CHUNK_BYTES) yield encoder.take();
    }
  }
  yield encoder.finish();
  return encoder.rowCount;
}

/** Decodes a stream; gives the rows of each chunk as one batch. Throws WireError, also for a stream cut short. */
export async function* decodeRecords(options: {
  readonly columns: readonly Column[];
  readonly source: AsyncIterable<Uint8Array>;
  readonly maxFieldBytes?: number;
  readonly requireFooter?: boolean;
}): AsyncGenerator<readonly Row[], void, undefined> {
  const decoder = new RecordDecoder(options);
  for await (const chunk of options.source) {
    const rows = decoder.push(chunk);
    if (rows.length > 0) yield rows;
  }
  decoder.end();
}
