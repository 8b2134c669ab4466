import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-prepare-'));
  mkdirSync(path.join(root, 'cli'));
  copyFileSync(path.join(__dirname, 'prepare.mjs'), path.join(root, 'cli', 'prepare.mjs'));
  // Installing is what is looked at here; the build is another file's.
  write('cli/build/when-changed.mjs', 'export function buildWhenChanged() {}');
  lock({
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', optional: true },
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function lock(packages: Record<string, object>): void {
  write('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }));
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

// Stands in for npm: says how it was called, and makes the folder.
function prepare(status = 0) {
  write(
    'npm.js',
    `console.log('npm ' + process.argv.slice(2).join(' '));
require('node:fs').mkdirSync('node_modules', { recursive: true });
process.exit(${status});`,
  );
  return spawnSync(process.execPath, [path.join(root, 'cli', 'prepare.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: path.join(root, 'npm.js') },
  });
}

test('installs once, then is silent until the lock file changes', () => {
  const first = prepare();
  expect(first).toMatchObject({ status: 0, stdout: '' });
  expect(first.stderr).toContain('npm ci --no-audit');
  expect(prepare()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  lock({ 'node_modules/a': { version: '1.0.1' } });
  expect(prepare().stderr).toContain('npm ci');
});

test('takes what npm installed by itself, when it is what the lock file wants', () => {
  const installed = (version: string) =>
    write(
      'node_modules/.package-lock.json',
      JSON.stringify({ packages: { 'node_modules/a': { version } } }),
    );
  installed('0.9.0');
  expect(prepare().stderr).toContain('npm ci');
  rmSync(path.join(root, 'node_modules'), { recursive: true });
  installed('1.0.0');
  expect(prepare()).toMatchObject({ status: 0, stderr: '' });
});

test('a failed install is a failure, and is tried again', () => {
  const failed = prepare(7);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('npm ci failed (status 7)');
  expect(prepare().stderr).toContain('npm ci --no-audit');
});

test('a missing lock file and an old Node are told in words', () => {
  rmSync(path.join(root, 'package-lock.json'));
  expect(prepare().stderr).toContain('package-lock.json is missing');
  const script = path.join(root, 'cli', 'prepare.mjs');
  const old = `Object.defineProperty(process.versions, 'node', { value: '18.19.0' }); import(${JSON.stringify(`file://${script}`)})`;
  const run = () =>
    execFileSync(process.execPath, ['-e', old], { encoding: 'utf8', stdio: 'pipe' });
  expect(run).toThrow(/pai-loop needs Node 20\.3 or newer; this is 18\.19\.0/);
});
