import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BlobFiles } from './blob-files';
import type {
  BucketChange,
  BucketSettings,
  ObjectRecord,
  PartRecord,
  Piece,
  UploadRecord,
} from './bucket-records';
import { BucketState } from './bucket-state';
import { Journal } from './journal';
import { SortedKeys } from './key-order';
import { SerialByKey } from './serial-by-key';

/** The journal is rewritten when it has this many more lines than twice what the bucket needs. */
const COMPACT_SLACK = 5_000;

/** One bucket: an index in memory, its changes in a journal, its bytes in files. */
export class Bucket {
  readonly name: string;
  readonly blobs: BlobFiles;
  readonly keys: SortedKeys;
  readonly #folder: string;
  readonly #journal: Journal<BucketChange>;
  readonly #state: BucketState;
  readonly #serial = new SerialByKey();
  readonly #serialUploads = new SerialByKey();

  private constructor(args: {
    readonly name: string;
    readonly folder: string;
    readonly journal: Journal<BucketChange>;
    readonly state: BucketState;
  }) {
    this.name = args.name;
    this.#folder = args.folder;
    this.#journal = args.journal;
    this.#state = args.state;
    this.blobs = new BlobFiles(path.join(args.folder, 'blobs'));
    this.keys = new SortedKeys(args.state.objects.keys());
  }

  /** Opens the bucket in a folder, or makes it. */
  static async open(args: {
    readonly name: string;
    readonly folder: string;
    readonly now: number;
    readonly settings: BucketSettings;
  }): Promise<Bucket> {
    await mkdir(args.folder, { recursive: true });
    const file = path.join(args.folder, 'journal.ndjson');
    const state = new BucketState();
    const journal = await Journal.open<BucketChange>({ file, onEntry: (one) => state.apply(one) });
    const bucket = new Bucket({ ...args, journal, state });
    if (state.created === 0) await bucket.change({ at: args.now, settings: args.settings });
    await journal.keepShort({
      isDue: (lines) => lines > 2 * state.size + COMPACT_SLACK,
      entries: () => state.asChanges(),
    });
    await bucket.blobs.removeAllBut(state.blobs());
    return bucket;
  }

  /** When the bucket was made, in milliseconds since 1970. */
  get created(): number {
    return this.#state.created;
  }

  get settings(): BucketSettings {
    return this.#state.settings;
  }

  get(key: string): ObjectRecord | undefined {
    return this.#state.objects.get(key);
  }

  objects(): Iterable<ObjectRecord> {
    return this.#state.objects.values();
  }

  upload(id: string): UploadRecord | undefined {
    return this.#state.uploads.get(id);
  }

  uploads(): Iterable<UploadRecord> {
    return this.#state.uploads.values();
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
    const before = this.#state.objects.get(object.key);
    const parts = completes ? this.#state.uploads.get(completes)?.parts.values() : undefined;
    await this.#commit({ kind: 'put', object, completes });
    const kept = new Set(object.pieces.map(({ blob }) => blob));
    const old = [...(before?.pieces ?? []), ...(parts ?? [])];
    await this.blobs.remove(old.filter(({ blob }) => !kept.has(blob)));
  }

  /** The object with its bytes in one file, which is made when they lie in several. */
  async inOnePiece(key: string): Promise<ObjectRecord | undefined> {
    const isWhole = (object?: ObjectRecord): boolean => !object || object.pieces.length === 1;
    if (isWhole(this.get(key))) return this.get(key);
    return this.exclusively(key, async () => {
      const object = this.get(key);
      if (!object || isWhole(object)) return object;
      const { pieces, size } = object;
      const { blob } = await this.blobs.write(
        this.blobs.read({ pieces, first: 0, last: size - 1 }),
      );
      const whole = { ...object, pieces: [{ blob, size }] };
      await this.put(whole);
      return whole;
    });
  }

  async delete(key: string): Promise<void> {
    const doomed = this.#state.objects.get(key);
    if (!doomed) return;
    await this.#commit({ kind: 'delete', keys: [key] });
    await this.blobs.remove(doomed.pieces);
  }

  async startUpload(upload: Omit<UploadRecord, 'parts'>): Promise<void> {
    await this.#commit({ kind: 'upload', upload });
  }

  async putPart(uploadId: string, part: PartRecord): Promise<void> {
    const before = this.#state.uploads.get(uploadId)?.parts.get(part.number);
    await this.#commit({ kind: 'part', uploadId, part });
    if (before) await this.blobs.remove([before]);
  }

  async abortUpload(uploadId: string): Promise<void> {
    const parts: readonly Piece[] = [...(this.#state.uploads.get(uploadId)?.parts.values() ?? [])];
    await this.#commit({ kind: 'abort', uploadId });
    await this.blobs.remove(parts);
  }

  /** Notes what the bucket is made with; again, when that changes. */
  async change(args: { readonly at: number; readonly settings: BucketSettings }): Promise<void> {
    await this.#commit({ kind: 'created', ...args });
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  /** Takes the bucket off the disk; `grave` is what its folder is called until it is gone. */
  async destroy(grave: string): Promise<void> {
    await this.close();
    await rename(this.#folder, grave);
    await rm(grave, { recursive: true, force: true });
  }

  async #commit(change: BucketChange): Promise<void> {
    await this.#journal.append(change);
    this.#state.apply(change);
    if (change.kind === 'put') this.keys.add(change.object.key);
    if (change.kind === 'delete') for (const key of change.keys) this.keys.remove(key);
  }
}
