/** Starts the processes of a local run, restarts one that dies, and ends them all in order. */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A program of ours that is kept running. */
export interface Program {
  readonly name: string;
  /** Built file in dist/. */
  readonly file: string;
  readonly arguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program says when it is ready: one JSON object, as a message or as a line. */
export type Ready = Readonly<Record<string, unknown>>;

/** Called with the process id at every (re)start of a program. */
export type OnStarted = (name: string, pid: number) => void | Promise<void>;

/** First pause before a restart in milliseconds; doubled each time up to the longest. */
const restart = { firstMs: 500, longestMs: 30_000, calmMs: 60_000 } as const;
/** How long a program may take to end by itself, in milliseconds. */
const stopMs = 25_000;
const readyMs = 120_000;

/** The processes of one local run. */
export class Supervisor {
  readonly #running = new Map<string, ChildProcess>();
  #stopping = false;

  constructor(
    private readonly options: {
      readonly logFolder: string;
      readonly onStarted: OnStarted;
      readonly say: (line: string) => void;
    },
  ) {
    mkdirSync(options.logFolder, { recursive: true });
  }

  /** Starts a program and waits until it says that it is ready; later deaths are answered by restarts. */
  async start(program: Program): Promise<Ready> {
    const first = this.#spawn(program);
    const ready = await this.#untilReady(program, first);
    void this.#keepRunning(program, first);
    return ready;
  }

  /** Ends every program, the last started first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const [, child] of [...this.#running].reverse()) await end(child);
  }

  #spawn(program: Program): ChildProcess {
    const log = openSync(path.join(this.options.logFolder, `${program.name}.log`), 'a');
    const child = fork(program.file, [...(program.arguments ?? [])], {
      env: { ...process.env, ...program.env },
      stdio: ['ignore', 'pipe', log, 'ipc'],
      // A terminal's Ctrl-C goes to the whole group; the order of the end is the supervisor's.
      detached: true,
    });
    closeSync(log);
    this.#running.set(program.name, child);
    return child;
  }

  async #untilReady(program: Program, child: ChildProcess): Promise<Ready> {
    const ready = await readyOf(child).catch((error: Error) => {
      const log = path.join(this.options.logFolder, `${program.name}.log`);
      throw new Error(`${program.name} did not start: ${error.message}; its log is ${log}`);
    });
    if (child.pid !== undefined) await this.options.onStarted(program.name, child.pid);
    return ready;
  }

  async #keepRunning(program: Program, first: ChildProcess): Promise<void> {
    let child = first;
    let pauseMs: number = restart.firstMs;
    for (;;) {
      const startedAt = Date.now();
      const how = await ended(child);
      if (this.#stopping) return;
      if (Date.now() - startedAt > restart.calmMs) pauseMs = restart.firstMs;
      this.options.say(`${program.name} ended (${how}); starting it again in ${pauseMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(pauseMs * 2, restart.longestMs);
      if (this.#stopping) return;
      child = this.#spawn(program);
      await this.#untilReady(program, child).then(
        () => this.options.say(`${program.name} runs again`),
        (error: Error) => this.options.say(error.message),
      );
    }
  }
}

function readyOf(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it was not ready in time')), readyMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.once('message', (message) => settle(() => resolve(message as Ready)));
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) =>
      settle(() => reject(new Error(`it ended with ${signal ?? `status ${code}`}`))),
    );
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const value = jsonObject(line);
        if (value) settle(() => resolve(value));
      });
    }
  });
}

function jsonObject(line: string): Ready | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Ready;
  } catch {
    return undefined;
  }
}

function ended(child: ChildProcess): Promise<string> {
  if (child.exitCode !== null) return Promise.resolve(`status ${child.exitCode}`);
  if (child.signalCode !== null) return Promise.resolve(child.signalCode);
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `status ${code}`));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = ended(child);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await gone;
  clearTimeout(timer);
}
