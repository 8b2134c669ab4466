import { spawn } from 'node:child_process';

/** How a short-lived program ended. `output` is its last lines, both streams together. */
export interface ProgramEnd {
  readonly ok: boolean;
  readonly output: string;
  /** Why it didn't end well: exit status, signal, time-out, or that it couldn't be started. */
  readonly reason: string;
}

const keptCharacters = 4000;

/** Runs a program to its end, within a time limit; never throws. */
export async function runProgram(input: {
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(input.command, input.args, {
      cwd: input.cwd,
      env: { ...(input.env ?? process.env) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let timedOut = false;
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-keptCharacters);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, input.timeoutMs);
    const end = (ok: boolean, reason: string) => {
      clearTimeout(timer);
      resolve({ ok, output: output.trim(), reason });
    };
    child.once('error', (error) =>
      end(false, `${input.command} can't be started: ${error.message}`),
    );
    child.once('close', (status, signal) => {
      if (timedOut) end(false, `no answer within ${Math.round(input.timeoutMs / 1000)} s`);
      else end(status === 0, status === null ? `ended by ${signal}` : `exit status ${status}`);
    });
  });
}

/** The last line that says something: what a failed program blamed. */
export function lastLine(output: string): string {
  return (
    output
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .at(-1) ?? 'no output'
  );
}
