/** What is wrong with the bytes or values that a codec was given. */
export type WireErrorKind =
  /** A value doesn't fit its column's type. */
  | 'value'
  /** A column type that the codec doesn't carry. */
  | 'type'
  /** The stream ended before its footer. */
  | 'truncated'
  /** A CRC or a count in the stream isn't that of the data before it. */
  | 'checksum'
  /** Bytes or text that aren't of the format at all. */
  | 'malformed';

/** Thrown by the pure codecs; a server answers it as a 4xx, a client as a CloudError. */
export class WireError extends Error {
  readonly kind: WireErrorKind;

  constructor(kind: WireErrorKind, message: string) {
    super(message);
    this.name = 'WireError';
    this.kind = kind;
  }
}
