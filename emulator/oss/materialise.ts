import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { linkOrCopy } from './blob-files';
import type { Bucket } from './bucket';
import type { Buckets } from './buckets';

/** What a mount came out as. Keys that a file system can't hold are named, not lost silently. */
export interface Materialised {
  readonly files: number;
  readonly skipped: readonly string[];
}

/** The objects of the local OSS as files. */
export interface ObjectFiles {
  /**
   * Puts the objects below a prefix into a folder, as they are now and read-only: that is a mount. The
   * prefix is a folder's name, with or without a slash at its end.
   */
  materialise(request: {
    readonly bucket: string;
    readonly prefix: string;
    readonly into: string;
  }): Promise<Materialised>;
}

// A linked file is the object itself; small ones are copied, so that no careless root process can change them.
const LINK_FROM_BYTES = 1024 * 1024;

/** The files of these buckets. */
export function objectFiles(buckets: Buckets): ObjectFiles {
  return {
    materialise: async ({ bucket, prefix, into }) => {
      const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
      return materialise({ bucket: buckets.get(bucket), folder, into });
    },
  };
}

async function materialise(args: {
  readonly bucket: Bucket;
  readonly folder: string;
  readonly into: string;
}): Promise<Materialised> {
  const { bucket, folder, into } = args;
  await mkdir(into, { recursive: true });
  const skipped: string[] = [];
  let files = 0;
  for (const key of keysBelow(bucket, folder)) {
    const name = key.slice(folder.length);
    // In a file system a name can't be a file and a folder: the folder wins.
    const isFolderToo = bucket.keys.at(bucket.keys.seek(`${key}/`))?.startsWith(`${key}/`);
    if (name === '') continue;
    if (isFolderToo || !isFileName(name)) skipped.push(key);
    else if (name.endsWith('/')) await mkdir(path.join(into, name), { recursive: true });
    else if (await place({ bucket, key, to: path.join(into, name) })) files += 1;
  }
  return { files, skipped };
}

function keysBelow(bucket: Bucket, folder: string): readonly string[] {
  const keys: string[] = [];
  for (let i = bucket.keys.seek(folder); i < bucket.keys.length; i += 1) {
    const key = bucket.keys.at(i);
    if (!key.startsWith(folder)) break;
    keys.push(key);
  }
  return keys;
}

/** True when each part of a path is a plain name: a key must never lead out of the folder. */
function isFileName(name: string): boolean {
  const parts = name.replace(/\/$/, '').split('/');
  return parts.every(
    (part) =>
      part !== '' &&
      part !== '.' &&
      part !== '..' &&
      !part.includes('\0') &&
      Buffer.byteLength(part) <= 255,
  );
}

/** False when the object has gone meanwhile. */
async function place(args: {
  readonly bucket: Bucket;
  readonly key: string;
  readonly to: string;
}): Promise<boolean> {
  const { bucket, key, to } = args;
  const object = await bucket.inOnePiece(key);
  if (!object) return false;
  const { blobs } = bucket;
  const release = blobs.hold(object.pieces);
  try {
    await mkdir(path.dirname(to), { recursive: true });
    await rm(to, { force: true });
    const [piece] = object.pieces;
    // The file of an appendable object may be longer than the object, and will be.
    if (object.type === 'Appendable') {
      const bytes = blobs.read({ pieces: object.pieces, first: 0, last: object.size - 1 });
      await writeFile(to, bytes, { mode: 0o555 });
    } else if (object.size >= LINK_FROM_BYTES)
      await linkOrCopy({ from: blobs.path(piece.blob), to });
    else await copyFile(blobs.path(piece.blob), to);
    return true;
  } finally {
    release();
  }
}
