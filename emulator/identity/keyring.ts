import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

/** What a presented access key turns out to be. */
export type KeyLookup =
  | { readonly kind: 'key'; readonly secret: string; readonly role?: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'badToken' };

/** Temporary credentials as STS gives them; `expiration` is ISO 8601 in UTC, to the second. */
export interface IssuedToken {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly expiration: string;
}

/** The keys that the local cloud knows: one static pair, and every temporary pair that it has issued. */
export interface Keyring {
  /** The static pair that the operator's processes sign with. */
  readonly root: { readonly accessKeyId: string; readonly accessKeySecret: string };
  find(key: { readonly accessKeyId: string; readonly securityToken?: string }): KeyLookup;
  issueToken(request: { readonly role: string; readonly seconds: number }): IssuedToken;
}

interface KeyFile {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Signs tokens, so that temporary keys need no table and survive a restart. */
  readonly tokenSecret: string;
}

interface TokenClaims {
  readonly id: string;
  readonly role: string;
  /** Seconds since 1970. */
  readonly ends: number;
}

/** Opens the keyring of a folder, making its static pair on the first start (`keyring.json`, mode 0600). */
export async function openKeyring(options: {
  readonly folder: string;
  readonly clock?: () => Date;
}): Promise<Keyring> {
  const file = path.join(options.folder, 'keyring.json');
  const keys = (await readKeyFile(file)) ?? (await createKeyFile(file));
  return keyringOf({ keys, clock: options.clock ?? (() => new Date()) });
}

/** A keyring of given keys, kept nowhere. */
export function keyringOf(options: {
  readonly keys: KeyFile;
  readonly clock: () => Date;
}): Keyring {
  const { keys, clock } = options;
  const mac = (text: string): Buffer =>
    createHmac('sha256', keys.tokenSecret).update(text).digest();
  const secretOf = (id: string): string => mac(`secret:${id}`).toString('base64url').slice(0, 40);

  return {
    root: { accessKeyId: keys.accessKeyId, accessKeySecret: keys.accessKeySecret },
    find: ({ accessKeyId, securityToken }) => {
      if (accessKeyId === keys.accessKeyId) {
        return securityToken ? { kind: 'badToken' } : { kind: 'key', secret: keys.accessKeySecret };
      }
      // A temporary key without its token is not found, as on the real cloud.
      if (!accessKeyId.startsWith('STS.') || !securityToken) return { kind: 'unknown' };
      const claims = readToken({ securityToken, mac });
      if (!claims || claims.id !== accessKeyId) return { kind: 'badToken' };
      if (claims.ends * 1000 <= clock().getTime()) return { kind: 'expired' };
      return { kind: 'key', secret: secretOf(accessKeyId), role: claims.role };
    },
    issueToken: ({ role, seconds }) => {
      const id = `STS.${randomBytes(18).toString('base64url').replace(/[-_]/g, 'x')}`;
      const ends = Math.floor(clock().getTime() / 1000) + seconds;
      const payload = Buffer.from(JSON.stringify({ id, role, ends })).toString('base64url');
      return {
        accessKeyId: id,
        accessKeySecret: secretOf(id),
        securityToken: `${payload}.${mac(`token:${payload}`).toString('base64url')}`,
        expiration: new Date(ends * 1000).toISOString().replace('.000Z', 'Z'),
      };
    },
  };
}

function readToken(args: {
  readonly securityToken: string;
  readonly mac: (text: string) => Buffer;
}): TokenClaims | undefined {
  const [payload, signature] = args.securityToken.split('.');
  if (!payload || !signature) return undefined;
  const expected = args.mac(`token:${payload}`);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as TokenClaims;
}

async function readKeyFile(file: string): Promise<KeyFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KeyFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`the local cloud's keys can't be read: ${file}`, { cause: error });
  }
}

async function createKeyFile(file: string): Promise<KeyFile> {
  const letters = (count: number): string =>
    randomBytes(count * 2)
      .toString('base64')
      .replace(/[+/=]/g, '')
      .slice(0, count);
  const keys: KeyFile = {
    accessKeyId: `LTAI5t${letters(18)}`,
    accessKeySecret: letters(30),
    tokenSecret: randomBytes(32).toString('hex'),
  };
  await mkdir(path.dirname(file), { recursive: true });
  // Synced before the rename: a half-written key file would lock the operator out after a power cut.
  const unfinished = `${file}.${process.pid}.tmp`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(keys, undefined, 2));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
  return keys;
}
