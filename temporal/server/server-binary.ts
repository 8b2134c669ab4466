import path from 'node:path';
import { findProgram, type Place } from './attempt';
import { builtCli, cliVersion, goInstall } from './go-install';
import { checkTemporalCli, isExecutable, whichProgram } from './on-path';
import { downloadBySdk } from './sdk-download';

/** Where a Temporal server's program is looked for, and whom to tell about slow steps. */
export interface ServerBinaryInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder outside the work tree that keeps what was fetched or built. */
  readonly cache: string;
  readonly onProgress: (line: string) => void;
  readonly downloadTimeoutMs?: number;
  readonly buildTimeoutMs?: number;
}

const minute = 60_000;

/**
 * Path of a Temporal CLI that holds a dev server: on PATH, in the cache, downloaded by the SDK, or
 * built by Go. Throws `ProgramNotFoundError` with every place and its reason.
 */
export async function findServerBinary(
  input: ServerBinaryInput,
): Promise<{ readonly path: string; readonly place: string }> {
  return findProgram({
    program: 'Temporal server',
    places: [onPath(input), inCache(input.cache), bySdk(input), byGo(input)],
    mend: [
      'Do one of these: set TEMPORAL_ADDRESS to a running server; install the CLI',
      `(https://docs.temporal.io/cli, or Go 1.24+ for a build of ${cliVersion}) and start again.`,
    ].join(' '),
  });
}

function onPath({ env }: ServerBinaryInput): Place {
  return {
    name: 'temporal on PATH',
    look: async () => {
      const file = await whichProgram({ name: 'temporal', env });
      return file === undefined ? { found: false, reason: 'not there' } : checkTemporalCli(file);
    },
  };
}

function inCache(cache: string): Place {
  const file = builtCli(cache);
  return {
    name: `cache ${file}`,
    look: async () =>
      (await isExecutable(file)) ? checkTemporalCli(file) : { found: false, reason: 'not there' },
  };
}

function bySdk(input: ServerBinaryInput): Place {
  return {
    name: "download by Temporal's SDK",
    look: async () => {
      const attempt = await downloadBySdk({
        kind: 'dev-server',
        folder: path.join(input.cache, 'temporal', 'sdk'),
        timeoutMs: input.downloadTimeoutMs ?? 2 * minute,
      });
      return attempt.found ? checkTemporalCli(attempt.path) : attempt;
    },
  };
}

function byGo(input: ServerBinaryInput): Place {
  return goInstall({ ...input, timeoutMs: input.buildTimeoutMs ?? 20 * minute });
}
