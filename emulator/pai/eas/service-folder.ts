import { readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

const KEPT_LOGS = 20;

/** Removes what instances of an earlier local cloud left in a service's folder; the newest logs stay. */
export async function clearLeftovers(folder: string): Promise<void> {
  for (const name of entries(folder)) {
    if (name !== 'logs') await rm(path.join(folder, name), { recursive: true, force: true });
  }
  for (const file of logFiles(folder).slice(KEPT_LOGS)) await rm(file, { force: true });
}

/** Log files of a service, newest first; an instance's file is `<instance>.log`. */
export function logFiles(folder: string): string[] {
  const logs = path.join(folder, 'logs');
  return entries(logs)
    .map((name) => path.join(logs, name))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
