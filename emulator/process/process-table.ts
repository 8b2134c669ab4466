import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { type ProcessStat, readStat, startOf } from './process-identity';

/** Environment variable that every process of an instance inherits; its value is the instance's own. */
export const MARKER_VARIABLE = 'PAI_LOCAL_CLOUD_PROCESS';

/** A running process and the instance that it belongs to. */
export interface OwnedProcess {
  readonly pid: number;
  readonly startedAt: string;
  readonly parentPid: number;
  readonly group: number;
  readonly marker: string;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** What an earlier look has shown; a process keeps its owner when it later clears its environment. */
const known = new Map<string, string>();

/**
 * Processes that are nobody's and when they were first found so. A process that has only just been forked
 * still has its parent's environment: it is asked again for a while, then never more.
 */
const strangers = new Map<string, number>();
const STRANGER_MS = 2_000;

/** Log files of instances and whose they are. */
const outputs = new Map<string, string>();

/** Says whose a log file is: what writes its standard output there was started by that instance. */
export function claimOutput(output: { readonly file: string; readonly marker: string }): void {
  const file = realPath(output.file);
  if (file === undefined) return;
  outputs.set(file, output.marker);
  // Who wrote there already was nobody's until now.
  strangers.clear();
}

/** Forgets a log file; to be called while it is still there. */
export function releaseOutput(file: string): void {
  outputs.delete(realPath(file) ?? file);
}

/**
 * Every running process that an instance started, by marker: processes whose environment names it, and
 * (an environment can be cleared) whatever writes to its log or shares a parent or a process group with
 * one of those.
 * On Linux by `/proc`; elsewhere environments can't be read and the list is empty.
 */
export function ownedProcesses(): OwnedProcess[] {
  if (process.platform !== 'linux') return [];
  const stats = runningStats();
  const owners = new Map<number, string>();
  const seen = new Map<string, string>();
  const present = new Set<string>();
  for (const stat of stats) {
    const key = `${stat.pid}:${stat.startTicks}`;
    present.add(key);
    const marker = known.get(key) ?? markerOf({ pid: stat.pid, key });
    if (marker) owners.set(stat.pid, marker);
  }
  for (const key of strangers.keys()) if (!present.has(key)) strangers.delete(key);
  adoptRelatives({ stats, owners });
  const owned: OwnedProcess[] = [];
  for (const stat of stats) {
    const marker = owners.get(stat.pid);
    if (!marker) continue;
    seen.set(`${stat.pid}:${stat.startTicks}`, marker);
    owned.push({
      pid: stat.pid,
      startedAt: startOf(stat),
      parentPid: stat.parentPid,
      group: stat.group,
      marker,
      cpuSeconds: stat.cpuTicks / TICKS_PER_SECOND,
      rssBytes: stat.rssPages * PAGE_BYTES,
    });
  }
  known.clear();
  for (const [key, marker] of seen) known.set(key, marker);
  return owned;
}

/** Processes of a group, wherever `ps` is the only way to ask. */
export function groupMembers(group: number): number[] {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' });
    return lines
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, pgid, state]) => Number(pgid) === group && !state?.startsWith('Z'))
      .map(([pid]) => Number(pid));
  } catch {
    return [];
  }
}

function runningStats(): ProcessStat[] {
  const stats: ProcessStat[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (stat && stat.state !== 'Z' && stat.state !== 'X') stats.push(stat);
  }
  return stats;
}

function markerOf(asked: { readonly pid: number; readonly key: string }): string | undefined {
  const { pid, key } = asked;
  const now = performance.now();
  const since = strangers.get(key);
  if (since !== undefined && now - since > STRANGER_MS) return undefined;
  const marker = readMarker(pid) ?? ownerOfOutput(pid);
  if (marker) strangers.delete(key);
  else if (since === undefined) strangers.set(key, now);
  return marker;
}

function readMarker(pid: number): string | undefined {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return undefined; // ended meanwhile, or of another user
  }
  const name = `\0${MARKER_VARIABLE}=`;
  const all = `\0${environment}`;
  const at = all.indexOf(name);
  if (at < 0) return undefined;
  const start = at + name.length;
  const end = all.indexOf('\0', start);
  return all.slice(start, end < 0 ? undefined : end);
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function ownerOfOutput(pid: number): string | undefined {
  if (outputs.size === 0) return undefined;
  for (const descriptor of [1, 2]) {
    try {
      const marker = outputs.get(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      if (marker !== undefined) return marker;
    } catch {
      // Closed, ended meanwhile, or of another user.
    }
  }
  return undefined;
}

function adoptRelatives(args: {
  readonly stats: readonly ProcessStat[];
  readonly owners: Map<number, string>;
}): void {
  const { stats, owners } = args;
  if (owners.size === 0) return;
  const groups = new Map<number, string>();
  for (const stat of stats) {
    const marker = owners.get(stat.pid);
    // Only groups that the owned process leads: a shared group may be a terminal's.
    if (marker && stat.group === stat.pid) groups.set(stat.group, marker);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const stat of stats) {
      if (owners.has(stat.pid)) continue;
      const marker = owners.get(stat.parentPid) ?? groups.get(stat.group);
      if (!marker) continue;
      owners.set(stat.pid, marker);
      changed = true;
    }
  }
}
