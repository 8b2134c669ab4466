/** Our side of `bench train`, a process of its own: from the CSV file to all fitted models. */
import { isForestThread, runForestThread } from '../model/forest/forest-thread';

if (isForestThread()) {
  runForestThread();
} else {
  import('./train-steps.js')
    .then(async ({ trainSteps }) => {
      const [file, threads, mode] = process.argv.slice(2);
      const output = await trainSteps({
        file,
        threads: Number(threads),
        unshared: mode === 'unshared',
      });
      process.stdout.write(`${JSON.stringify(output)}\n`);
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    });
}
