/** `pai-loop emulator`: the local Alibaba Cloud alone, in the foreground, for any project and client. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadSettings } from '../config/load-settings';
import type { LocalCloudAddresses } from '../emulator/local-cloud';
import { cloudArguments, cloudFolder } from './cloud-arguments';

/** What the command takes. */
export interface EmulatorOptions {
  readonly root: string;
  /** Instead of PAI_LOOP_HOME. */
  readonly home?: string;
  readonly project?: string;
  readonly bucket?: string;
  readonly region?: string;
  /** Asks for the control port (request log, faults on demand): a number, or `auto`. */
  readonly controlPort?: string;
  readonly json?: boolean;
}

/**
 * Runs until SIGTERM or Ctrl-C. Prints where everything is once it is ready: for people, or with `json` as one
 * line. The exit status is that of the local cloud's process.
 */
export async function emulator(options: EmulatorOptions): Promise<void> {
  const env = options.home ? { ...process.env, PAI_LOOP_HOME: options.home } : process.env;
  const { settings } = loadSettings({ root: options.root, env });
  const { project, bucket, region, controlPort } = options;
  const child = fork(
    path.join(options.root, 'dist', 'emulator.js'),
    [
      ...cloudArguments(settings),
      // What is said twice counts as it was said last.
      ...given('--project', project),
      ...given('--bucket', bucket),
      ...given('--region', region),
      ...given('--control-port', controlPort),
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] },
  );
  let isAsked = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      isAsked = true;
      child.kill(signal);
    });
  }
  const ended = endOf(child);
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) => {
    const text = options.json ? line : inWords(JSON.parse(line), cloudFolder(settings));
    process.stdout.write(`${text}\n`);
  });
  const code = await ended;
  // One that was told to end before it could listen to that has ended as it should, too.
  process.exitCode = code ?? (isAsked ? 0 : 1);
}

function given(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

function inWords(cloud: LocalCloudAddresses, folder: string): string {
  const { maxcompute, oss, pai, control } = cloud;
  return [
    'The local Alibaba Cloud runs. Any official client reaches it by endpoint and keys:',
    `  MaxCompute  ${maxcompute.endpoint}  tunnel ${maxcompute.tunnelEndpoint}  project ${maxcompute.project}`,
    `  OSS         ${oss.endpoint}  bucket ${oss.bucket}`,
    `  PAI         ${pai.endpoint}  (DSW, DLC, EAS, AIWorkspace, CloudMonitor, STS)`,
    `  region      ${cloud.region}`,
    `  keys        ${path.join(folder, 'credentials.json')}`,
    ...(control ? [`  control     ${control.url}`] : []),
    'Ctrl-C stops it; what it holds is there again at the next start.',
  ].join('\n');
}
