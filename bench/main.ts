/** `npm run bench -- NAME`: prints a table for people and, as its last line, one JSON object. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { benchEmulator } from './emulator';
import { benchTrain } from './train';

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('A whole number from 1 up is needed.');
  }
  return value;
}

const program = new Command('bench').description('Measures pai-loop against its peers.');

program
  .command('train')
  .description('the whole training part, from CSV to fitted models, against scikit-learn')
  .option('--data <file>', 'CSV in the raw schema', (file: string) => path.resolve(file))
  .option('--repeats <count>', 'measured runs of each program', whole, 3)
  .option('--threads <count>', 'threads of ours and jobs of scikit-learn', whole, 2)
  .action(benchTrain);

program
  .command('emulator')
  .description('Tunnel, SQL and OSS of the local cloud, with our clients and the official ones')
  .option('--rows <count>', 'rows that go through the Tunnel', whole, 500_000)
  .option('--repeats <count>', 'measured runs of each client', whole, 3)
  .action(benchEmulator);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
