import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { searchAttributeNames } from '../search-attributes';
import { waitUntilServing } from './health';
import { freePorts, isFree } from './ports';
import { withProcessLock } from './process-lock';
import { endProcess, logTail, spawnServer } from './server-process';
import { findRunning, removeRecord, type ServerRecord, writeRecord } from './server-record';

/** How a dev server is started. Port 0 takes a free one. */
export interface DevServerOptions {
  /** Path of a Temporal CLI (`findServerBinary`). */
  readonly binary: string;
  /** PAI_LOOP_HOME: database, log and record lie in its `temporal` folder. */
  readonly home: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  readonly ip?: string;
  readonly startTimeoutMs?: number;
}

/** A running dev server. */
export interface DevServer {
  readonly address: string;
  readonly ui?: string;
  readonly pid: number;
  readonly logFile: string;
  /** True when the server of an earlier start was found running and taken over. */
  readonly adopted: boolean;
  /** Stops it gracefully, kills it after a grace time; again is harmless. */
  stop(): Promise<void>;
  /** Resolves when the process ends by itself or by `stop`; never for an adopted one. */
  readonly ended: Promise<void>;
}

const graceMs = 15_000;

/**
 * Starts a Temporal dev server on the home's database, or takes over the one that still runs on it.
 * Throws when the port is taken or the server doesn't come up, with the end of its log.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const folder = path.join(options.home, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = {
    folder,
    database: path.join(folder, 'temporal.db'),
    logFile: path.join(folder, 'server.log'),
  };
  // Two servers on one SQLite file would damage it: looking and starting are one step.
  return withProcessLock({
    file: path.join(folder, 'start.lock'),
    work: async () => (await adopt(files)) ?? (await start({ ...options, ...files })),
  });
}

interface Files {
  readonly folder: string;
  readonly database: string;
  readonly logFile: string;
}

async function adopt(files: Files): Promise<DevServer | undefined> {
  const running = await findRunning(files);
  if (running === undefined) return undefined;
  const { pid, address } = running;
  const serves = await waitUntilServing({ address, timeoutMs: 5000, hasEnded: () => false });
  if (!serves) {
    await endProcess({ pid, graceMs });
    return undefined;
  }
  const stop = once(async () => {
    await endProcess({ pid, graceMs });
    await removeRecord(files.folder);
  });
  const { logFile } = files;
  return { ...running, logFile, adopted: true, stop, ended: new Promise(() => undefined) };
}

async function start(options: DevServerOptions & Files): Promise<DevServer> {
  const ip = options.ip ?? '127.0.0.1';
  const ports = await choosePorts({ ...options, ip });
  await dropUnfinished(options);
  const args = serverArguments({ ...options, ...ports, ip });
  const child = spawnServer({ ...options, args });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      hasEnded = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const address = `${ip}:${ports.port}`;
  const timeoutMs = options.startTimeoutMs ?? 60_000;
  const serves = await waitUntilServing({ address, timeoutMs, hasEnded: () => hasEnded });
  const pid = child.pid;
  if (!serves || pid === undefined) {
    if (pid !== undefined) await endProcess({ pid, graceMs, hasEnded: () => hasEnded });
    throw new Error(
      `Temporal's server (${options.binary}) didn't come up at ${address}. Its log ${options.logFile} ends:\n${logTail(options.logFile)}`,
    );
  }
  await writeFile(readyMark(options), '');
  const record: ServerRecord = { pid, address, ui: `http://${ip}:${ports.uiPort}` };
  await writeRecord(options.folder, record);
  const stop = once(async () => {
    await endProcess({ pid, graceMs, hasEnded: () => hasEnded });
    await removeRecord(options.folder);
  });
  // A supervisor waits for it; by itself the server keeps no process alive.
  child.unref();
  return { ...record, logFile: options.logFile, adopted: false, stop, ended };
}

const readyMark = ({ database }: Files) => `${database}.ready`;

// The server makes its tables only when the file is absent: one that was killed while it made them
// would never start again. A database that has served once is never touched.
async function dropUnfinished(files: Files): Promise<void> {
  const served = await access(readyMark(files)).then(
    () => true,
    () => false,
  );
  if (served) return;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    await rm(files.database + suffix, { force: true });
  }
}

function serverArguments(input: {
  readonly database: string;
  readonly ip: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
}): readonly string[] {
  return [
    ...['server', 'start-dev', '--log-level', 'warn', '--ip', input.ip],
    ...['--port', String(input.port), '--ui-port', String(input.uiPort)],
    ...['--db-filename', input.database, '--namespace', input.namespace],
    // Half the time of a commit; a killed process loses nothing, only a power cut its last moment.
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

async function choosePorts(input: {
  readonly ip: string;
  readonly port: number;
  readonly uiPort: number;
}): Promise<{ readonly port: number; readonly uiPort: number }> {
  const [free, freeUi] = await freePorts({ count: 2, ip: input.ip });
  for (const [key, port] of Object.entries({ temporal: input.port, temporalUi: input.uiPort })) {
    if (port !== 0 && !(await isFree({ ip: input.ip, port }))) {
      throw new Error(
        `Port ${port} of ${input.ip} (ports.${key}) is taken by another program. Stop it, set another port, take free ones by PAI_LOOP_PORTS=auto, or use that server by TEMPORAL_ADDRESS.`,
      );
    }
  }
  return { port: input.port || free, uiPort: input.uiPort || freeUi };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
