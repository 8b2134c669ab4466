import { type ChildProcess, spawn } from 'node:child_process';

/** A started service: where it listens, its log so far, and how it ended. */
export interface ServingProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly exit: Promise<number | null>;
}

/** Starts the bundled service and waits until it listens; throws its log when it ends before. */
export async function startServing(options: {
  readonly bundle: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ServingProcess> {
  // Nothing of this checkout is reachable: the bundle has to bring all that it needs.
  const child = spawn(process.execPath, [options.bundle, ...options.args], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: Record<string, unknown>[] = [];
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  let rest = '';
  const port = await new Promise<number | undefined>((resolve) => {
    child.stdout.on('data', (part: Buffer) => {
      const lines = (rest + part.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) log.push(JSON.parse(line));
      const listening = log.find(({ event }) => event === 'listening');
      if (listening) resolve(Number(listening['port']));
    });
    void exit.then(() => resolve(undefined));
  });
  if (port === undefined) throw new EndedEarly(await exit, log);
  return { child, url: `http://127.0.0.1:${port}`, log, exit };
}

/** The service ended before it listened. */
export class EndedEarly extends Error {
  constructor(
    readonly code: number | null,
    readonly log: readonly Readonly<Record<string, unknown>>[],
  ) {
    super(`ended with ${code}: ${JSON.stringify(log)}`);
    this.name = 'EndedEarly';
  }
}
