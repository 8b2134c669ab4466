import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  endpointsPath,
  type RunningEndpoints,
  readEndpoints,
  removeEndpoints,
  writeEndpoints,
} from './endpoints-file';
import { cacheFolder, defaultHome, resolveHome } from './home';
import { loadRunningSettings } from './running-settings';

const root = path.resolve(__dirname, '..');
const endpoints: RunningEndpoints = {
  temporal: { address: '127.0.0.1:5001', namespace: 'pai-loop-dev', ui: 'http://127.0.0.1:5002' },
  gateway: { url: 'http://127.0.0.1:5003' },
  maxcompute: {
    endpoint: 'http://127.0.0.1:5004/api',
    tunnelEndpoint: 'http://127.0.0.1:5004',
    project: 'pai_loop_dev',
  },
  oss: { endpoint: 'http://127.0.0.1:5005', bucket: 'pai-loop-dev' },
  pai: { endpoint: 'http://127.0.0.1:5006' },
  region: 'ap-southeast-1',
  accessKeyId: 'LTAIlocal0000000',
  accessKeySecret: 'local-secret',
  pids: { worker: 1 },
};
let home: string;
let env: Record<string, string>;

beforeEach(() => {
  home = path.join(mkdtempSync(path.join(os.tmpdir(), 'pai-loop-home-')), 'deep');
  const empty = path.join(path.dirname(home), 'empty.yaml');
  writeFileSync(empty, '');
  env = { PAI_LOOP_HOME: home, PAI_LOOP_CONFIG_LOCAL: empty };
});
afterEach(() => rmSync(path.dirname(home), { recursive: true, force: true }));

test('endpoints.json: private, read back, replaced, removed', async () => {
  expect(await readEndpoints({ home })).toBeUndefined();
  await writeEndpoints({ home, endpoints });
  expect(statSync(endpointsPath(home)).mode & 0o777).toBe(0o600);
  await writeEndpoints({ home, endpoints: { ...endpoints, region: 'cn-beijing' } });
  expect((await readEndpoints({ home }))?.region).toBe('cn-beijing');
  await removeEndpoints({ home });
  await removeEndpoints({ home });
  expect(await readEndpoints({ home })).toBeUndefined();
});

test('a damaged endpoints.json says what to do and quotes nothing', async () => {
  await writeEndpoints({ home, endpoints });
  writeFileSync(endpointsPath(home), '{"accessKeySecret":"local-secret"');
  const error = await readEndpoints({ home }).catch(String);
  expect(error).toContain('delete it');
  expect(error).not.toContain('local-secret');
});

test('a running instance gives the addresses and its own keys', async () => {
  await writeEndpoints({ home, endpoints });
  env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'LTAIofTheRealCloud';
  env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = 'real';
  env['PAI_LOOP_OSS_ENDPOINT'] = 'http://127.0.0.1:7777';
  const { settings, origins } = await loadRunningSettings({ root, env });
  expect(settings.temporal.address).toBe('127.0.0.1:5001');
  expect(settings.pai.endpoints.eas).toBe('127.0.0.1:5006');
  expect(settings.maxcompute.tunnelEndpoint).toBe('http://127.0.0.1:5004');
  expect(settings.credentials).toEqual({
    accessKeyId: 'LTAIlocal0000000',
    accessKeySecret: 'local-secret',
  });
  expect(settings.oss.endpoint).toBe('http://127.0.0.1:7777');
  expect(origins['oss.endpoint'].kind).toBe('variable');
  expect(origins['maxcompute.endpoint']).toMatchObject({ kind: 'derived' });
});

test('a given Temporal address stays, and without an instance nothing changes', async () => {
  env['TEMPORAL_ADDRESS'] = 'temporal.example:7233';
  expect((await loadRunningSettings({ root, env })).running).toBeUndefined();
  await writeEndpoints({ home, endpoints });
  const { settings, running } = await loadRunningSettings({ root, env });
  expect(running).toEqual(endpoints);
  expect(settings.temporal.address).toBe('temporal.example:7233');
});

test('the default home and cache follow the platform', () => {
  const userHome = '/u';
  expect(defaultHome({ env: {}, platform: 'linux', userHome })).toBe('/u/.local/share/pai-loop');
  expect(defaultHome({ env: { XDG_DATA_HOME: '/d' }, platform: 'linux', userHome })).toBe(
    '/d/pai-loop',
  );
  expect(defaultHome({ env: { XDG_DATA_HOME: 'rel' }, platform: 'linux', userHome })).toBe(
    '/u/.local/share/pai-loop',
  );
  expect(defaultHome({ env: {}, platform: 'darwin', userHome })).toBe(
    '/u/Library/Application Support/pai-loop',
  );
  expect(cacheFolder({ env: {}, platform: 'linux', userHome })).toBe('/u/.cache/pai-loop');
  expect(resolveHome({ env: { PAI_LOOP_HOME: '~/x' }, userHome })).toBe('/u/x');
});
