import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { identify, type ProcessIdentity } from './process-identity';
import { claimOutput, MARKER_VARIABLE } from './process-table';

/** How a process ended: one of the two is set. */
export interface ProcessEnd {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** A started command: its identity (pid = process group = session) and the promise of its end. */
export interface StartedProcess {
  readonly identity: ProcessIdentity;
  readonly ended: Promise<ProcessEnd>;
}

/**
 * Starts `bash -c script` in a session of its own. Output goes to the log file directly, not through a
 * pipe, so that the process goes on undisturbed when this one is killed. The environment is exactly what
 * is given, plus the marker: nothing of ours leaks into an instance.
 */
export async function startShell(options: {
  readonly script: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly marker: string;
  readonly logFile: string;
}): Promise<StartedProcess> {
  const log = openSync(options.logFile, 'a', 0o600);
  claimOutput({ file: options.logFile, marker: options.marker });
  try {
    const child = spawn('bash', ['-c', options.script], {
      cwd: options.folder,
      env: { ...options.environment, [MARKER_VARIABLE]: options.marker },
      detached: true,
      stdio: ['ignore', log, log],
    });
    const ended = endOf(child);
    await started(child);
    const pid = child.pid as number;
    // A command that is over already has no entry any more; its pid alone still names its group.
    return { identity: identify(pid) ?? { pid, startedAt: 'ended' }, ended };
  } finally {
    closeSync(log);
  }
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined }),
    );
    child.once('error', () => resolve({ code: 127, signal: undefined }));
  });
}
