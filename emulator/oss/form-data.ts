import { OssError } from './oss-error';

/** A form as PostObject takes it: its fields, then its file, whose bytes are still on their way. */
export interface Form {
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: AsyncIterable<Uint8Array>;
}

const MAX_FIELDS_BYTES = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

/** Reads the fields before the file `file`; the file is read by whoever takes the form. */
export async function readForm(args: {
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}): Promise<Form> {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(args.contentType);
  if (!match) throw malformed();
  const delimiter = Buffer.from(`\r\n--${match[1] ?? match[2]}`);
  const source = args.body[Symbol.asyncIterator]();
  // The first boundary has no line before it.
  const reader = new FormReader({ source, delimiter, bytes: Buffer.from('\r\n') });
  const fields = new Map<string, string>();
  await reader.until(delimiter);
  for (;;) {
    const head = (await reader.until(HEAD_END)).toString('utf8');
    const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head)?.[1] ?? '';
    const name = /(?:^|[;\s])name="([^"]*)"/i.exec(disposition)?.[1];
    if (name === undefined) throw malformed();
    if (name.toLowerCase() === 'file') {
      const fileName = /filename="([^"]*)"/i.exec(disposition)?.[1];
      const type = /^content-type:\s*(\S+)/im.exec(head)?.[1];
      if (fileName !== undefined) fields.set('filename', fileName);
      if (type !== undefined && !fields.has('content-type')) fields.set('content-type', type);
      return { fields, file: reader.file() };
    }
    fields.set(name.toLowerCase(), (await reader.until(delimiter)).toString('utf8'));
  }
}

class FormReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  #bytes: Buffer;
  #read = 0;

  constructor(args: {
    readonly source: AsyncIterator<Uint8Array>;
    readonly delimiter: Buffer;
    readonly bytes: Buffer;
  }) {
    this.#source = args.source;
    this.#delimiter = args.delimiter;
    this.#bytes = args.bytes;
  }

  /** What comes before a mark; goes on behind it. */
  async until(mark: Buffer): Promise<Buffer> {
    for (;;) {
      const at = this.#bytes.indexOf(mark);
      if (at >= 0) {
        const before = this.#bytes.subarray(0, at);
        this.#bytes = this.#bytes.subarray(at + mark.length);
        return before;
      }
      await this.#more();
      if (this.#read > MAX_FIELDS_BYTES && this.#bytes.length > MAX_FIELDS_BYTES) throw malformed();
    }
  }

  /** The file's bytes up to the boundary behind it. */
  async *file(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#bytes.indexOf(this.#delimiter);
      if (at >= 0) {
        yield this.#bytes.subarray(0, at);
        // What comes behind the file doesn't count, but it is read.
        for (let next = await this.#source.next(); !next.done; next = await this.#source.next());
        return;
      }
      // The end may be the beginning of the boundary.
      const sure = this.#bytes.length - this.#delimiter.length;
      if (sure > 0) {
        yield this.#bytes.subarray(0, sure);
        this.#bytes = this.#bytes.subarray(sure);
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done) throw malformed();
    this.#read += next.value.length;
    this.#bytes = Buffer.concat([this.#bytes, next.value]);
  }
}

function malformed(): OssError {
  return new OssError(
    400,
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  );
}
