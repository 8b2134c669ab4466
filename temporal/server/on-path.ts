import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Attempt } from './attempt';
import { lastLine, runProgram } from './run-program';

/** Update-with-start and the search attributes of dev servers need at least this server. */
const oldestServer = [1, 28];

/** Looks for an executable on PATH; undefined when there is none. */
export async function whichProgram(input: {
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<string | undefined> {
  const folders = (input.env['PATH'] ?? '').split(path.delimiter).filter(path.isAbsolute);
  for (const folder of folders) {
    const candidate = path.join(folder, input.name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** True for a regular file that this user may run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Asks a Temporal CLI for its version: refuses what doesn't run here or is too old. */
export async function checkTemporalCli(file: string): Promise<Attempt> {
  const run = await runProgram({ command: file, args: ['--version'], timeoutMs: 20_000 });
  if (!run.ok) return { found: false, reason: `${file} --version: ${run.reason}` };
  const server = /Server (\d+)\.(\d+)/i.exec(run.output);
  if (server === null) {
    return { found: false, reason: `${file} isn't Temporal's CLI (${lastLine(run.output)})` };
  }
  const [major, minor] = [Number(server[1]), Number(server[2])];
  if (major < oldestServer[0] || (major === oldestServer[0] && minor < oldestServer[1])) {
    const reason = `${file} holds server ${major}.${minor}, older than ${oldestServer.join('.')}`;
    return { found: false, reason };
  }
  return { found: true, path: file };
}
