import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { cacheFolder } from '../../config/home';
import { ensureNamespace } from '../../temporal/namespace';
import { searchAttributeNames } from '../../temporal/search-attributes';
import { waitUntilServing } from '../../temporal/server/health';
import { freePorts } from '../../temporal/server/ports';
import { findServerBinary } from '../../temporal/server/server-binary';

/** A Temporal dev server for the tests of one file, with a client on a namespace of its own. */
export interface TestServer {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
  /** Ends the server; it also ends when the jest process does, however that happens. */
  stop(): Promise<void>;
}

// Stands between jest and the server: when jest goes, even by SIGKILL, the pipe closes and the server ends.
const guard = `
const { spawn } = require('node:child_process');
const [binary, ...args] = process.argv.slice(1);
const server = spawn(binary, args, { stdio: ['ignore', 'ignore', 'inherit'] });
const end = () => server.kill('SIGKILL');
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end).on('SIGINT', end);
server.on('exit', (code) => process.exit(code ?? 0)).on('error', () => process.exit(1));
`;

let shared: Promise<TestServer> | undefined;

/**
 * The Temporal server of this test file (in memory, free ports, no UI), started at the first call.
 * Give `stopTestServer` to `afterAll`.
 */
export function testServer(): Promise<TestServer> {
  shared ??= start();
  return shared;
}

/** Ends the server of this test file, when one was started. */
export async function stopTestServer(): Promise<void> {
  const running = shared;
  shared = undefined;
  await (await running)?.stop();
}

async function start(): Promise<TestServer> {
  const binary = await findServerBinary({
    env: process.env,
    cache: cacheFolder({ env: process.env }),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const [port] = await freePorts({ count: 1, ip: '127.0.0.1' });
  const address = `127.0.0.1:${port}`;
  const namespace = 'pai-loop-test';
  // A folder of its own keeps the server off the user's configuration files.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-temporal-'));
  const child = spawn(
    process.execPath,
    ['-e', guard, binary.path, ...serverArguments({ port, namespace })],
    { stdio: ['pipe', 'ignore', 'pipe'], env: { PATH: process.env.PATH, HOME: folder } },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-4000);
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stopProcess = async () => {
    child.stdin.destroy();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await waitUntilServing({ address, timeoutMs: 60_000, hasEnded }))) {
    await stopProcess();
    throw new Error(`The test's Temporal server didn't come up: ${errors}`);
  }
  const connection = await Connection.connect({ address });
  await ensureNamespace({ connection, namespace, retentionDays: 1 });
  return {
    address,
    namespace,
    connection,
    client: new Client({ connection, namespace }),
    stop: async () => {
      await connection.close();
      await stopProcess();
    },
  };
}

function serverArguments(input: { readonly port: number; readonly namespace: string }) {
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--log-level', 'error'],
    ...['--port', String(input.port), '--namespace', input.namespace],
    ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}
