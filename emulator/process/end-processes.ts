import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity';
import { groupMembers, ownedProcesses } from './process-table';

const POLL_MS = 20;
/** After SIGKILL a process may only linger while the kernel holds it (a hung disk, for example). */
const KILL_DEADLINE_MS = 10_000;

/** Pids that belong to the marker (or to one below it: `marker/…`), and a leader that still runs. */
export function processesOf(options: {
  readonly marker: string;
  readonly leader?: ProcessIdentity;
}): number[] {
  const { marker, leader } = options;
  if (process.platform !== 'linux') {
    return leader ? groupMembers(leader.pid) : [];
  }
  const pids = new Set(
    ownedProcesses()
      .filter((owned) => owned.marker === marker || owned.marker.startsWith(`${marker}/`))
      .map(({ pid }) => pid),
  );
  if (leader && isAlive(leader)) pids.add(leader.pid);
  return [...pids];
}

/**
 * Ends everything that an instance started, detached grandchildren included: SIGTERM, then SIGKILL after
 * `graceMs`, until nothing is found any more. Throws when a process outlives SIGKILL.
 */
export async function endProcesses(options: {
  readonly marker: string;
  readonly leader?: ProcessIdentity;
  readonly graceMs: number;
}): Promise<void> {
  const started = Date.now();
  const asked = new Set<number>();
  for (;;) {
    const waited = Date.now() - started;
    // A look at all processes is dear: while the leader that was asked still goes, there is no need for one.
    if (asked.size > 0 && waited < options.graceMs && options.leader && isAlive(options.leader)) {
      await sleep(POLL_MS);
      continue;
    }
    const pids = processesOf(options);
    if (pids.length === 0) return;
    if (waited > options.graceMs + KILL_DEADLINE_MS) {
      throw new Error(`processes ${pids.join(', ')} don't end, not even by SIGKILL`);
    }
    if (waited >= options.graceMs) {
      for (const pid of pids) signalProcess(pid, 'SIGKILL');
    } else {
      for (const pid of pids.filter((pid) => !asked.has(pid))) {
        asked.add(pid);
        signalProcess(pid, 'SIGTERM');
      }
    }
    await sleep(POLL_MS);
  }
}

/** Sends a signal; a process that has ended meanwhile is fine. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
