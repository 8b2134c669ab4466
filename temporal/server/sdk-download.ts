import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Attempt } from './attempt';
import { lastLine, runProgram } from './run-program';

/** The servers that Temporal's SDK can download, and the names of the files that it makes. */
const kinds = {
  'dev-server': { factory: 'createLocal', prefix: 'temporal-cli' },
  'time-skipping': { factory: 'createTimeSkipping', prefix: 'temporal-test-server' },
} as const;

// In a process of its own: the SDK's native download can't be cancelled, a process can.
const program = `
const [testing, factory, downloadDir] = process.argv.slice(1);
const { TestWorkflowEnvironment } = require(testing);
TestWorkflowEnvironment[factory]({
  server: { executable: { type: 'cached-download', downloadDir, ttl: '3650 days' } },
})
  .then((environment) => environment.teardown())
  .then(() => process.exit(0))
  .catch((error) => {
    process.stderr.write('\\n' + String(error.message).split('\\n')[0] + '\\n', () => process.exit(1));
  });
`;

/** Lets the SDK download a server into `folder`, within a time limit; a machine without internet fails fast. */
export async function downloadBySdk(input: {
  readonly kind: keyof typeof kinds;
  readonly folder: string;
  readonly timeoutMs: number;
  /** Path of `@temporalio/testing`; the installed one unless a test gives another. */
  readonly testing?: string;
}): Promise<Attempt> {
  const { factory, prefix } = kinds[input.kind];
  const testing = input.testing ?? require.resolve('@temporalio/testing');
  await mkdir(input.folder, { recursive: true });
  const run = await runProgram({
    command: process.execPath,
    args: ['-e', program, testing, factory, input.folder],
    timeoutMs: input.timeoutMs,
  });
  if (!run.ok) {
    const words = run.output === '' ? run.reason : `${shorten(lastLine(run.output))}`;
    return { found: false, reason: words };
  }
  const file = await newest({ folder: input.folder, prefix });
  return file === undefined
    ? { found: false, reason: `the download left no ${prefix} in ${input.folder}` }
    : { found: true, path: file };
}

async function newest(input: {
  readonly folder: string;
  readonly prefix: string;
}): Promise<string | undefined> {
  const names = (await readdir(input.folder)).filter((name) => name.startsWith(input.prefix));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(input.folder, name);
      return { file, time: (await stat(file)).mtimeMs };
    }),
  );
  return files.sort((a, b) => b.time - a.time)[0]?.file;
}

// The bridge repeats the address and the cause; the last part says what failed.
function shorten(message: string): string {
  const parts = message.split(': ');
  return parts.length <= 3 ? message : `${parts[0]}: ${parts.slice(-3).join(': ')}`;
}
