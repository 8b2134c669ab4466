import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import type { Value } from './value';

/** How the values of one type travel; both directions feed the record's CRC. */
export interface FieldCodec {
  /** Protobuf wire type of the field's tag: 0 varint, 1 fixed64, 2 length-delimited, 5 fixed32. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** Writes a value that isn't null. Throws WireError `value` when it doesn't fit the type. */
  write(out: ByteWriter, value: Exclude<Value, null>): void;
  read(input: ByteReader): Exclude<Value, null>;
}
