import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * One process of this machine, told apart from a later one with the same pid by when it started
 * (Linux: boot id and clock ticks since boot; elsewhere: the start time that `ps` prints).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** One line of `/proc/<pid>/stat`, as far as it matters here. */
export interface ProcessStat {
  readonly pid: number;
  /** One letter, for example `R`, `S`, or `Z` for a process that has ended and waits for its parent. */
  readonly state: string;
  readonly parentPid: number;
  readonly group: number;
  readonly session: number;
  /** CPU time used so far in user and kernel mode, in clock ticks (100 a second on Linux). */
  readonly cpuTicks: number;
  readonly startTicks: string;
  readonly rssPages: number;
}

let bootId: string | undefined;

/** Reads a stat line; the name in parentheses may itself hold spaces and parentheses. */
export function parseStat(line: string): ProcessStat {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  const fields = line
    .slice(close + 2)
    .trim()
    .split(' ');
  return {
    pid: Number(line.slice(0, open)),
    state: fields[0],
    parentPid: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startTicks: fields[19],
    rssPages: Number(fields[21]),
  };
}

/** The stat of a process of Linux; undefined when there is none with this pid. */
export function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Written into identities, so that ticks of two boots are never compared. */
export function startOf(stat: ProcessStat): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId}:${stat.startTicks}`;
}

/** Identity of a running process; undefined when there is none (a zombie counts as ended). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (process.platform !== 'linux') return identifyByPs(pid);
  const stat = readStat(pid);
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startedAt: startOf(stat) };
}

/** True while exactly this process runs, and not merely one that got its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return startedAt ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}
