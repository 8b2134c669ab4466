#!/usr/bin/env node
// Runs before `npm start` and `npm test`: installs the locked dependencies when they are missing or
// older than the lock file, then builds dist/ when a source has changed; silent when there is nothing
// to do. No dependencies of its own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhenChanged } from './build/when-changed.mjs';

const oldestNode = [20, 3];
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

main();

function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    fail(
      `pai-loop needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
    );
  }
  const lock = lockHash();
  installWhenChanged(lock);
  buildWhenChanged({ root, lock });
}

function installWhenChanged(lock) {
  const stamp = path.join(root, 'node_modules', '.pai-loop-lock');
  if (read(stamp)?.trim() === lock) return;
  if (isInstalled()) {
    writeFileSync(stamp, `${lock}\n`);
    return;
  }
  process.stderr.write('pai-loop: installing the locked dependencies (npm ci)\n');
  install();
  writeFileSync(stamp, `${lock}\n`);
}

/** Native packages follow the platform and Node's major version, so a stamp names all three. */
function lockHash() {
  const lock = read(path.join(root, 'package-lock.json'));
  if (lock === undefined) fail(`package-lock.json is missing in ${root}: restore it with git.`);
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform}-${process.arch} node${process.versions.node.split('.')[0]}`;
}

/** Somebody ran npm themselves: npm's own record says whether that gave what the lock file wants. */
function isInstalled() {
  const installed = packages(path.join(root, 'node_modules', '.package-lock.json'));
  const wanted = packages(path.join(root, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return false;
  return Object.entries(wanted).every(
    ([where, { version, optional, devOptional }]) =>
      where === '' || optional || devOptional || installed[where]?.version === version,
  );
}

function packages(file) {
  try {
    return JSON.parse(read(file) ?? '{}').packages;
  } catch {
    return undefined;
  }
}

function install() {
  const npm = process.env.npm_execpath;
  const isScript = npm !== undefined && /\.[cm]?js$/.test(npm);
  const [command, first] = isScript ? [process.execPath, [npm]] : ['npm', []];
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'];
  const result = spawnSync(command, [...first, ...options], {
    cwd: root,
    // Standard output belongs to the command that comes after (its last line may be JSON).
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && !isScript,
  });
  if (result.error)
    fail(`npm can't be started (${result.error.message}). Install npm, then retry.`);
  if (result.status !== 0) {
    fail(`npm ci failed (status ${result.status ?? result.signal}): see the lines above.`);
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function fail(message) {
  process.stderr.write(`pai-loop: ${message}\n`);
  process.exit(1);
}
