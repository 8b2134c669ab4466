import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { cacheFolder } from '../../config/home';
import { ensureNamespace } from '../../temporal/namespace';
import { searchAttributes } from '../../temporal/search-attributes';
import { type DevServer, startDevServer } from '../../temporal/server/dev-server';
import { isAlive } from '../../temporal/server/process-lock';
import { findServerBinary } from '../../temporal/server/server-binary';

jest.setTimeout(120_000);

const namespace = 'pai-loop-dev';
let binary: string;
let home: string;
const started: DevServer[] = [];

beforeAll(async () => {
  const cache = cacheFolder({ env: process.env });
  binary = (await findServerBinary({ env: process.env, cache, onProgress: () => undefined })).path;
});
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-home-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  rmSync(home, { recursive: true, force: true });
});

async function start(port = 0): Promise<DevServer> {
  const server = await startDevServer({ binary, home, port, uiPort: 0, namespace });
  started.push(server);
  return server;
}

test('state survives a restart, and a kill', async () => {
  const first = await start();
  await withClient(first, (client) =>
    client.workflow.start('sleeper', {
      workflowId: 'lifecycle/walmart/dev',
      taskQueue: 'nobody',
      typedSearchAttributes: [{ key: searchAttributes.pipeline, value: 'walmart' }],
    }),
  );
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start();
  expect(second.adopted).toBe(false);
  await withClient(second, async (client) => {
    const found = await client.workflow.getHandle('lifecycle/walmart/dev').describe();
    expect(found.status.name).toBe('RUNNING');
    expect(found.typedSearchAttributes.get(searchAttributes.pipeline)).toBe('walmart');
  });
  process.kill(second.pid, 'SIGKILL');
  await second.ended;

  const third = await start();
  await withClient(third, async (client) => {
    const found = await client.workflow.getHandle('lifecycle/walmart/dev').describe();
    expect(found.status.name).toBe('RUNNING');
  });
});

test('a second start takes over the running server, and its stop ends it', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  expect(second.address).toBe(first.address);
  expect([first.adopted, second.adopted].sort()).toEqual([false, true]);
  const adopted = first.adopted ? first : second;
  await adopted.stop();
  expect(isAlive(first.pid)).toBe(false);
  expect(existsSync(path.join(home, 'temporal', 'server.json'))).toBe(false);
});

test('a taken port is told with its key and the ways out', async () => {
  const other = net.createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address() as net.AddressInfo;
  await expect(start(port)).rejects.toThrow(
    new RegExp(`Port ${port} .*ports\\.temporal.*PAI_LOOP_PORTS=auto.*TEMPORAL_ADDRESS`),
  );
  await new Promise((done) => other.close(done));
});

test('a database whose making was interrupted is made again', async () => {
  mkdirSync(path.join(home, 'temporal'));
  writeFileSync(path.join(home, 'temporal', 'temporal.db'), '');
  const server = await start();
  expect(server.address).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('a program that is no server is told with the end of its log', async () => {
  const options = { home, port: 0, uiPort: 0, namespace, startTimeoutMs: 10_000 };
  await expect(startDevServer({ ...options, binary: process.execPath })).rejects.toThrow(
    /didn't come up at 127\.0\.0\.1:\d+.*server\.log ends/s,
  );
});

async function withClient<T>(server: DevServer, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    await ensureNamespace({ connection, namespace, retentionDays: 30 });
    return await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}
