import { readFile, rename, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

/** TCP ports of the local cloud; 0 asks for a free one. */
export interface LocalPorts {
  readonly maxcompute: number;
  readonly oss: number;
  readonly pai: number;
  readonly eas: number;
}

/** Where the parts are found unless told otherwise. */
export const DEFAULT_PORTS: LocalPorts = { maxcompute: 9200, oss: 9201, pai: 9202, eas: 9203 };

const NAMES = ['maxcompute', 'oss', 'pai', 'eas'] as const;
const FILE = 'ports.json';

/**
 * The wanted ports, where 0 becomes the port of the folder's last start if that is still free: addresses
 * that somebody noted stay right.
 */
export async function rememberedPorts(options: {
  readonly folder: string;
  readonly wanted: LocalPorts;
  readonly host: string;
}): Promise<LocalPorts> {
  const { folder, wanted, host } = options;
  const last = await readLast(path.join(folder, FILE));
  const ports = { ...wanted };
  for (const name of NAMES) {
    const port = last[name];
    if (ports[name] === 0 && port !== undefined && (await isFree({ host, port }))) {
      ports[name] = port;
    }
  }
  return ports;
}

/** Notes the ports in use for the next start. */
export async function rememberPorts(options: {
  readonly folder: string;
  readonly ports: LocalPorts;
}): Promise<void> {
  const file = path.join(options.folder, FILE);
  await writeFile(`${file}.tmp`, JSON.stringify(options.ports), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

/** The port of an address such as `http://127.0.0.1:9200/api`. */
export function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function readLast(file: string): Promise<Partial<LocalPorts>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<LocalPorts>;
  } catch {
    return {};
  }
}

function isFree(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(address, () => server.close(() => resolve(true)));
  });
}
