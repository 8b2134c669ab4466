import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudError } from '../../alibaba/cloud-error';
import { Dsw } from '../../alibaba/dsw/dsw';
import type { CreateInstanceRequest } from '../../alibaba/dsw/types';
import { eventually, REGION, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;

beforeAll(async () => {
  pai = await startTestPai();
});

afterAll(async () => {
  await pai.close();
});

const basic = {
  InstanceName: 'a_machine',
  WorkspaceId: '1',
  EcsSpec: 'ecs.c6.large',
  ImageUrl: 'registry/image:1',
} satisfies CreateInstanceRequest;

async function create(request: Partial<CreateInstanceRequest> = {}): Promise<string> {
  return (await pai.dsw.createInstance({ ...basic, ...request })).InstanceId;
}

/** Creates an instance that runs a command, and waits until it is Running. */
async function run(command: string, request: Partial<CreateInstanceRequest> = {}): Promise<string> {
  const UserCommand = { OnStart: { Content: command } };
  const InstanceId = await create({ ...request, UserCommand });
  await untilStatus(InstanceId, 'Running');
  return InstanceId;
}

function untilStatus(InstanceId: string, status: string) {
  return eventually(
    () => pai.dsw.getInstance({ InstanceId }),
    ({ Status }) => Status === status,
  );
}

async function isGone(InstanceId: string): Promise<boolean> {
  try {
    await pai.dsw.getInstance({ InstanceId });
    return false;
  } catch (error) {
    if (error instanceof CloudError && error.statusCode === 404) return true;
    throw error;
  }
}

async function refusal(call: Promise<unknown>): Promise<CloudError> {
  const error = await call.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof CloudError) return error;
  throw error;
}

function folderOf(InstanceId: string): string {
  return path.join(pai.folder, 'pai', 'dsw', 'instances', InstanceId);
}

/** A file that the instance's start command wrote into its working directory. */
function workFile(InstanceId: string, name: string): Promise<string> {
  const file = path.join(folderOf(InstanceId), 'mounts', 'mnt', 'workspace', name);
  return eventually(
    () => (existsSync(file) ? readFileSync(file, 'utf8') : ''),
    (text) => text.endsWith('\n'),
  );
}

/** Pids whose command line holds a text: asks the system, not the emulator. */
function pidsWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1];
        return (
          !state.startsWith('Z') && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('the life of an instance', () => {
  test('goes through the documented states and stays Running after its command has ended', async () => {
    const InstanceId = await run('echo "$GREETING" > said.txt', {
      EnvironmentVariables: { GREETING: 'hello' },
    });
    expect(await workFile(InstanceId, 'said.txt')).toBe('hello\n');
    await eventually(
      () => pai.dsw.listInstanceEvents({ InstanceId }),
      ({ Events }) => Events.some((event) => event.includes('has ended with code 0')),
    );
    const instance = await pai.dsw.getInstance({ InstanceId });
    expect(instance.Status).toBe('Running');
    expect(instance.AccumulatedRunningTimeInMs).toBeGreaterThan(0);
    const { Lifecycle } = await pai.dsw.getLifecycle({ InstanceId, Order: 'ASC' });
    expect(Lifecycle[0].map(({ Status }) => Status)).toEqual([
      'Creating',
      'ResourceAllocating',
      'EnvPreparing',
      'Starting',
      'Running',
    ]);
  });

  test('stop, start and delete; a state refuses what it does not allow', async () => {
    const InstanceId = await run('date +%s%N >> starts.txt');
    await workFile(InstanceId, 'starts.txt');
    expect((await refusal(pai.dsw.startInstance({ InstanceId }))).statusCode).toBe(400);
    await pai.dsw.stopInstance({ InstanceId });
    await untilStatus(InstanceId, 'Stopped');
    expect((await refusal(pai.dsw.stopInstance({ InstanceId }))).message).toContain('Stopped');
    await pai.dsw.startInstance({ InstanceId });
    await untilStatus(InstanceId, 'Running');
    await eventually(
      () => workFile(InstanceId, 'starts.txt'),
      (text) => text.trim().split('\n').length === 2,
    );
    const { Lifecycle, TotalCount } = await pai.dsw.getLifecycle({ InstanceId });
    expect(TotalCount).toBe(2);
    expect(Lifecycle[1][0].Status).toBe('Stopped');
    await pai.dsw.deleteInstance({ InstanceId });
    await eventually(() => isGone(InstanceId), Boolean);
    expect(existsSync(folderOf(InstanceId))).toBe(false);
  });

  test('stop ends detached grandchildren too, also ones in a session of their own', async () => {
    const mark = `sleeper-${Date.now()}`;
    const sleeper = `exec -a ${mark} sleep 600`;
    const InstanceId = await run(
      [
        `nohup bash -c '${sleeper}' > /dev/null 2>&1 &`,
        `setsid nohup bash -c "trap '' TERM; ${sleeper} & wait" > /dev/null 2>&1 < /dev/null &`,
        `(setsid env -i bash -c '${sleeper}' &)`,
        'echo up > up.txt; sleep 1',
      ].join('\n'),
    );
    await workFile(InstanceId, 'up.txt');
    await eventually(
      () => pidsWith(mark).length,
      (count) => count >= 3,
    );
    await pai.dsw.stopInstance({ InstanceId });
    await untilStatus(InstanceId, 'Stopped');
    expect(pidsWith(mark)).toEqual([]);
  });

  test('fails with a reason when its data cannot be mounted', async () => {
    const InstanceId = await create({
      Datasets: [{ Uri: 'oss://data.endpoint/absent/', MountPath: '/mnt/data' }],
    });
    const failed = await untilStatus(InstanceId, 'Failed');
    expect(failed.ReasonCode).toBe('StartFailed');
    expect(failed.ReasonMessage).toContain('absent');
  });
});

describe('what goes into an instance', () => {
  test('data sets, at their mount paths in the command and in variables', async () => {
    await mkdir(path.join(pai.bucketFolder, 'code'), { recursive: true });
    await writeFile(path.join(pai.bucketFolder, 'code', 'program.js'), 'console.log(6 * 7)');
    const InstanceId = await run('node /mnt/code/program.js > "$OUT/answer.txt"; ls /mnt/code2', {
      Datasets: [{ Uri: 'oss://data.127.0.0.1:9201/code/', MountPath: '/mnt/code/' }],
      EnvironmentVariables: { OUT: '/mnt/workspace' },
    });
    expect(await workFile(InstanceId, 'answer.txt')).toBe('42\n');
  });

  test('only its own environment: nothing of the local cloud leaks in', async () => {
    process.env['SECRET_OF_THE_PARENT'] = 'x';
    const InstanceId = await run('env > env.txt; echo >> env.txt');
    const text = await workFile(InstanceId, 'env.txt');
    delete process.env['SECRET_OF_THE_PARENT'];
    expect(text).not.toContain('SECRET_OF_THE_PARENT');
    expect(text).not.toContain('CREDENTIALS_URI');
    expect(text).toContain(`HOME=${folderOf(InstanceId)}/home`);
  });

  test('credentials of its role, that sign calls until the instance is stopped', async () => {
    const InstanceId = await run('echo "$ALIBABA_CLOUD_CREDENTIALS_URI" > uri.txt', {
      CredentialConfig: {
        Enable: true,
        AliyunEnvRoleKey: '0',
        Configs: [
          {
            Key: '0',
            Type: 'Role',
            Roles: [{ RoleArn: 'acs:ram::1:role/trainer', RoleType: 'service' }],
          },
        ],
      },
    });
    const uri = (await workFile(InstanceId, 'uri.txt')).trim();
    const answer = (await (await fetch(uri)).json()) as Record<string, string>;
    expect(answer['Code']).toBe('Success');
    const inside = new Dsw({
      endpoint: pai.pai.endpoint,
      region: REGION,
      credentials: {
        get: async () => ({
          accessKeyId: answer['AccessKeyId'],
          accessKeySecret: answer['AccessKeySecret'],
          securityToken: answer['SecurityToken'],
        }),
      },
    });
    expect((await inside.getInstance({ InstanceId })).InstanceId).toBe(InstanceId);
    await pai.dsw.stopInstance({ InstanceId });
    await untilStatus(InstanceId, 'Stopped');
    expect((await fetch(uri)).status).toBe(404);
  });
});

test('a process that takes more memory than the machine has is killed, and events say so', async () => {
  const hungry = 'exec node -e "const a = Buffer.alloc(3e8, 1); setInterval(() => a.length, 1e3)"';
  const InstanceId = await run(hungry, {
    EcsSpec: undefined,
    ResourceId: 'group',
    RequestedResource: { CPU: '1', Memory: '0.1' },
  });
  const { Events } = await eventually(
    () => pai.dsw.listInstanceEvents({ InstanceId, EventLevel: 'Warning' }),
    (answer) => answer.Events.some((event) => event.includes('ended by SIGKILL')),
  );
  expect(Events.join()).toContain('OOMKilled');
  expect((await pai.dsw.listInstances({ InstanceName: 'a_machine' })).Instances).not.toContainEqual(
    expect.objectContaining({ InstanceId }),
  );
  const grouped = await pai.dsw.listInstances({ InstanceId, ResourceId: 'ALL' } as object);
  expect(grouped.TotalCount).toBe(1);
});

describe('the shutdown timer', () => {
  test('stops the instance when due', async () => {
    const InstanceId = await run('sleep 600');
    await pai.dsw.createShutdownTimer({ InstanceId, RemainingTimeInMs: 300 });
    const stopped = await untilStatus(InstanceId, 'Stopped');
    expect(stopped.ReasonCode).toBe('ShutdownTimer');
  });

  test('is seen in GetInstance; nonsense is refused', async () => {
    const InstanceId = await run('sleep 600');
    await pai.dsw.createShutdownTimer({ InstanceId, RemainingTimeInMs: 3_600_000 });
    const instance = await pai.dsw.getInstance({ InstanceId });
    expect(instance).toMatchObject({ InstanceShutdownTimer: { InstanceId } });
    const past = { InstanceId, DueTime: '2020-01-01T00:00:00Z' };
    expect((await refusal(pai.dsw.createShutdownTimer(past))).code).toBe('ValidationError');
    expect((await refusal(pai.dsw.createShutdownTimer({ InstanceId }))).statusCode).toBe(400);
    await pai.dsw.stopInstance({ InstanceId });
    await untilStatus(InstanceId, 'Stopped');
  });
});

describe('what CreateInstance refuses', () => {
  const refused: [string, Record<string, unknown>, string][] = [
    ['no machine', { EcsSpec: undefined }, 'EcsSpec'],
    ['a resource group without resources', { EcsSpec: undefined, ResourceId: 'r' }, 'EcsSpec'],
    ['an unknown machine', { EcsSpec: 'ecs.c6' }, 'not supported'],
    ['no image', { ImageUrl: undefined }, 'ImageId'],
    ['no workspace', { WorkspaceId: undefined }, 'WorkspaceId is required'],
    ['a relative mount', { Datasets: [{ Uri: 'oss://b.e/x/', MountPath: 'x' }] }, 'MountPath'],
    [
      'a mount outside',
      { Datasets: [{ Uri: 'oss://b.e/x/', MountPath: '/a/../..' }] },
      'MountPath',
    ],
    ['NAS', { Datasets: [{ Uri: 'nas://b.e/x/', MountPath: '/a' }] }, 'oss://'],
    ['a role key of no role', { CredentialConfig: badRole() }, 'AliyunEnvRoleKey'],
    ['priority 10', { Priority: 10 }, 'Priority'],
  ];

  test.each(refused)('%s', async (_what, change, words) => {
    const error = await refusal(create(change as Partial<CreateInstanceRequest>));
    expect(error).toMatchObject({ statusCode: 400, code: 'ValidationError' });
    expect(error.message).toContain(words);
    expect(error.requestId).toBeTruthy();
  });

  function badRole() {
    return { Enable: true, AliyunEnvRoleKey: '1', Configs: [{ Key: '0', Type: 'Role' }] };
  }
});

describe('ListInstances', () => {
  test('filters by name, status and labels, and pages', async () => {
    const Labels = [{ Key: 'run', Value: '20250710' }];
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push(await create({ InstanceName: `listed_${n}`, Labels }));
    await Promise.all(ids.map((id) => untilStatus(id, 'Running')));
    const byLabel = await pai.dsw.listInstances({ Labels: { run: '20250710' }, PageSize: 2 });
    expect(byLabel).toMatchObject({ TotalCount: 3 });
    expect(byLabel.Instances).toHaveLength(2);
    const byName = await pai.dsw.listInstances({ InstanceName: 'listed_2', Status: 'Running' });
    expect(byName.Instances.map(({ InstanceId }) => InstanceId)).toEqual([ids[1]]);
    expect(
      (await pai.dsw.listInstances({ Status: 'Failed', InstanceName: 'listed' })).TotalCount,
    ).toBe(0);
    const all: string[] = [];
    for await (const instance of pai.dsw.allInstances({ Labels: { run: '20250710' } })) {
      all.push(instance.InstanceName);
    }
    expect(all).toEqual(['listed_1', 'listed_2', 'listed_3']);
    expect((await pai.dsw.listInstances({ Labels: { run: 'other' } })).Instances).toEqual([]);
  });
});
