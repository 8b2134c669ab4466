import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Control } from './control/control';
import { keyringTime, serverTime } from './control/request-clock';
import { startControl } from './control/server';
import { type Keyring, openKeyring } from './identity/keyring';
import { type LocalPorts, portOf, rememberedPorts, rememberPorts } from './local-ports';
import { startMaxCompute } from './maxcompute/server';
import { startOss } from './oss/server';
import { startPai } from './pai/server';
import { lockFolder } from './process/folder-lock';

/** What a local cloud is started with. */
export interface LocalCloudOptions {
  /** All state lies below it; one running local cloud a folder. */
  readonly folder: string;
  readonly ports: LocalPorts;
  readonly project: string;
  readonly bucket: string;
  readonly region: string;
  /** For tests: the request log and faults on a port of its own; `true` takes a free one. */
  readonly control?: boolean | { readonly port: number };
}

/** Where the parts of a running local cloud are, and the keys that open them. */
export interface LocalCloudAddresses {
  readonly maxcompute: {
    readonly endpoint: string;
    readonly tunnelEndpoint: string;
    readonly project: string;
  };
  readonly oss: { readonly endpoint: string; readonly bucket: string };
  /** The endpoint is a proxy too (`HTTPS_PROXY`); its authority's certificate is in the file. */
  readonly pai: { readonly endpoint: string; readonly certificateFile: string };
  /** Only when it was asked for; who has the address may use it. */
  readonly control?: { readonly url: string };
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** A running local cloud. */
export interface LocalCloud extends LocalCloudAddresses {
  /** Ends the processes of instances and services, then the servers, and frees the folder. */
  close(): Promise<void>;
}

/** The local cloud never leaves the machine. */
const HOST = '127.0.0.1';

interface Part {
  close(): Promise<void>;
}

/**
 * Starts the local Alibaba Cloud on loopback: MaxCompute, OSS and PAI with one keyring. Throws
 * `FolderInUseError` when another one works on the folder, and an error that names the port when one is taken.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const unlock = await lockFolder(options.folder);
  const parts: Part[] = [];
  try {
    const clock = options.control ? keyringTime : undefined;
    const keyring = await openKeyring({ folder: options.folder, clock });
    await writeCredentials({ folder: options.folder, keyring });
    const addresses = await startParts({ ...options, keyring, parts });
    return { ...addresses, close: () => closeParts({ parts, unlock }) };
  } catch (error) {
    await closeParts({ parts, unlock });
    throw error;
  }
}

async function startParts(
  options: LocalCloudOptions & { readonly keyring: Keyring; readonly parts: Part[] },
): Promise<LocalCloudAddresses> {
  const { folder, keyring, parts, project, bucket, region } = options;
  const ports = await rememberedPorts({ folder, wanted: options.ports, host: HOST });
  const below = (name: string): string => path.join(folder, name);
  const control = options.control ? new Control() : undefined;
  const watching = control && { watch: control.watch, clock: serverTime };
  const common = { host: HOST, keyring, region, ...watching };
  const [maxcompute, oss] = await allStarted([
    startMaxCompute({ ...common, folder: below('maxcompute'), port: ports.maxcompute, project }),
    startOss({ ...common, folder: below('oss'), port: ports.oss, bucket, onFault: tellFault }),
  ] as const);
  parts.push(maxcompute, oss);
  const pai = await startPai({
    ...common,
    folder: below('pai'),
    port: ports.pai,
    easPort: ports.eas,
    bucket,
    files: oss.files,
    onRoute: (route) => control?.routes.push(route),
  });
  parts.push(pai);
  const controlled =
    control && (await startControl({ host: HOST, port: controlPort(options), control }));
  if (controlled) parts.push(controlled);
  await rememberPorts({
    folder,
    ports: {
      maxcompute: portOf(maxcompute.endpoint),
      oss: portOf(oss.endpoint),
      pai: portOf(pai.endpoint),
      eas: portOf(pai.gatewayEndpoint),
    },
  });
  const { endpoint, tunnelEndpoint } = maxcompute;
  return {
    maxcompute: { endpoint, tunnelEndpoint, project },
    oss: { endpoint: oss.endpoint, bucket },
    pai: { endpoint: pai.endpoint, certificateFile: pai.certificateFile },
    ...(controlled && { control: { url: controlled.url } }),
    region,
    ...keyring.root,
  };
}

function controlPort({ control }: LocalCloudOptions): number {
  return typeof control === 'object' ? control.port : 0;
}

/** All of them, or the first error after those that did start were closed again. */
async function allStarted<A extends Part, B extends Part>(
  starting: readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return Promise.all(starting);
  for (const result of results) if (result.status === 'fulfilled') await result.value.close();
  throw failed.reason;
}

/** The last started first: what PAI runs uses the others. */
async function closeParts(options: {
  readonly parts: readonly Part[];
  readonly unlock: () => Promise<void>;
}): Promise<void> {
  for (const part of [...options.parts].reverse()) await part.close();
  await options.unlock();
}

async function writeCredentials(options: {
  readonly folder: string;
  readonly keyring: Keyring;
}): Promise<void> {
  const file = path.join(options.folder, 'credentials.json');
  const { accessKeyId, accessKeySecret } = options.keyring.root;
  const text = JSON.stringify({ accessKeyId, accessKeySecret }, undefined, 2);
  await writeFile(`${file}.tmp`, `${text}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

function tellFault(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
}
