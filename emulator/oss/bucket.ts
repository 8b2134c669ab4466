import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { BlobFiles } from './blob-files';
import type { BucketChange, ObjectRecord, PartRecord, UploadRecord } from './bucket-records';
import { Journal } from './journal';
import { SortedKeys } from './key-order';
import { SerialByKey } from './serial-by-key';

/** Rewrite the journal at start when it has this many more lines than the bucket has things. */
const COMPACT_SLACK = 1_000;

interface OpenUpload extends UploadRecord {
  readonly parts: Map<number, PartRecord>;
}

/** One bucket: an index in memory, its changes in a journal, its bytes in files. */
export class Bucket {
  readonly name: string;
  readonly blobs: BlobFiles;
  readonly keys: SortedKeys;
  readonly #folder: string;
  readonly #journal: Journal<BucketChange>;
  readonly #objects: Map<string, ObjectRecord>;
  readonly #uploads: Map<string, OpenUpload>;
  readonly #serial = new SerialByKey();
  readonly #serialUploads = new SerialByKey();
  #created = 0;

  private constructor(args: {
    readonly name: string;
    readonly folder: string;
    readonly journal: Journal<BucketChange>;
    readonly changes: readonly BucketChange[];
  }) {
    this.name = args.name;
    this.#folder = args.folder;
    this.#journal = args.journal;
    this.blobs = new BlobFiles(path.join(args.folder, 'blobs'));
    this.#objects = new Map();
    this.#uploads = new Map();
    this.keys = new SortedKeys([]);
    for (const change of args.changes) this.#apply(change);
    this.keys = new SortedKeys(this.#objects.keys());
  }

  /** Opens the bucket in a folder, or makes it. */
  static async open(args: {
    readonly name: string;
    readonly folder: string;
    readonly now: number;
  }): Promise<Bucket> {
    await mkdir(args.folder, { recursive: true });
    const file = path.join(args.folder, 'journal.ndjson');
    const { journal, entries } = await Journal.open<BucketChange>(file);
    const bucket = new Bucket({ ...args, journal, changes: entries });
    if (bucket.#created === 0) await bucket.#commit({ kind: 'created', at: args.now });
    const needed = bucket.#objects.size + bucket.#uploads.size + 1;
    if (entries.length > 2 * needed + COMPACT_SLACK) await journal.rewrite(bucket.#asChanges());
    await bucket.blobs.removeAllBut(bucket.#blobIds());
    return bucket;
  }

  /** When the bucket was made, in milliseconds since 1970. */
  get created(): number {
    return this.#created;
  }

  get(key: string): ObjectRecord | undefined {
    return this.#objects.get(key);
  }

  upload(id: string): UploadRecord | undefined {
    return this.#uploads.get(id);
  }

  uploads(): Iterable<UploadRecord> {
    return this.#uploads.values();
  }

  /** Runs a check and the change that rests on it as one step for a key. */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#serial.run(key, work);
  }

  /** The same for an upload; completing one may take the key's turn inside. */
  exclusivelyUpload<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#serialUploads.run(id, work);
  }

  /** Puts an object in the place of the one that was there; `completes` ends that upload in the same step. */
  async put(object: ObjectRecord, completes?: string): Promise<void> {
    const before = this.#objects.get(object.key);
    const parts = completes ? this.#uploads.get(completes)?.parts : undefined;
    await this.#commit({ kind: 'put', object, completes });
    if (before) await this.blobs.remove(before.blob);
    for (const part of parts?.values() ?? []) await this.blobs.remove(part.blob);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const doomed = keys.map((key) => this.#objects.get(key)).filter((object) => !!object);
    if (doomed.length === 0) return;
    await this.#commit({ kind: 'delete', keys });
    for (const { blob } of doomed) await this.blobs.remove(blob);
  }

  async startUpload(upload: Omit<UploadRecord, 'parts'>): Promise<void> {
    await this.#commit({ kind: 'upload', upload });
  }

  async putPart(uploadId: string, part: PartRecord): Promise<void> {
    const before = this.#uploads.get(uploadId)?.parts.get(part.number);
    await this.#commit({ kind: 'part', uploadId, part });
    if (before) await this.blobs.remove(before.blob);
  }

  async abortUpload(uploadId: string): Promise<void> {
    const parts = [...(this.#uploads.get(uploadId)?.parts.values() ?? [])];
    await this.#commit({ kind: 'abort', uploadId });
    for (const { blob } of parts) await this.blobs.remove(blob);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  /** Takes the bucket off the disk. */
  async destroy(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #commit(change: BucketChange): Promise<void> {
    await this.#journal.append(change);
    this.#apply(change);
    if (change.kind === 'put') this.keys.add(change.object.key);
    if (change.kind === 'delete') for (const key of change.keys) this.keys.remove(key);
  }

  #apply(change: BucketChange): void {
    switch (change.kind) {
      case 'created':
        this.#created = change.at;
        return;
      case 'put':
        this.#objects.set(change.object.key, change.object);
        if (change.completes) this.#uploads.delete(change.completes);
        return;
      case 'delete':
        for (const key of change.keys) this.#objects.delete(key);
        return;
      case 'upload':
        this.#uploads.set(change.upload.id, { ...change.upload, parts: new Map() });
        return;
      case 'part':
        this.#uploads.get(change.uploadId)?.parts.set(change.part.number, change.part);
        return;
      case 'abort':
        this.#uploads.delete(change.uploadId);
    }
  }

  *#asChanges(): Generator<BucketChange> {
    yield { kind: 'created', at: this.#created };
    for (const object of this.#objects.values()) yield { kind: 'put', object };
    for (const { parts, ...upload } of this.#uploads.values()) {
      yield { kind: 'upload', upload };
      for (const part of parts.values()) yield { kind: 'part', uploadId: upload.id, part };
    }
  }

  #blobIds(): Set<string> {
    const ids = new Set<string>();
    for (const { blob } of this.#objects.values()) ids.add(blob);
    for (const { parts } of this.#uploads.values()) {
      for (const { blob } of parts.values()) ids.add(blob);
    }
    return ids;
  }
}
