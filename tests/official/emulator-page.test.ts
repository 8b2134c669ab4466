import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ListedOperation } from '../../emulator/control/operations';
import { startLocalCloud } from '../../emulator/local-cloud';
import { emulatorPage } from './emulator-page';
import { RESULTS, type SuiteResult } from './results';

const PAGE = path.resolve(__dirname, '..', '..', 'docs', 'emulator.md');

/** The list that a running local cloud gives of itself. */
async function operationsOfTheCloud(): Promise<readonly ListedOperation[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'emulator-page-'));
  const ports = { maxcompute: 0, oss: 0, pai: 0, eas: 0 };
  const place = { project: 'demo', bucket: 'demo-bucket', region: 'cn-hangzhou' };
  const cloud = await startLocalCloud({ folder, ports, ...place, control: true });
  try {
    const answer = await fetch(`${cloud.control?.url}/operations`);
    return ((await answer.json()) as { readonly operations: readonly ListedOperation[] })
      .operations;
  } finally {
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function keptResults(): readonly SuiteResult[] {
  return fs
    .readdirSync(RESULTS)
    .sort()
    .map((file) => JSON.parse(fs.readFileSync(path.join(RESULTS, file), 'utf8')) as SuiteResult);
}

/** Versions of the clients: pinned for Python, installed for npm. */
function versions(): ReadonlyMap<string, string> {
  const file = path.join(__dirname, 'python', 'requirements.txt');
  const pinned = fs.readFileSync(file, 'utf8').matchAll(/^([\w-]+)==(\S+)$/gm);
  const oss = JSON.parse(fs.readFileSync(require.resolve('ali-oss/package.json'), 'utf8')) as {
    readonly version: string;
  };
  return new Map([
    ...[...pinned].map(([, name, version]) => [name, version] as const),
    ['ali-oss', oss.version],
  ]);
}

test('docs/emulator.md says what the last runs of the official clients showed', async () => {
  const operations = await operationsOfTheCloud();
  const results = keptResults();
  const page = emulatorPage({ operations, results, versions: versions() });
  if (process.env.WRITE_DOCS === '1') fs.writeFileSync(PAGE, page);
  expect(fs.readFileSync(PAGE, 'utf8')).toBe(page);
});

test('every operation that a client exercised is one that the local cloud lists as its own', async () => {
  const operations = await operationsOfTheCloud();
  const own = new Set(
    operations
      .filter(({ supported }) => supported)
      .map(({ product, operation }) => `${product}/${operation}`),
  );
  const others = keptResults().flatMap(({ client, operations: names }) =>
    names.filter((name) => !own.has(name)).map((name) => `${client}: ${name}`),
  );
  expect(others).toEqual([]);
});
