import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Attempt, Place } from './attempt';
import { checkTemporalCli, isExecutable, whichProgram } from './on-path';
import { withProcessLock } from './process-lock';
import { lastLine, runProgram } from './run-program';

/** The release of Temporal's CLI that is built when none can be had otherwise. */
export const cliVersion = 'v1.5.1';

const cliPackage = `github.com/temporalio/cli/cmd/temporal@${cliVersion}`;

/** Where the built CLI lies in the cache; the version is in the path, so that a newer one is built. */
export function builtCli(cache: string): string {
  return path.join(cache, 'temporal', cliVersion, 'temporal');
}

/** Builds the CLI from source with the machine's Go: once, other processes wait for the result. */
export function goInstall(input: {
  readonly cache: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly onProgress: (line: string) => void;
  readonly progressEveryMs?: number;
}): Place {
  return {
    name: `go install ${cliPackage}`,
    look: async () => {
      const go = await whichProgram({ name: 'go', env: input.env });
      if (go === undefined) return { found: false, reason: 'go is not on PATH' };
      const target = builtCli(input.cache);
      return withProcessLock({
        file: path.join(input.cache, 'temporal', 'go-install.lock'),
        onWait: (pid) => input.onProgress(`process ${pid} is building Temporal's CLI: waiting`),
        work: async () => {
          if (await isExecutable(target)) return checkTemporalCli(target);
          return build({ ...input, go, target });
        },
      });
    },
  };
}

async function build(input: {
  readonly go: string;
  readonly target: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly onProgress: (line: string) => void;
  readonly progressEveryMs?: number;
}): Promise<Attempt> {
  const folder = path.dirname(input.target);
  await mkdir(folder, { recursive: true });
  const started = Date.now();
  input.onProgress(`building Temporal's CLI ${cliVersion} with Go, once: about 3 to 5 minutes`);
  const ticker = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    input.onProgress(`building Temporal's CLI ${cliVersion}: ${seconds} s`);
  }, input.progressEveryMs ?? 15_000);
  try {
    const run = await runProgram({
      command: input.go,
      args: ['install', cliPackage],
      // A go.work or vendoring flag of the user's own project has no say here.
      env: { ...input.env, GOBIN: folder, GOFLAGS: '', GOWORK: 'off' },
      timeoutMs: input.timeoutMs,
      cwd: folder,
    });
    if (!run.ok) return { found: false, reason: `${run.reason}: ${lastLine(run.output)}` };
    return checkTemporalCli(input.target);
  } finally {
    clearInterval(ticker);
  }
}
