/** `npm run build`: compiles the build's own program, which makes everything in dist/. */
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const outfile = path.join(root, 'dist', 'build.js');

await build({
  absWorkingDir: root,
  entryPoints: ['cli/build/programs.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  packages: 'external',
  logLevel: 'warning',
});
try {
  await createRequire(import.meta.url)(outfile).buildPrograms({ root });
} finally {
  await rm(outfile, { force: true });
}
