/** Everything in dist/: our processes, the workflows' bundle, and the programs that travel to the cloud. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import { buildServing } from '../../serving/build';
import { buildTraining } from '../../training/build';

/** Name in dist/ -> entry file of each process that runs here, with its packages in node_modules. */
const processes = {
  'pai-loop': 'cli/main.ts',
  worker: 'workers/main.ts',
  emulator: 'emulator/main.ts',
  gateway: 'gateway/main.ts',
  bench: 'bench/main.ts',
} as const;

/** Builds all of dist/ below `root`. */
export async function buildPrograms({ root }: { readonly root: string }): Promise<void> {
  const dist = (name: string) => path.join(root, 'dist', name);
  await Promise.all([
    build({
      absWorkingDir: root,
      entryPoints: processes,
      outdir: 'dist',
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      packages: 'external',
      sourcemap: 'linked',
      logLevel: 'warning',
    }),
    buildTraining({ outfile: dist('training.js') }),
    buildServing({ outfile: dist('serving.js') }),
    bundleWorkflows(path.join(root, 'workflows', 'index.ts'), dist('workflow-bundle.js')),
  ]);
}

async function bundleWorkflows(workflowsPath: string, outfile: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  await writeFile(outfile, code);
}

const silent = () => undefined;
const quiet = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: (message: string) => process.stderr.write(`${message}\n`),
  error: (message: string) => process.stderr.write(`${message}\n`),
};
