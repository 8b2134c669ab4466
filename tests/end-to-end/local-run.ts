/** A local run as a user starts it: the built command in a folder of its own on free ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openSession, type Session } from '../../cli/session';
import type { RunningEndpoints } from '../../config/endpoints-file';

/** The checkout. */
export const root = path.resolve(__dirname, '..', '..');
const command = path.join(root, 'dist', 'pai-loop.js');
const pollMs = 100;

/** What a finished command printed. */
export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One home folder and the commands that are run in it. */
export class LocalRun {
  #supervisor: ChildProcess | undefined;

  private constructor(readonly home: string) {}

  static async inNewHome(): Promise<LocalRun> {
    return new LocalRun(await mkdtemp(path.join(os.tmpdir(), 'pai-loop-test-')));
  }

  /** Runs a command to its end. */
  run(...args: readonly string[]): Promise<Output> {
    return outputOf(this.#spawn(args));
  }

  /** Starts `start` and leaves it running; resolves when the instance has published its addresses. */
  async start(...args: readonly string[]): Promise<RunningEndpoints> {
    const child = this.#spawn(['start', ...args]);
    this.#supervisor = child;
    const ended = outputOf(child).then((output) => {
      throw new Error(`start ended with ${output.code}: ${output.stderr}`);
    });
    ended.catch(() => undefined);
    return Promise.race([
      ended,
      until('the endpoints file', async () => {
        const endpoints = await this.endpoints();
        return endpoints?.pids['worker'] && endpoints.pids['supervisor'] === child.pid
          ? endpoints
          : undefined;
      }),
    ]);
  }

  /** The published addresses; undefined when nothing is published. */
  async endpoints(): Promise<RunningEndpoints | undefined> {
    try {
      const text = await readFile(path.join(this.home, 'endpoints.json'), 'utf8');
      return JSON.parse(text) as RunningEndpoints;
    } catch {
      return undefined;
    }
  }

  /** Clients of the running instance. */
  async session(): Promise<Session> {
    process.env.PAI_LOOP_HOME = this.home;
    try {
      return await openSession({ root });
    } finally {
      delete process.env.PAI_LOOP_HOME;
    }
  }

  /** Kills one process of the instance the hard way. */
  async kill(name: string): Promise<number> {
    const pid = (await this.endpoints())?.pids[name];
    if (pid === undefined) throw new Error(`no process ${name} is published`);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Kills everything of the instance the hard way, the supervisor first. */
  async killAll(): Promise<void> {
    const { supervisor, ...programs } = (await this.endpoints())?.pids ?? {};
    for (const pid of [supervisor, ...Object.values(programs)]) {
      if (pid !== undefined) killIfAlive(pid);
    }
    await this.#untilSupervisorEnded();
  }

  /** Stops as Ctrl-C does. */
  async stop(): Promise<void> {
    this.#supervisor?.kill('SIGINT');
    await this.#untilSupervisorEnded();
  }

  /** Stops whatever runs and removes the folder. */
  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #untilSupervisorEnded(): Promise<void> {
    const child = this.#supervisor;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  #spawn(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [command, ...args], {
      cwd: root,
      env: { ...process.env, PAI_LOOP_HOME: this.home, PAI_LOOP_PORTS: 'auto' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

/** Polls until `look` finds something; the time limit only says that it never will. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined | false>,
  limitMs = 240_000,
): Promise<Found> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function outputOf(child: ChildProcess): Promise<Output> {
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    if (stream) createInterface({ input: stream }).on('line', (line) => lines[name].push(line));
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout: lines.stdout.join('\n'), stderr: lines.stderr.join('\n') });
    });
  });
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
