import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { type Keyring, openKeyring } from '../../emulator/identity/keyring';
import { type MaxComputeServer, startMaxCompute } from '../../emulator/maxcompute/server';

/** A local MaxCompute in a temporary folder, that can be started again on it. */
export interface LocalMaxCompute {
  readonly keyring: Keyring;
  readonly server: () => MaxComputeServer;
  readonly odps: () => MaxCompute;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The project's client for a server. */
export function clientOf(
  server: Pick<MaxComputeServer, 'endpoint' | 'tunnelEndpoint'>,
  keyring: Keyring,
): MaxCompute {
  return new MaxCompute({
    endpoint: server.endpoint,
    tunnelEndpoint: server.tunnelEndpoint,
    project: 'demo',
    region: 'cn-hangzhou',
    credentials: { get: async () => keyring.root },
  });
}

/** Starts project `demo` on a free port. */
export async function startLocalMaxCompute(): Promise<LocalMaxCompute> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'local-maxcompute-'));
  const keyring = await openKeyring({ folder });
  const start = (): Promise<MaxComputeServer> =>
    startMaxCompute({
      folder: path.join(folder, 'maxcompute'),
      host: '127.0.0.1',
      port: 0,
      keyring,
      project: 'demo',
      region: 'cn-hangzhou',
    });
  let server = await start();
  return {
    keyring,
    server: () => server,
    odps: () => clientOf(server, keyring),
    restart: async () => {
      await server.close();
      server = await start();
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
