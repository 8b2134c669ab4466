import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type StartedProcess, startShell } from '../../process/child-process';
import { instanceEnvironment } from '../../process/instance-environment';

/** Where a pod keeps its things below the job's folder. */
export interface PodFolders {
  /** Home, temporary files and working folder: what a restart of the pod keeps. */
  readonly pod: string;
  /** Of one life: command, log, exit code. */
  readonly life: string;
}

/** The folders of one life of a pod. */
export function podFolders(options: {
  readonly jobFolder: string;
  readonly podId: string;
  readonly podUid: string;
}): PodFolders {
  const pod = path.join(options.jobFolder, 'pods', options.podId);
  return { pod, life: path.join(pod, 'lives', options.podUid) };
}

/** What a pod's command and everything below it prints. */
export function podLog(folders: PodFolders): string {
  return path.join(folders.life, 'pod.log');
}

/**
 * Runs a pod's command. A shell around it writes the exit code to a file, so that it is known also to a
 * local cloud that was started after the command had ended.
 */
export async function startPod(options: {
  readonly folders: PodFolders;
  readonly command: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly marker: string;
}): Promise<StartedProcess> {
  const { folders, command, variables, marker } = options;
  for (const name of ['home', 'tmp', 'work']) {
    await mkdir(path.join(folders.pod, name), { recursive: true, mode: 0o700 });
  }
  await mkdir(folders.life, { recursive: true, mode: 0o700 });
  await rm(exitFile(folders), { force: true });
  const script = path.join(folders.life, 'command.sh');
  await writeFile(script, command, { mode: 0o600 });
  return startShell({
    script: `bash ${quoted(script)}
code=$?
printf %s "$code" > ${quoted(`${exitFile(folders)}.tmp`)} && mv ${quoted(`${exitFile(folders)}.tmp`)} ${quoted(exitFile(folders))}
exit "$code"`,
    folder: path.join(folders.pod, 'work'),
    environment: instanceEnvironment({ folder: folders.pod, variables }),
    marker,
    logFile: podLog(folders),
  });
}

/** The code that a pod's command ended with; undefined when nobody has seen its end. */
export async function readExitCode(folders: PodFolders): Promise<number | undefined> {
  try {
    const code = Number(await readFile(exitFile(folders), 'utf8'));
    return Number.isInteger(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function exitFile(folders: PodFolders): string {
  return path.join(folders.life, 'exit-code');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
