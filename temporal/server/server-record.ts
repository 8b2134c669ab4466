import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isAlive } from './process-lock';

const recordSchema = z.object({
  pid: z.int().positive(),
  address: z.string(),
  ui: z.string().optional(),
});

/** The dev server that runs on a home's database, as it is written beside it. */
export type ServerRecord = z.output<typeof recordSchema>;

const recordFile = (folder: string) => path.join(folder, 'server.json');

/** Notes which process serves the folder's database. */
export async function writeRecord(folder: string, record: ServerRecord): Promise<void> {
  const temporary = `${recordFile(folder)}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
  await rename(temporary, recordFile(folder));
}

/** Forgets the server. */
export async function removeRecord(folder: string): Promise<void> {
  await rm(recordFile(folder), { force: true });
}

/**
 * The server that still runs on the database, also when whoever started it is gone. A process id
 * that now belongs to another program is not taken for it.
 */
export async function findRunning(input: {
  readonly folder: string;
  readonly database: string;
}): Promise<ServerRecord | undefined> {
  const text = await readFile(recordFile(input.folder), 'utf8').catch(() => '');
  const parsed = recordSchema.safeParse(parseJson(text));
  if (!parsed.success || !isAlive(parsed.data.pid)) return undefined;
  const command = await commandOf(parsed.data.pid);
  return command.includes(input.database) ? parsed.data : undefined;
}

async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    const ps = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
      () => undefined,
    );
    return ps?.stdout ?? '';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
