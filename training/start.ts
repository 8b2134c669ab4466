/** Entry of the bundle: the same file is the program and what its worker threads run. */
import { isBoostingThread, runBoostingThread } from '../model/boosting/boosting-thread';
import { isForestThread, runForestThread } from '../model/forest/forest-thread';

if (isForestThread()) {
  runForestThread();
} else if (isBoostingThread()) {
  runBoostingThread();
} else {
  // Loaded only here: a thread that grows trees has no use for the cloud's clients.
  import('./main.js')
    .then(({ main }) => main(process.argv.slice(2)))
    .catch((error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${reason}\n`);
      process.exitCode = 1;
    });
}
