import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(__dirname, '..');

/**
 * Bundles the training program into one CommonJS file for Node >= 20.3, without native add-ons.
 * The bytes depend on the sources and locked packages alone, not on where the checkout lies.
 */
export async function buildTraining(options: {
  readonly outfile: string;
}): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const outfile = path.resolve(options.outfile);
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['training/start.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.3',
    format: 'cjs',
    charset: 'utf8',
    // Whitespace and syntax only: short names would make a stack trace in a log unreadable.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'eof',
    // Optional in ali-oss' HTTP client, asked for only when a proxy is switched on, which nothing here does.
    external: ['proxy-agent'],
    logLevel: 'silent',
    write: false,
  });
  const { contents } = outputFiles[0];
  await mkdir(path.dirname(outfile), { recursive: true });
  await writeFile(outfile, contents);
  const sha256 = createHash('sha256').update(contents).digest('hex');
  return { bytes: contents.byteLength, sha256 };
}
