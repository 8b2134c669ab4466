import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from '../config/settings';
import { connect, connectionParts, TemporalConnectionError } from './connection';
import { connectWorker } from './native-connection';

const base: Settings['temporal'] = {
  address: '127.0.0.1:1',
  namespace: 'pai-loop-dev',
  taskQueue: 'pai-loop-dev',
  retentionDays: 30,
  tls: {},
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('TLS follows what is given: off, on by key or file, or as written', async () => {
  expect((await connectionParts(base)).tls).toBe(false);
  expect((await connectionParts({ ...base, apiKey: 'k' })).tls).toBeTruthy();
  expect((await connectionParts({ ...base, tls: { enabled: true } })).tls).toBeTruthy();
  expect((await connectionParts({ ...base, apiKey: 'k', tls: { enabled: false } })).tls).toBe(
    false,
  );
});

test('mutual TLS reads its files', async () => {
  const file = (name: string) => {
    writeFileSync(path.join(folder, name), name);
    return path.join(folder, name);
  };
  const tls = {
    caFile: file('ca'),
    certFile: file('cert'),
    keyFile: file('key'),
    serverName: 'temporal.example',
  };
  expect(await connectionParts({ ...base, tls })).toMatchObject({
    address: '127.0.0.1:1',
    tls: {
      serverNameOverride: 'temporal.example',
      serverRootCACertificate: Buffer.from('ca'),
      clientCertPair: { crt: Buffer.from('cert'), key: Buffer.from('key') },
    },
  });
  await expect(
    connectionParts({ ...base, tls: { ...tls, keyFile: path.join(folder, 'none') } }),
  ).rejects.toThrow(/temporal\.tls\.keyFile: .*none can't be read \(ENOENT\)/);
});

test('no address is told with the two ways to have one', async () => {
  await expect(connect({ temporal: { ...base, address: undefined } })).rejects.toThrow(
    /npm start.*TEMPORAL_ADDRESS/,
  );
});

test('a dead address is told in words, for clients and workers, without the API key', async () => {
  const server = net.createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((done) => server.close(done));
  const temporal = {
    ...base,
    address: `127.0.0.1:${port}`,
    apiKey: 'very-secret',
    tls: { enabled: false },
  };
  for (const attempt of [
    () => connect({ temporal, timeoutMs: 2000 }),
    () => connectWorker({ temporal }),
  ]) {
    const error = await attempt().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(TemporalConnectionError);
    expect(String(error)).toContain(`Temporal at 127.0.0.1:${port} can't be reached without TLS`);
    expect(String(error)).not.toContain('very-secret');
  }
});
