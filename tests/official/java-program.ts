import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** How to start the judge that is written in Java, or why it can't be. */
export type JavaProgram =
  | { readonly command: string; readonly args: readonly string[] }
  | { readonly reason: string };

const SOURCES = path.join(__dirname, 'java');
let known: JavaProgram | undefined;

/**
 * Builds `java/` with Maven below the user's cache folder, once for each content of its files and each
 * Java. Synchronous, because tests must know while they are collected what to leave out.
 */
export function javaProgram(): JavaProgram {
  known ??= findOrBuild();
  return known;
}

function findOrBuild(): JavaProgram {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (java.status !== 0) return { reason: 'java is not installed' };
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'pai-loop', `official-java-${key(java.stderr)}`);
  if (!fs.existsSync(folder)) {
    const failed = build(folder);
    if (failed) return { reason: failed };
  }
  const classPath = ['classes', path.join('dependency', '*')]
    .map((part) => path.join(folder, 'target', part))
    .join(path.delimiter);
  // Arrow reaches for Java's own buffers; times are shown in the same zone wherever this runs.
  const options = ['--add-opens=java.base/java.nio=ALL-UNNAMED', '-Duser.timezone=UTC', '-Xmx512m'];
  return { command: 'java', args: [...options, '-cp', classPath, 'judge.Suite'] };
}

function files(): readonly string[] {
  const sources = path.join('src', 'main', 'java', 'judge');
  const classes = fs.readdirSync(path.join(SOURCES, sources)).sort();
  return ['pom.xml', ...classes.map((name) => path.join(sources, name))];
}

function key(version: string): string {
  const hash = createHash('sha256').update(version);
  for (const name of files()) hash.update(name).update(fs.readFileSync(path.join(SOURCES, name)));
  return hash.digest('hex').slice(0, 12);
}

/** Builds beside the folder and moves it there whole: another test process may do the same. Gives what went wrong. */
function build(folder: string): string | undefined {
  if (spawnSync('mvn', ['--version']).status !== 0) return 'mvn is not installed';
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const building = fs.mkdtempSync(`${folder}-building-`);
  process.stderr.write(`building MaxCompute's Java SDK and its judge in ${folder}\n`);
  for (const name of files()) {
    fs.mkdirSync(path.dirname(path.join(building, name)), { recursive: true });
    fs.copyFileSync(path.join(SOURCES, name), path.join(building, name));
  }
  const goals = ['-q', '-B', 'compile', 'dependency:copy-dependencies'];
  const built = spawnSync('mvn', goals, { cwd: building, encoding: 'utf8' });
  if (built.status === 0 && !fs.existsSync(folder)) {
    try {
      fs.renameSync(building, folder);
    } catch (error) {
      // The other process was faster: its folder is as good.
      if (!fs.existsSync(folder)) throw error;
    }
  }
  fs.rmSync(building, { recursive: true, force: true });
  return built.status === 0 ? undefined : `mvn can't build the judge: ${lastWords(built)}`;
}

function lastWords(ended: SpawnSyncReturns<string>): string {
  return `${ended.stderr}${ended.stdout}`.trim().split('\n').slice(-3).join(' ');
}
