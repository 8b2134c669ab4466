import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import type { LocalCloudAddresses } from '../../emulator/local-cloud';
import { buildCloudProgram, CloudProcess, type CloudProgram } from './cloud-process';
import { clientsOf, eventually } from './local-pai';

let program: CloudProgram;
let folder: string;
let clouds: CloudProcess[] = [];

beforeAll(async () => {
  program = await buildCloudProgram();
});

afterAll(() => program.remove());

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'local-cloud-'));
});

afterEach(async () => {
  for (const cloud of clouds) {
    const { exitCode, signalCode } = cloud.child;
    if (exitCode === null && signalCode === null) await cloud.end('SIGTERM');
  }
  clouds = [];
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

const ports = ['maxcompute', 'oss', 'pai', 'eas'].flatMap((name) => [`--${name}-port`, 'auto']);

function start(...more: readonly string[]): CloudProcess {
  const args = ['--folder', folder, ...ports, ...more];
  const cloud = new CloudProcess({ file: program.file, arguments: args });
  clouds.push(cloud);
  return cloud;
}

function everyClient(cloud: LocalCloudAddresses) {
  const { accessKeyId, accessKeySecret, region } = cloud;
  const credentials = { get: async () => ({ accessKeyId, accessKeySecret }) };
  return {
    ...clientsOf({ endpoint: cloud.pai.endpoint, accessKeyId, accessKeySecret }),
    objects: new ObjectStore({ ...cloud.oss, region, credentials }),
    registry: new ModelRegistry({ endpoint: cloud.pai.endpoint, region, credentials }),
    maxcompute: new MaxCompute({ ...cloud.maxcompute, region, credentials }),
  };
}

test('one line says where everything is; an instance works with all of it', async () => {
  const cloud = start('--project', 'a_project', '--bucket', 'a-bucket');
  const addresses = await cloud.ready;
  expect(addresses).toMatchObject({
    maxcompute: { endpoint: expect.stringMatching(/\/api$/), project: 'a_project' },
    oss: { bucket: 'a-bucket' },
    region: 'cn-hangzhou',
  });
  const { objects, dsw, registry, maxcompute } = everyClient(addresses);
  const answer = await maxcompute.runSql({ query: 'SELECT 6 * 7 AS answer' });
  expect(answer.rows).toEqual([['42']]);
  await registry.listModels({});
  await objects.put({ key: 'code/program.js', body: 'console.log(process.env.WORD)' });
  const { InstanceId } = await dsw.createInstance({
    InstanceName: 'reader',
    WorkspaceId: '1',
    EcsSpec: 'ecs.c6.large',
    ImageUrl: 'image',
    Datasets: [{ Uri: objects.uri({ key: 'code/' }), MountPath: '/mnt/code' }],
    EnvironmentVariables: { WORD: 'mounted' },
    UserCommand: { OnStart: { Content: 'node /mnt/code/program.js' } },
  });
  const log = path.join(folder, 'pai', 'dsw', 'instances', InstanceId, 'start-command.log');
  await eventually(
    () => {
      try {
        return readFileSync(log, 'utf8');
      } catch {
        return '';
      }
    },
    (text) => text === 'mounted\n',
  );
  expect(await cloud.end('SIGTERM')).toMatchObject({ code: 0, signal: null });
});

test('keys are private; keys and ports stay the same after a kill', async () => {
  const cloud = start();
  const before = await cloud.ready;
  const file = path.join(folder, 'credentials.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    accessKeyId: before.accessKeyId,
    accessKeySecret: before.accessKeySecret,
  });
  const { dsw } = everyClient(before);
  expect((await dsw.listInstances()).TotalCount).toBe(0);
  await cloud.end('SIGKILL');
  expect(await start().ready).toEqual(before);
});

test('a second one on the same folder is refused, and the first goes on', async () => {
  const first = start();
  const addresses = await first.ready;
  const second = await start().ended;
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`${folder} is in use by process ${first.child.pid}`);
  expect((await everyClient(addresses).dsw.listInstances()).TotalCount).toBe(0);
});

test('a taken port is named', async () => {
  const { pai } = await start().ready;
  const port = new URL(pai.endpoint).port;
  const other = await mkdtemp(path.join(os.tmpdir(), 'local-cloud-'));
  const failed = new CloudProcess({
    file: program.file,
    arguments: ['--folder', other, ...ports, '--oss-port', port],
  });
  const end = await failed.ended;
  await rm(other, { recursive: true, force: true, maxRetries: 10 });
  expect(end.code).toBe(1);
  expect(end.stderr).toContain(port);
});

test('it ends when its parent has gone', async () => {
  const cloud = start();
  await cloud.ready;
  cloud.child.disconnect();
  expect(await cloud.ended).toMatchObject({ code: 0 });
});

test('wrong arguments are told', async () => {
  const end = await start('--pai-port', 'nine').ended;
  expect(end.code).toBe(2);
  expect(end.stderr).toContain('nine is no port');
});
