import { readFile, stat } from 'node:fs/promises';
import type OSS from 'ali-oss';
import { CloudError } from '../cloud-error';
import type { CredentialsProvider } from '../credentials';
import { abortable, retrying } from '../retry';
import { toOssError } from './error-mapping';
import { type Checksums, checksumsOf, fileChecksums } from './file-checksums';
import { type BucketPlace, createOssClient } from './oss-client';
import { crc64 } from './wire/crc64';

/** How an object store is reached. */
export interface ObjectStoreOptions extends BucketPlace {
  readonly credentials: CredentialsProvider;
  /** Longest time for one request in milliseconds, default 60,000; large bodies get more. */
  readonly timeoutMs?: number;
  /** How often a safe request is sent in all; default 4. */
  readonly attempts?: number;
  /** First pause between two attempts in milliseconds, doubled each time; default 200. */
  readonly pauseMs?: number;
}

/** What there is to know of an object without its bytes. */
export interface ObjectHead {
  readonly size: number;
  /** With its quotes, as HTTP writes it. */
  readonly etag: string;
  readonly lastModified: Date;
}

/** One object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

interface KeyCall {
  readonly key: string;
  readonly signal?: AbortSignal;
}

interface PutCall extends KeyCall {
  readonly body: Buffer | string | { readonly file: string };
  /** Refuse (CloudError `FileAlreadyExists`) instead of overwriting. */
  readonly forbidOverwrite?: boolean;
  readonly contentType?: string;
}

/** Files above this size go up in parts of this size: no more of a file is ever held in memory at once. */
const PART_BYTES = 8 * 1024 * 1024;
/** A body may take this long for each byte before it counts as stuck: 1 MB/s. */
const SLOWEST_BYTES_PER_MS = 1_000;

/** One bucket of OSS, the real one or the local one; only the endpoint differs. Throws CloudError. */
export class ObjectStore {
  readonly #options: Required<ObjectStoreOptions>;
  #shared: Promise<OSS> | undefined;

  constructor(options: ObjectStoreOptions) {
    this.#options = { timeoutMs: 60_000, attempts: 4, pauseMs: 200, ...options };
  }

  /**
   * Writes an object; what arrived is held to MD5 and CRC-64. A large file goes up in parts. A put that is
   * cancelled may still arrive, as one whose answer was lost.
   */
  async put(call: PutCall): Promise<{ readonly etag: string }> {
    const operation = 'PutObject';
    // With forbidOverwrite a repeat could meet its own first attempt and take it for someone else's.
    const mayRepeat = (failure: CloudError): boolean =>
      failure.retryable && call.forbidOverwrite !== true;
    return this.#attempt({ ...call, operation, mayRepeat }, async () => {
      if (Buffer.isBuffer(call.body) || typeof call.body === 'string') {
        return this.#putBytes({ call, bytes: Buffer.from(call.body) });
      }
      const { file } = call.body;
      const { size } = await stat(file);
      if (size <= PART_BYTES) return this.#putBytes({ call, bytes: await readFile(file) });
      const checksums = await fileChecksums(file, call.signal);
      return this.#putParts({ call, file, checksums });
    });
  }

  /** The object's bytes, held to their CRC-64. An absent one is a CloudError `NoSuchKey`. */
  async get(call: KeyCall): Promise<Buffer> {
    return this.#attempt({ ...call, operation: 'GetObject' }, async () => {
      const client = await this.#client();
      const { content, res } = await client.get(call.key);
      const bytes = Buffer.from(content as Buffer);
      const expected = header(res, 'x-oss-hash-crc64ecma');
      if (expected !== undefined && crc64(bytes) !== expected) {
        throw checksumMismatch({ operation: 'GetObject', key: call.key });
      }
      return bytes;
    });
  }

  /** The object read as JSON. Not checked against a shape: that is the caller's. */
  async getJson<T>(call: KeyCall): Promise<T> {
    return JSON.parse((await this.get(call)).toString('utf8')) as T;
  }

  /** Size, tag and time of an object; undefined when there is none. */
  async head(call: KeyCall): Promise<ObjectHead | undefined> {
    try {
      return await this.#attempt({ ...call, operation: 'HeadObject' }, async () => {
        const { res } = await (await this.#client()).head(call.key);
        return {
          size: Number(header(res, 'content-length')),
          etag: header(res, 'etag') ?? '',
          lastModified: new Date(header(res, 'last-modified') ?? Number.NaN),
        };
      });
    } catch (error) {
      if (error instanceof CloudError && error.code === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  /** Every object whose key begins with the prefix, in the order of keys. */
  async *list(
    call: { readonly prefix?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.#attempt({ ...call, operation: 'ListObjectsV2' }, () =>
        this.#listPage({ prefix: call.prefix, token }),
      );
      yield* page.objects;
      token = page.next;
    } while (token);
  }

  /** Deletes an object; an absent one is no error. */
  async delete(call: KeyCall): Promise<void> {
    await this.#attempt({ ...call, operation: 'DeleteObject' }, async () => {
      await (await this.#client()).delete(call.key);
    });
  }

  /** The address of an object as other products take it: `oss://bucket.endpoint/key`. */
  uri(call: { readonly key: string }): string {
    const host = this.#options.endpoint.replace(/^https?:\/\//, '').replace(/\/+$/, '');
    return `oss://${this.#options.bucket}.${host}/${call.key}`;
  }

  async #putBytes(args: { readonly call: PutCall; readonly bytes: Buffer }) {
    const { call, bytes } = args;
    const checksums = checksumsOf(bytes);
    const headers = putHeaders({ call, checksums });
    const client = await this.#client();
    const timeout = this.#patience(bytes.length);
    const { res } = await client.put(call.key, bytes, { headers, mime: call.contentType, timeout });
    return this.#stored({ call, res, checksums });
  }

  async #putParts(args: {
    readonly call: PutCall;
    readonly file: string;
    readonly checksums: Checksums;
  }) {
    const { call, file, checksums } = args;
    // A client of its own: ali-oss keeps "cancelled" for all uploads of a client together.
    const client = await this.#newClient();
    let uploadId: string | undefined;
    const work = client.multipartUpload(call.key, file, {
      parallel: 4,
      partSize: PART_BYTES,
      mime: call.contentType ?? 'application/octet-stream',
      headers: call.forbidOverwrite ? { 'x-oss-forbid-overwrite': 'true' } : {},
      timeout: this.#patience(PART_BYTES),
      progress: async (_done: number, checkpoint?: { readonly uploadId: string }) => {
        uploadId = checkpoint?.uploadId ?? uploadId;
      },
    });
    const onAbort = (): void => (client as unknown as { cancel(): void }).cancel();
    try {
      const { res } = await abortable({ signal: call.signal, onAbort, work });
      return this.#stored({ call, res, checksums });
    } catch (error) {
      // Parts of an upload that nobody completes are billed for ever. A cancelled upload isn't waited for.
      const cleanUp = work
        .catch(() => undefined)
        .then(async () => {
          if (uploadId) await client.abortMultipartUpload(call.key, uploadId);
        })
        .catch(() => undefined);
      if (!call.signal?.aborted) await cleanUp;
      throw error;
    }
  }

  /** Compares what OSS says it stored with what was sent; a wrong object doesn't stay. */
  async #stored(args: {
    readonly call: PutCall;
    readonly res: unknown;
    readonly checksums: Checksums;
  }): Promise<{ readonly etag: string }> {
    const { call, res, checksums } = args;
    const crc = header(res, 'x-oss-hash-crc64ecma');
    if (crc !== undefined && crc !== checksums.crc64) {
      await (await this.#client()).delete(call.key).catch(() => undefined);
      throw checksumMismatch({ operation: 'PutObject', key: call.key });
    }
    return { etag: header(res, 'etag') ?? '' };
  }

  async #listPage(args: { readonly prefix?: string; readonly token?: string }): Promise<{
    readonly objects: readonly ListedObject[];
    readonly next?: string;
  }> {
    const client = await this.#client();
    // Keys travel percent-encoded, since XML can't carry every character. Empty values aren't sent:
    // the SDK signs `prefix=` where the service reads `prefix`.
    const query = {
      'max-keys': '1000',
      'encoding-type': 'url',
      ...(args.prefix && { prefix: args.prefix }),
      ...(args.token && { 'continuation-token': args.token }),
    };
    const page = await client.listV2(query as never, {});
    const objects = (page.objects ?? []).map(({ name, size, lastModified }) => ({
      key: decodeURIComponent(name.replace(/\+/g, '%20')),
      size,
      lastModified: new Date(lastModified),
    }));
    return { objects, next: page.isTruncated ? page.nextContinuationToken : undefined };
  }

  async #attempt<T>(
    call: {
      readonly operation: string;
      readonly key?: string;
      readonly signal?: AbortSignal;
      readonly mayRepeat?: (failure: CloudError) => boolean;
    },
    request: () => Promise<T>,
  ): Promise<T> {
    const { attempts, pauseMs } = this.#options;
    const { operation, key, signal } = call;
    if (key !== undefined) refuseUnsendable({ operation, key });
    const mayRepeat = call.mayRepeat ?? ((failure) => failure.retryable);
    const work = (): Promise<T> => {
      const answer = request().catch((error: unknown) => {
        throw toOssError({ operation, key, error });
      });
      return abortable({ signal, onAbort: () => undefined, work: answer });
    };
    return retrying({ attempts, pauseMs, signal, mayRepeat, work });
  }

  async #client(): Promise<OSS> {
    this.#shared ??= this.#newClient().catch((error: unknown) => {
      this.#shared = undefined;
      throw error;
    });
    return this.#shared;
  }

  #newClient(): Promise<OSS> {
    const { credentials, timeoutMs } = this.#options;
    return createOssClient({ place: this.#options, credentials, timeoutMs });
  }

  #patience(bytes: number): number {
    return this.#options.timeoutMs + Math.ceil(bytes / SLOWEST_BYTES_PER_MS);
  }
}

/** Every HTTP client resolves dots in a path: such a key would be signed as one and sent as another. */
function refuseUnsendable(args: { readonly operation: string; readonly key: string }): void {
  const { operation, key } = args;
  if (key !== '' && !/^[/\\]|(^|\/)\.{1,2}(\/|$)/.test(key)) return;
  throw new CloudError({
    product: 'oss',
    operation,
    code: 'InvalidObjectName',
    message: `oss ${operation}: not a key that can be sent: ${JSON.stringify(key)}`,
    retryable: false,
  });
}

function putHeaders(args: {
  readonly call: PutCall;
  readonly checksums: Checksums;
}): Record<string, string> {
  return {
    'Content-MD5': args.checksums.md5,
    ...(args.call.forbidOverwrite && { 'x-oss-forbid-overwrite': 'true' }),
  };
}

function header(res: unknown, name: string): string | undefined {
  return (res as { readonly headers: Readonly<Record<string, string | undefined>> }).headers[name];
}

function checksumMismatch(args: { readonly operation: string; readonly key: string }): CloudError {
  return new CloudError({
    product: 'oss',
    operation: args.operation,
    code: 'ChecksumMismatch',
    message: `oss ${args.operation} ${args.key}: the bytes were damaged on their way`,
    retryable: true,
  });
}
