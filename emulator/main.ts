import path from 'node:path';
import { parseArgs } from 'node:util';
import { type LocalCloudOptions, startLocalCloud } from './local-cloud';
import { DEFAULT_PORTS } from './local-ports';
import { FolderInUseError } from './process/folder-lock';

const USAGE = `usage: emulator --folder FOLDER [--region R] [--project P] [--bucket B]
  [--maxcompute-port N] [--oss-port N] [--pai-port N] [--eas-port N]   (0 or "auto": a free port)
  [--control-port N]   (for tests: the request log and faults on demand)`;

/** The process of the local cloud: says where it is on one line, runs until it is told to end. */
async function main(): Promise<void> {
  const starting = startLocalCloud(readOptions());
  let isEnding = false;
  const end = (reason: string): void => {
    if (isEnding) return;
    isEnding = true;
    process.stderr.write(`closing: ${reason}\n`);
    starting.then((cloud) => cloud.close()).then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // Whoever started us over IPC has gone: nobody is left to end us later.
  process.on('disconnect', () => end('the parent has gone'));
  // A reader that has gone is no reason to die in the middle of something.
  process.stdout.on('error', () => undefined);
  // One instance's trouble must not take the others down; it is told and the instance says so itself.
  process.on('unhandledRejection', (error) => process.stderr.write(`${describe(error)}\n`));
  const { close: _close, ...addresses } = await starting;
  if (!isEnding) process.stdout.write(`${JSON.stringify(addresses)}\n`);
}

function readOptions(): LocalCloudOptions {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      region: { type: 'string', default: 'cn-hangzhou' },
      project: { type: 'string', default: 'pai_loop_dev' },
      bucket: { type: 'string', default: 'pai-loop' },
      'maxcompute-port': { type: 'string' },
      'oss-port': { type: 'string' },
      'pai-port': { type: 'string' },
      'eas-port': { type: 'string' },
      'control-port': { type: 'string' },
    },
  });
  const home = process.env['PAI_LOOP_HOME'];
  const folder = values.folder ?? (home && path.join(home, 'cloud'));
  if (!folder) throw new UsageError(USAGE);
  const controlPort = values['control-port'];
  return {
    folder: path.resolve(folder),
    region: values.region,
    project: values.project,
    bucket: values.bucket,
    control: controlPort !== undefined && { port: readPort(controlPort, 0) },
    ports: {
      maxcompute: readPort(values['maxcompute-port'], DEFAULT_PORTS.maxcompute),
      oss: readPort(values['oss-port'], DEFAULT_PORTS.oss),
      pai: readPort(values['pai-port'], DEFAULT_PORTS.pai),
      eas: readPort(values['eas-port'], DEFAULT_PORTS.eas),
    },
  };
}

class UsageError extends Error {}

function readPort(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (text === 'auto') return 0;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`${text} is no port\n${USAGE}`);
}

function fail(error: unknown): void {
  const isPlain = error instanceof UsageError || error instanceof FolderInUseError;
  process.stderr.write(`${isPlain ? error.message : describe(error)}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch(fail);
