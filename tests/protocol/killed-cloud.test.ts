import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { DlcClient } from './dlc-client';
import { clientsOf, eventually, type PaiClients } from './local-pai';

/** A local PAI in a process of its own. */
interface RunningPai extends PaiClients {
  readonly child: ChildProcess;
  readonly dlc: DlcClient;
  readonly port: number;
}

let folder: string;
let bundle: string;
const mark = `killed-cloud-${process.pid}`;
let running: RunningPai;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'killed-cloud-'));
  bundle = path.join(folder, 'pai-process.js');
  await build({
    entryPoints: [path.join(__dirname, 'pai-process.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  running = await start(0);
});

afterAll(async () => {
  await ended(running, 'SIGTERM');
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function start(port: number): Promise<RunningPai> {
  const child = spawn(process.execPath, [bundle, folder, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await new Promise<[string]>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve([text]));
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  const ready = JSON.parse(line) as Parameters<typeof clientsOf>[0];
  const dlc = new DlcClient(ready);
  return { child, dlc, port: Number(new URL(ready.endpoint).port), ...clientsOf(ready) };
}

async function ended(pai: RunningPai, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => pai.child.once('exit', resolve));
  pai.child.kill(signal);
  await gone;
}

/** Pids whose command line holds the test's mark and the text: asks the system, not the emulator. */
function pidsOf(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return !state.startsWith('Z') && command.includes(`${mark}-${text}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function sleeper(text: string): string {
  return `setsid nohup bash -c 'exec -a ${mark}-${text} sleep 600' > /dev/null 2>&1 &`;
}

async function instance(name: string): Promise<string> {
  const { InstanceId } = await running.dsw.createInstance({
    InstanceName: name,
    WorkspaceId: '1',
    EcsSpec: 'ecs.c6.large',
    ImageUrl: 'image',
    UserCommand: { OnStart: { Content: sleeper(name) } },
  });
  await eventually(
    () => pidsOf(name).length,
    (count) => count === 1,
  );
  await untilStatus(InstanceId, 'Running');
  return InstanceId;
}

function untilStatus(InstanceId: string, status: string) {
  return eventually(
    () => running.dsw.getInstance({ InstanceId }),
    ({ Status }) => Status === status,
  );
}

async function service(name: string): Promise<void> {
  await running.eas.createService({
    body: {
      name,
      metadata: { instance: 1 },
      containers: [
        {
          image: 'image',
          port: 8000,
          script: `exec -a ${mark}-${name} node -e 'require("http").createServer((q, r) => r.end("ok")).listen(process.env.LISTENING_PORT)'`,
        },
      ],
    },
  });
  await untilRunning(name);
}

function untilRunning(ServiceName: string) {
  return eventually(
    () => running.eas.describeService({ ServiceName }),
    ({ Status }) => Status === 'Running',
  );
}

test('after kill -9 and a restart instances run on and can be stopped; services run once', async () => {
  const kept = await instance('kept');
  const timed = await instance('timed');
  await running.dsw.createShutdownTimer({ InstanceId: timed, RemainingTimeInMs: 2_000 });
  await service('served');
  const [keptPid] = pidsOf('kept');
  const [servedPid] = pidsOf('served');

  await ended(running, 'SIGKILL');
  expect(pidsOf('kept')).toEqual([keptPid]);
  expect(pidsOf('served')).toEqual([servedPid]);
  running = await start(running.port);

  // The same process of the same instance, still controllable.
  expect((await running.dsw.getInstance({ InstanceId: kept })).Status).toBe('Running');
  expect(pidsOf('kept')).toEqual([keptPid]);
  await untilRunning('served');
  const served = pidsOf('served');
  expect(served).toHaveLength(1);
  expect(served).not.toEqual([servedPid]);

  // The timer was set before the kill.
  expect((await untilStatus(timed, 'Stopped')).ReasonCode).toBe('ShutdownTimer');
  expect(pidsOf('timed')).toEqual([]);
  await running.dsw.stopInstance({ InstanceId: kept });
  await untilStatus(kept, 'Stopped');
  expect(pidsOf('kept')).toEqual([]);
});

test('a timer that was due while nothing ran stops the instance at the next start', async () => {
  const overdue = await instance('overdue');
  await running.dsw.createShutdownTimer({ InstanceId: overdue, RemainingTimeInMs: 500 });
  await ended(running, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(pidsOf('overdue')).toHaveLength(1);
  running = await start(running.port);
  await untilStatus(overdue, 'Stopped');
  expect(pidsOf('overdue')).toEqual([]);
});

test('a deletion that kill -9 interrupts is finished by the next start', async () => {
  const deleted = await instance('deleted');
  await running.dsw.deleteInstance({ InstanceId: deleted });
  await ended(running, 'SIGKILL');
  running = await start(running.port);
  const record = path.join(folder, 'pai', 'dsw', 'records', `${deleted}.json`);
  await eventually(
    () => existsSync(record),
    (isThere) => !isThere,
  );
  expect(pidsOf('deleted')).toEqual([]);
});

test('SIGTERM ends everything; instances are Stopped then', async () => {
  const closed = await instance('closed');
  await service('closing');
  await ended(running, 'SIGTERM');
  expect(pidsOf('')).toEqual([]);
  running = await start(running.port);
  const stopped = await running.dsw.getInstance({ InstanceId: closed });
  expect(stopped).toMatchObject({ Status: 'Stopped', ReasonCode: 'LocalCloudStopped' });
  await untilRunning('closing');
});

test('jobs run on after kill -9: their ends and exit codes are seen, also those of the time between', async () => {
  const { dlc } = running;
  const lasting = await dlc.create({ command: `exec -a ${mark}-lasting sleep 600` });
  const short = await dlc.create({ command: 'sleep 1; echo done' });
  const failing = await dlc.create({ command: 'sleep 1; exit 7', RestartPolicy: 'ExitCode' });
  const later = await dlc.create({ command: 'sleep 4; exit 5' });
  for (const id of [lasting, short, failing, later]) await dlc.until(id, 'Running');
  const pids = pidsOf('lasting');

  await ended(running, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(pidsOf('lasting')).toEqual(pids);
  running = await start(running.port);

  await running.dlc.until(short, 'Succeeded');
  expect(await running.dlc.logs(short, `${short}-worker-0`)).toEqual(['done']);
  expect((await running.dlc.until(failing, 'Failed')).ReasonMessage).toContain('exit code 7');
  expect((await running.dlc.until(later, 'Failed')).ReasonMessage).toContain('exit code 5');
  expect((await running.dlc.get(lasting)).Status).toBe('Running');
  await running.dlc.stop(lasting);
  await running.dlc.until(lasting, 'Stopped');
  expect(pidsOf('lasting')).toEqual([]);
});

test('a stop that kill -9 interrupts is finished by the next start; SIGTERM stops jobs', async () => {
  const stubborn = `trap '' TERM; exec -a ${mark}-stubborn sleep 600`;
  const interrupted = await running.dlc.create({ command: stubborn });
  await running.dlc.until(interrupted, 'Running');
  await running.dlc.stop(interrupted);
  await ended(running, 'SIGKILL');
  running = await start(running.port);
  const stopped = await running.dlc.until(interrupted, 'Stopped');
  expect(stopped.ReasonCode).toBe('JobStoppedByUser');
  expect(pidsOf('stubborn')).toEqual([]);

  const closed = await running.dlc.create({ command: `exec -a ${mark}-closed-job sleep 600` });
  await running.dlc.until(closed, 'Running');
  await ended(running, 'SIGTERM');
  expect(pidsOf('closed-job')).toEqual([]);
  running = await start(running.port);
  expect(await running.dlc.get(closed)).toMatchObject({
    Status: 'Stopped',
    ReasonCode: 'LocalCloudStopped',
  });
});
