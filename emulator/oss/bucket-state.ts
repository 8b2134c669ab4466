import type {
  BucketChange,
  BucketSettings,
  ObjectRecord,
  PartRecord,
  UploadRecord,
} from './bucket-records';

interface OpenUpload extends UploadRecord {
  readonly parts: Map<number, PartRecord>;
}

/** What a bucket has, in memory: what its changes come to. */
export class BucketState {
  readonly objects = new Map<string, ObjectRecord>();
  readonly uploads = new Map<string, OpenUpload>();
  /** Most objects of a bucket have the same few headers: one copy of each will do. */
  readonly #headers = new Map<string, ObjectRecord['headers']>();
  #created = 0;
  #settings: BucketSettings = { acl: 'private', storageClass: 'Standard', redundancy: 'LRS' };

  /** Milliseconds since 1970; 0 for a bucket that isn't there yet. */
  get created(): number {
    return this.#created;
  }

  get settings(): BucketSettings {
    return this.#settings;
  }

  /** The number of changes that `asChanges` gives. */
  get size(): number {
    let size = 1 + this.objects.size + this.uploads.size;
    for (const { parts } of this.uploads.values()) size += parts.size;
    return size;
  }

  /** Takes a change in. */
  apply(change: BucketChange): void {
    switch (change.kind) {
      case 'created':
        this.#created = change.at;
        this.#settings = change.settings;
        return;
      case 'put':
        this.objects.set(change.object.key, this.#shared(change.object));
        if (change.completes) this.uploads.delete(change.completes);
        return;
      case 'delete':
        for (const key of change.keys) this.objects.delete(key);
        return;
      case 'upload':
        this.uploads.set(change.upload.id, { ...change.upload, parts: new Map() });
        return;
      case 'part':
        this.uploads.get(change.uploadId)?.parts.set(change.part.number, change.part);
        return;
      case 'abort':
        this.uploads.delete(change.uploadId);
    }
  }

  /** The fewest changes that come to the same. */
  *asChanges(): Generator<BucketChange> {
    yield { kind: 'created', at: this.#created, settings: this.#settings };
    for (const object of this.objects.values()) yield { kind: 'put', object };
    for (const { parts, ...upload } of this.uploads.values()) {
      yield { kind: 'upload', upload };
      for (const part of parts.values()) yield { kind: 'part', uploadId: upload.id, part };
    }
  }

  /** The names of all blob files that count. */
  blobs(): Set<string> {
    const ids = new Set<string>();
    for (const { pieces } of this.objects.values()) for (const { blob } of pieces) ids.add(blob);
    for (const { parts } of this.uploads.values()) {
      for (const { blob } of parts.values()) ids.add(blob);
    }
    return ids;
  }

  #shared(object: ObjectRecord): ObjectRecord {
    const text = JSON.stringify(object.headers);
    if (text.length > 200) return object;
    const known = this.#headers.get(text);
    if (known) return { ...object, headers: known };
    // Bounded: headers that are all different are not worth keeping twice.
    if (this.#headers.size < 1_000) this.#headers.set(text, object.headers);
    return object;
  }
}
