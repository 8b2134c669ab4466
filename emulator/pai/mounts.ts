import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** The part of the OSS emulator that makes mounts: `startOss` gives it. */
export interface ObjectFiles {
  materialise(request: {
    readonly bucket: string;
    readonly prefix: string;
    readonly into: string;
  }): Promise<{ readonly skipped: readonly string[] }>;
}

/** An OSS folder that an instance sees at an absolute path. */
export interface Mount {
  /** `oss://bucket/prefix/` or `oss://bucket.endpoint/prefix/`. */
  readonly uri: string;
  /** As the request names it, for example `/mnt/data/`. */
  readonly mountPath: string;
}

/** Bucket and prefix of an OSS address; undefined when it is none. A host is bucket and endpoint. */
export function parseOssUri(uri: string): { bucket: string; prefix: string } | undefined {
  const match = /^oss:\/\/([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:[.:][^/]*)?(?:\/(.*))?$/.exec(uri);
  if (!match) return undefined;
  return { bucket: match[1], prefix: match[2] ?? '' };
}

/** True for an absolute path without `..`, empty or dot parts, and other than the root itself. */
export function isMountPath(mountPath: string): boolean {
  const parts = mountPath.replace(/\/+$/, '').split('/');
  return (
    mountPath.startsWith('/') &&
    parts.length > 1 &&
    parts.slice(1).every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** Where a mount path lies on this machine: below the instance's own folder. */
export function localMountPath(options: {
  readonly folder: string;
  readonly mountPath: string;
}): string {
  return path.join(options.folder, 'mounts', options.mountPath.replace(/\/+$/, ''));
}

/**
 * Brings the objects below each mount's prefix into the instance's folder, as they are now. The answer
 * names the objects whose keys a file system can't hold.
 */
export async function materialiseMounts(options: {
  readonly folder: string;
  readonly mounts: readonly Mount[];
  readonly files: ObjectFiles;
}): Promise<string[]> {
  const skipped: string[] = [];
  for (const mount of options.mounts) {
    const source = parseOssUri(mount.uri);
    if (!source) throw new Error(`not an OSS address: ${mount.uri}`);
    const into = localMountPath({ folder: options.folder, mountPath: mount.mountPath });
    await mkdir(into, { recursive: true });
    const result = await options.files.materialise({ ...source, into });
    skipped.push(...result.skipped);
  }
  return skipped;
}

/**
 * The text with every mount path replaced by its local folder: without root nothing can be mounted at an
 * absolute path. A path that merely begins like a mount's (`/mnt/data2` for `/mnt/data`) stays.
 */
export function rewriteMountPaths(options: {
  readonly text: string;
  readonly folder: string;
  readonly mounts: readonly Pick<Mount, 'mountPath'>[];
}): string {
  const paths = options.mounts
    .map(({ mountPath }) => mountPath.replace(/\/+$/, ''))
    // The longest first, so that a mount inside another one wins.
    .sort((left, right) => right.length - left.length);
  if (paths.length === 0) return options.text;
  const any = paths.map((mountPath) => mountPath.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![A-Za-z0-9_.~/}-])(${any})(?![A-Za-z0-9_.-])`, 'g');
  return options.text.replace(pattern, (mountPath: string) =>
    localMountPath({ folder: options.folder, mountPath }),
  );
}
