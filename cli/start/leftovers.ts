/** Processes that an earlier run left behind when it was killed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readEndpoints, removeEndpoints } from '../../config/endpoints-file';

const run = promisify(execFile);
const pollMs = 100;
const patienceMs = 10_000;

/**
 * Ends what the home's endpoints file names and still runs; refuses when its supervisor is alive. A
 * process is only taken for ours when its command line names the home or our programs: ids are reused.
 */
export async function endLeftovers(input: {
  readonly home: string;
  readonly root: string;
  readonly say: (line: string) => void;
}): Promise<void> {
  const { home, root, say } = input;
  const earlier = await readEndpoints({ home });
  if (!earlier) return;
  const marks = [home, root, 'dist/pai-loop.js'];
  // Temporal's server is not ended: the next one on the same database takes it over.
  const { supervisor, temporal: _kept, ...programs } = earlier.pids;
  if (supervisor !== undefined && (await isOurs({ pid: supervisor, marks }))) {
    throw new Error(
      `pai-loop runs already from ${home} (process ${supervisor}): stop it first, or set PAI_LOOP_HOME to another folder`,
    );
  }
  for (const [name, pid] of Object.entries(programs)) {
    if (await isOurs({ pid, marks })) {
      say(`ending ${name} (process ${pid}), left behind by an earlier run`);
      await endProcess({ pid, marks });
    }
  }
  await removeEndpoints({ home });
}

interface OurProcess {
  readonly pid: number;
  /** Texts of which one is in the command line. */
  readonly marks: readonly string[];
}

async function isOurs(input: OurProcess): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(input.pid)]);
    return input.marks.some((mark) => stdout.includes(mark)) && !stdout.includes('<defunct>');
  } catch {
    return false;
  }
}

async function endProcess(process: OurProcess): Promise<void> {
  signal(process.pid, 'SIGTERM');
  for (let waited = 0; await isOurs(process); waited += pollMs) {
    if (waited === patienceMs) signal(process.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
