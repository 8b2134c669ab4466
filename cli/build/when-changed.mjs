// Builds dist/ when a source has changed since the last build. No dependencies of its own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const rooms = [
  'activities',
  'alibaba',
  'bench',
  'cli',
  'config',
  'data',
  'emulator',
  'gateway',
  'model',
  'policy',
  'serving',
  'sql',
  'temporal',
  'training',
  'workers',
  'workflows',
];

/** Builds unless dist/ was made from exactly these sources and packages. */
export function buildWhenChanged({ root, lock }) {
  const stamp = path.join(root, 'dist', '.sources');
  const sources = sourcesHash(root, lock);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  process.stderr.write('pai-loop: building dist/\n');
  const result = spawnSync(process.execPath, [path.join(root, 'cli', 'build', 'build.mjs')], {
    cwd: root,
    // Standard output belongs to the command that comes after.
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write('pai-loop: the build failed: see the lines above.\n');
    process.exit(1);
  }
  writeFileSync(stamp, sources);
}

function sourcesHash(root, lock) {
  const hash = createHash('sha256').update(lock);
  for (const room of rooms) {
    for (const file of sourceFiles(path.join(root, room))) {
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

function sourceFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return sourceFiles(file);
      return /\.(ts|mjs)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [file] : [];
    });
}
