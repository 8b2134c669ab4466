import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(__dirname, '..');

/**
 * Bundles the service into one CommonJS file for Node >= 20.3, without native add-ons.
 * The bytes depend on the sources and locked packages alone, not on where the checkout lies.
 */
export async function buildServing(options: {
  readonly outfile: string;
  /** Folder of the sources, with `node_modules` in it; the default is this checkout. */
  readonly root?: string;
}): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { outputFiles } = await build({
    absWorkingDir: options.root ?? ROOT,
    entryPoints: ['serving/main.ts'],
    outfile: resolve(options.outfile),
    bundle: true,
    platform: 'node',
    target: 'node20.3',
    format: 'cjs',
    charset: 'utf8',
    // Module names in the output are paths: a linked node_modules must not bring its own place in.
    preserveSymlinks: true,
    // Whitespace and syntax only: short names would make a stack trace in a log unreadable.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'eof',
    logLevel: 'silent',
    write: false,
  });
  const contents = outputFiles[0]!.contents;
  await mkdir(dirname(resolve(options.outfile)), { recursive: true });
  await writeFile(options.outfile, contents);
  const sha256 = createHash('sha256').update(contents).digest('hex');
  return { bytes: contents.byteLength, sha256 };
}
