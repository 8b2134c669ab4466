import fs from 'node:fs';
import os from 'node:os';

/** Which process this is, so that a later one can tell whether it still lives. */
export interface ProcessIdentity {
  /** Name of the instance: an instance that is started again keeps it. */
  readonly instance: string;
  readonly pid: number;
  /** The kernel's boot and the process' start within it; absent where there is no /proc. */
  readonly boot?: string;
  readonly start?: string;
}

/** Identity of this process. */
export function thisProcess(options: { readonly instance?: string } = {}): ProcessIdentity {
  const instance = options.instance || process.env.HOSTNAME || os.hostname();
  const { pid } = process;
  return { instance, pid, boot: bootId(), start: startOf(pid) };
}

/** True when the process that left this identity still runs on this machine. */
export function stillRuns(identity: ProcessIdentity): boolean {
  if (identity.boot !== undefined && identity.start !== undefined) {
    // A number is given to another process in time; boot and start together are given once.
    return identity.boot === bootId() && identity.start === startOf(identity.pid);
  }
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string | undefined {
  return read('/proc/sys/kernel/random/boot_id')?.trim();
}

/** Clock ticks from boot to the start of a process: field 22, counted after the name in brackets. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
