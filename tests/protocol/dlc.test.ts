import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudError } from '../../alibaba/cloud-error';
import { DlcClient, type Role } from './dlc-client';
import { eventually, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;
let dlc: DlcClient;
let clockOffsetMs = 0;

beforeAll(async () => {
  pai = await startTestPai({ clock: () => new Date(Date.now() + clockOffsetMs) });
  dlc = new DlcClient({ endpoint: pai.pai.endpoint, ...pai.keyring.root });
});

afterAll(async () => {
  await pai.close();
});

async function refusal(call: Promise<unknown>): Promise<CloudError> {
  const error = await call.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof CloudError) return error;
  throw error;
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

const sleeper = (name: string): string => `exec -a dlc-test-${name} sleep 600`;

describe('the life of a job', () => {
  test('goes through the documented states to Succeeded, with a history that is closed', async () => {
    const id = await dlc.create({ command: 'echo "hello $WHO"' }, { Envs: { WHO: 'world' } });
    const job = await dlc.until(id, 'Succeeded');
    expect(job.JobId).toMatch(/^dlc-\d{14}-[a-z0-9]{13}$/);
    expect(job).toMatchObject({ ReasonCode: 'JobSucceeded', RestartTimes: '0', Priority: 1 });
    const statuses = ['Creating', 'Queuing', 'EnvPreparing', 'Running', 'Succeeded'];
    expect(job.StatusHistory.map(({ Status }) => Status)).toEqual(statuses);
    expect(job.StatusHistory.filter(({ EndTime }) => !EndTime)).toHaveLength(1);
    const [pod] = job.Pods;
    expect(pod).toMatchObject({ PodId: `${id}-worker-0`, Type: 'Worker', Status: 'Succeeded' });
    expect(await dlc.logs(id, pod.PodId)).toEqual(['hello world']);
  });

  test('fails with the exit code of the pod that failed, and ends the other pods', async () => {
    const roles: Role[] = [
      { Type: 'Master', command: sleeper('left-over') },
      {
        Type: 'Worker',
        command: 'while ! pgrep -f dlc-test-left-over; do sleep 0.05; done; exit 3',
      },
    ];
    const id = await dlc.create(roles);
    const job = await dlc.until(id, 'Failed');
    expect(job.ReasonMessage).toBe(`Pod ${id}-worker-0 failed with exit code 3.`);
    expect(pidsWith('dlc-test-left-over')).toEqual([]);
  });

  test('stop ends every process, detached ones too; only then can the job be deleted', async () => {
    const command = `setsid nohup bash -c '${sleeper('detached')}' >/dev/null 2>&1 & ${sleeper('kept')}`;
    const id = await dlc.create({ command });
    await dlc.until(id, 'Running');
    await eventually(
      () => pidsWith('dlc-test-detached').length + pidsWith('dlc-test-kept').length,
      (count) => count === 2,
    );
    expect((await refusal(dlc.delete(id))).statusCode).toBe(400);
    await dlc.stop(id);
    const job = await dlc.until(id, 'Stopped');
    expect(job.ReasonCode).toBe('JobStoppedByUser');
    expect([...pidsWith('dlc-test-detached'), ...pidsWith('dlc-test-kept')]).toEqual([]);
    expect((await refusal(dlc.stop(id))).statusCode).toBe(400);
    await dlc.delete(id);
    expect((await refusal(dlc.get(id))).statusCode).toBe(404);
    expect(existsSync(path.join(pai.folder, 'pai', 'dlc', 'jobs', id))).toBe(false);
  });

  test('what a pod leaves in the background ends with the pod', async () => {
    const command = `setsid nohup bash -c '${sleeper('background')}' >/dev/null 2>&1 & sleep 0.3`;
    const id = await dlc.create({ command });
    await dlc.until(id, 'Succeeded');
    expect(pidsWith('dlc-test-background')).toEqual([]);
  });

  test('a job stops after JobMaxRunningTimeMinutes', async () => {
    const id = await dlc.create({ command: sleeper('overdue') }, { JobMaxRunningTimeMinutes: 1 });
    await dlc.until(id, 'Running');
    clockOffsetMs = 61_000;
    const job = await dlc.until(id, 'Stopped');
    clockOffsetMs = 0;
    expect(job.ReasonCode).toBe('JobMaxRunningTimeExceeded');
    expect(pidsWith('dlc-test-overdue')).toEqual([]);
  });

  test('memory over the limit kills the pod', async () => {
    const hog = 'const held = []; setInterval(() => held.push(Buffer.alloc(2e7, 1)), 20)';
    const ResourceConfig = { CPU: '1', Memory: '200Mi' };
    const id = await dlc.create({ command: `node -e '${hog}'`, ResourceConfig });
    const job = await dlc.until(id, 'Failed');
    expect(job.ReasonMessage).toContain('exit code 137 (OOMKilled)');
  });
});

describe('restart policies', () => {
  test('OnFailure starts a failed pod again: new uid, old life in the history with its own log', async () => {
    const command = 'echo try >> tries.txt; wc -l < tries.txt; [ "$(wc -l < tries.txt)" -ge 3 ]';
    const id = await dlc.create({ command, RestartPolicy: 'OnFailure' });
    const job = await dlc.until(id, 'Succeeded');
    expect(job.RestartTimes).toBe('2');
    expect(job.StatusHistory.map(({ Status }) => Status)).toContain('Restarting');
    const [{ PodId, PodUid, HistoryPods }] = job.Pods;
    expect(HistoryPods.map(({ Status }) => Status)).toEqual(['Failed', 'Failed']);
    expect(await dlc.logs(id, PodId)).toEqual(['3']);
    expect(await dlc.logs(id, PodId, { PodUid: HistoryPods[0].PodUid })).toEqual(['1']);
    expect(new Set([PodUid, ...HistoryPods.map((life) => life.PodUid)]).size).toBe(3);
    expect((await refusal(dlc.logs(id, PodId, { PodUid: 'none' }))).statusCode).toBe(404);
  });

  test('ExitCode takes a signal for a passing trouble and any other code for the end', async () => {
    const command = '[ -e tried ] && exit 1; touch tried; exit 137';
    const id = await dlc.create({ command, RestartPolicy: 'ExitCode' });
    const job = await dlc.until(id, 'Failed');
    expect(job).toMatchObject({ RestartTimes: '1' });
    expect(job.ReasonMessage).toContain('exit code 1.');
  });

  test('Always goes on until somebody stops it', async () => {
    const id = await dlc.create({ command: 'true', RestartPolicy: 'Always' });
    await eventually(
      () => dlc.get(id),
      ({ Pods }) => Pods[0].HistoryPods.length >= 2,
    );
    await dlc.stop(id);
    await dlc.until(id, 'Stopped');
  });
});

describe('what a pod finds', () => {
  test('PyTorch: every rank has the same master, the Master is rank 0', async () => {
    const command = 'echo "$RANK $WORLD_SIZE $MASTER_ADDR:$MASTER_PORT $DLC_JOB_ID $HOSTNAME"';
    const roles = [
      { Type: 'Worker', PodCount: 2, command },
      { Type: 'Master', command },
    ];
    const id = await dlc.create(roles);
    const { Pods } = await dlc.until(id, 'Succeeded');
    const said = new Map<string, string>();
    for (const { PodId } of Pods) said.set(PodId, (await dlc.logs(id, PodId))[0]);
    const [, , master] = (said.get(`${id}-master-0`) ?? '').split(' ');
    expect(said.get(`${id}-master-0`)).toBe(`0 3 ${master} ${id} ${id}-master-0`);
    expect(said.get(`${id}-worker-0`)).toBe(`1 3 ${master} ${id} ${id}-worker-0`);
    expect(said.get(`${id}-worker-1`)).toBe(`2 3 ${master} ${id} ${id}-worker-1`);
    expect(master).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('TensorFlow: the cluster without the evaluator; the chief alone can decide', async () => {
    const roles = [
      { Type: 'Chief', command: 'echo "$TF_CONFIG"' },
      { Type: 'PS', command: sleeper('ps') },
      { Type: 'Worker', command: sleeper('tf-worker') },
      { Type: 'Evaluator', command: sleeper('evaluator') },
    ];
    const id = await dlc.create(roles, { JobType: 'TFJob', SuccessPolicy: 'ChiefWorker' });
    await dlc.until(id, 'Succeeded');
    const [line] = await dlc.logs(id, `${id}-chief-0`);
    const config = JSON.parse(line) as { cluster: Record<string, string[]>; task: object };
    expect(Object.keys(config.cluster)).toEqual(['chief', 'ps', 'worker']);
    expect(config.task).toEqual({ type: 'chief', index: 0 });
    expect(pidsWith('dlc-test-')).toEqual([]);
  });

  test('OSS and data sets of the workspace at their mount paths, code from Git, credentials of the role', async () => {
    await mkdir(path.join(pai.bucketFolder, 'input'), { recursive: true });
    await writeFile(path.join(pai.bucketFolder, 'input', 'a.txt'), 'from oss\n');
    const repository = path.join(pai.folder, 'repository');
    await mkdir(repository);
    await writeFile(path.join(repository, 'main.txt'), 'from git\n');
    const git = (...args: string[]): void => {
      const who = ['-c', 'user.name=x', '-c', 'user.email=x@localhost'];
      execFileSync('git', [...who, ...args], { cwd: repository, stdio: 'ignore' });
    };
    git('init', '--initial-branch=main');
    git('add', '.');
    git('commit', '--message=code');
    const CodeSourceId = await codeSource(`file://${repository}`);
    const DataSourceId = await dataset();
    const command = `cat /mnt/in/a.txt /mnt/set/a.txt /root/code/main.txt; node -e 'fetch(process.env.ALIBABA_CLOUD_CREDENTIALS_URI).then((answer) => answer.text()).then(console.log)'`;
    const id = await dlc.create(
      { command },
      {
        DataSources: [{ Uri: 'oss://data/input/', MountPath: '/mnt/in/' }, { DataSourceId }],
        CodeSource: { CodeSourceId },
        CredentialConfig: {
          EnableCredentialInject: true,
          AliyunEnvRoleKey: '0',
          CredentialConfigItems: [
            { Key: '0', Type: 'Role', Roles: [{ RoleArn: 'acs:ram::1:role/train' }] },
          ],
        },
      },
    );
    await dlc.until(id, 'Succeeded');
    const [oss, set, code, credentials] = await dlc.logs(id, `${id}-worker-0`);
    expect([oss, set, code]).toEqual(['from oss', 'from oss', 'from git']);
    expect(JSON.parse(credentials)).toMatchObject({ Code: 'Success' });
  });

  test('a data source that is not there fails the job by name', async () => {
    const DataSources = [{ DataSourceId: 'd-none', MountPath: '/mnt/x' }];
    const id = await dlc.create({}, { DataSources });
    const job = await dlc.until(id, 'Failed');
    expect(job.ReasonMessage).toBe('Data source d-none does not exist.');
  });

  async function codeSource(CodeRepo: string): Promise<string> {
    const body = { DisplayName: 'code', CodeRepo, MountPath: '/root/code/', WorkspaceId: '10000' };
    const answer = await dlc.call<{ CodeSourceId: string }>(
      'CreateCodeSource',
      'POST codesources',
      {
        body,
      },
    );
    return answer.CodeSourceId;
  }

  async function dataset(): Promise<string> {
    const body = {
      Name: 'a-set',
      DataSourceType: 'OSS',
      Property: 'DIRECTORY',
      Uri: 'oss://data.oss-cn-hangzhou.aliyuncs.com/input/',
      Options: JSON.stringify({ mountPath: '/mnt/set/' }),
    };
    const answer = await dlc.call<{ DatasetId: string }>('CreateDataset', 'POST datasets', {
      body,
    });
    return answer.DatasetId;
  }
});

describe('lists, events and refusals', () => {
  test('events tell the life of job and pod; figures are of the pod', async () => {
    const id = await dlc.create({ command: 'sleep 2.5' });
    await dlc.until(id, 'Succeeded');
    const { Events } = await dlc.call<{ Events: string[] }>(
      'GetJobEvents',
      `GET jobs/${id}/events`,
    );
    expect(Events[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Created pod: dlc-\S+-worker-0$/);
    const pod = `GET jobs/${id}/pods/${id}-worker-0`;
    const of = await dlc.call<{ Events: string[] }>('GetPodEvents', `${pod}/events`);
    expect(of.Events.every((event) => event.includes(`${id}-worker-0`))).toBe(true);
    const query = { MetricType: 'MemoryUsage', TimeStep: '1s' };
    const line = `GET jobs/${id}/metrics`;
    type Metrics = { PodMetrics: { Metrics: { Value: number }[] }[] };
    const { PodMetrics } = await dlc.call<Metrics>('GetJobMetrics', line, { query });
    expect(PodMetrics[0].Metrics.length).toBeGreaterThan(0);
    expect(PodMetrics[0].Metrics[0].Value).toBeGreaterThan(0);
  });

  test('ListJobs filters, sorts and pages', async () => {
    const ids: string[] = [];
    for (const name of ['b', 'c', 'a']) {
      const Settings = { Tags: { suite: 'list', name } };
      ids.push(await dlc.create({}, { DisplayName: `listed-${name}`, Settings }));
    }
    await Promise.all(ids.map((id) => dlc.until(id, 'Succeeded')));
    const list = async (query: object) => {
      type Answer = { Jobs: { DisplayName: string }[]; TotalCount: number };
      const answer = await dlc.call<Answer>('ListJobs', 'GET jobs', {
        query: { DisplayName: 'LISTED', ...query },
      });
      return [answer.TotalCount, ...answer.Jobs.map(({ DisplayName }) => DisplayName.slice(-1))];
    };
    expect(await list({})).toEqual([3, 'a', 'c', 'b']);
    expect(await list({ SortBy: 'DisplayName', Order: 'asc' })).toEqual([3, 'a', 'b', 'c']);
    expect(await list({ Order: 'asc', PageSize: 2, PageNumber: 2 })).toEqual([3, 'a']);
    expect(await list({ Tags: { suite: 'list', name: 'c' } })).toEqual([1, 'c']);
    expect(await list({ JobIds: `${ids[0]},${ids[2]}` })).toEqual([2, 'a', 'b']);
    expect(await list({ Status: 'Running' })).toEqual([0]);
    expect(await list({ EndTime: '2020-01-01T00:00:00Z' })).toEqual([0]);
    expect((await refusal(list({ SortBy: 'Weather' }))).code).toBe('InvalidParameter');
  });

  test.each([
    [{}, { DisplayName: 'has a blank' }, 'DisplayName'],
    [{}, { JobType: 'RayJob' }, 'RayJob is not supported by the local cloud'],
    [{ Type: 'PS' }, {}, 'JobSpecs.Type'],
    [{ EcsSpec: 'ecs.gn7i-c8g1.2xlarge' }, {}, 'JobSpecs.EcsSpec'],
    [{ PodCount: 65 }, {}, '64 pods'],
    [{}, { ThirdpartyLibs: ['numpy'] }, 'ThirdpartyLibs'],
    [{}, { DataSources: [{ Uri: 'nas://x/', MountPath: '/mnt/x' }] }, 'only oss:// can be mounted'],
    [{}, { UserCommand: undefined }, 'UserCommand'],
  ])('refuses %j with %j', async (role, more, words) => {
    const error = await refusal(dlc.create(role, more));
    expect(error.statusCode).toBe(400);
    expect(error.message).toContain(words);
  });

  test('UpdateJob widens, never narrows, and keeps what was started', async () => {
    const id = await dlc.create({});
    const update = (body: object) => dlc.call('UpdateJob', `PUT jobs/${id}`, { body });
    await update({ Priority: 7, Accessibility: 'PUBLIC' });
    expect((await dlc.until(id, 'Succeeded')).Priority).toBe(7);
    expect((await refusal(update({ Accessibility: 'PRIVATE' }))).message).toContain('expanded');
    expect((await refusal(update({ UserCommand: 'x' }))).statusCode).toBe(400);
  });

  test('an operation that is not here is named in the answer', async () => {
    const error = await refusal(dlc.call('ListTensorboards', 'GET tensorboards'));
    expect(error.statusCode).toBe(404);
    expect(error.message).toContain('ListTensorboards');
  });
});
