/** Who may use what without a signature. */
export type Acl = 'private' | 'public-read' | 'public-read-write';

/** A run of bytes in a blob file. The file may be longer: what lies behind `size` doesn't count. */
export interface Piece {
  readonly blob: string;
  readonly size: number;
}

/** What is kept of an object beside its bytes. */
export interface ObjectRecord {
  readonly key: string;
  /** The object's bytes are these, one after the other: one piece, or the parts of an upload. */
  readonly pieces: readonly Piece[];
  readonly size: number;
  /** Without quotes, upper-case hex; a multipart object's ends with `-<parts>`. */
  readonly etag: string;
  readonly crc64: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly type: 'Normal' | 'Multipart' | 'Appendable';
  /** Headers that come back as they were sent: content type, cache control, `x-oss-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Absent: the bucket's. */
  readonly acl?: Acl;
}

/** One part of an upload that isn't complete yet. */
export interface PartRecord {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  readonly crc64: string;
  readonly modified: number;
}

/** An upload in parts that isn't complete yet. */
export interface UploadRecord {
  readonly id: string;
  readonly key: string;
  readonly initiated: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly acl?: Acl;
  readonly parts: ReadonlyMap<number, PartRecord>;
}

/** What a bucket was made with. */
export interface BucketSettings {
  readonly acl: Acl;
  readonly storageClass: string;
  readonly redundancy: string;
}

/** One change of a bucket; the journal is a list of these. */
export type BucketChange =
  | { readonly kind: 'created'; readonly at: number; readonly settings: BucketSettings }
  | { readonly kind: 'put'; readonly object: ObjectRecord; readonly completes?: string }
  | { readonly kind: 'delete'; readonly keys: readonly string[] }
  | { readonly kind: 'upload'; readonly upload: Omit<UploadRecord, 'parts'> }
  | { readonly kind: 'part'; readonly uploadId: string; readonly part: PartRecord }
  | { readonly kind: 'abort'; readonly uploadId: string };
