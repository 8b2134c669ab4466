#!/usr/bin/env node
/** The `pai-loop` command. */
import path from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../config/config-error';
import { explain } from './config-explain';
import { emulator } from './emulator';
import { predict } from './predict';
import { retrain } from './retrain';
import { start } from './start/start';
import { status } from './status';

/** The built command stands in dist/ below the checkout. */
const root = path.resolve(__dirname, '..');
const json = ['--json', 'print one JSON object as the last line of standard output'] as const;

const program = new Command('pai-loop').description(
  'Retrains, deploys and monitors a model on Alibaba Cloud PAI, durably',
);

program
  .command('start')
  .description('start everything that a local run needs, retrain once, and go on running')
  .option('--once', 'end with the run; the exit status says how it went')
  .option('--data <file>', 'load a CSV of your own into the raw table first')
  .option(...json)
  .action((options) => start({ root, ...options }));

program
  .command('retrain')
  .description('ask for a run of a pipeline and wait for it')
  .option('--pipeline <name>', 'which pipeline; the only one by default')
  .option('--reason <words>', 'why; recorded with the decision', 'asked for on the command line')
  .option('--no-wait', 'return when the run is granted')
  .option(...json)
  .action((options) => retrain({ root, ...options }));

program
  .command('status')
  .description('what serves now, and what the lifecycle is doing')
  .option('--pipeline <name>', 'which pipeline; the only one by default')
  .option(...json)
  .action((options) => status({ root, ...options }));

program
  .command('predict')
  .description('ask the serving version for a prediction')
  .argument('[request]', 'one row or a list as JSON, @FILE, or - for standard input')
  .option('--pipeline <name>', 'which pipeline; the only one by default')
  .option(...json)
  .action((request, options) => predict({ root, request, ...options }));

program
  .command('emulator')
  .description(
    'start the local Alibaba Cloud alone, for any client and project, until it is stopped',
  )
  .option('--home <folder>', 'where its state is, instead of PAI_LOOP_HOME')
  .option('--project <name>', 'MaxCompute project')
  .option('--bucket <name>', 'OSS bucket')
  .option('--region <id>', 'region that requests are signed for')
  .option(
    '--control-port <port>',
    'for tests: request log and faults on demand; a number or "auto"',
  )
  .option('--json', 'print one line of JSON when it is ready')
  .action((options) => emulator({ root, ...options }));

program
  .command('config')
  .description('the settings')
  .command('explain')
  .description('every value and where it came from; secrets are masked')
  .option(...json)
  .action((options) => explain({ root, ...options }));

program.parseAsync().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  },
);

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const causes = [error.message];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (!causes.includes(cause.message)) causes.push(cause.message);
  }
  return process.env.PAI_LOOP_LOG_LEVEL === 'debug'
    ? (error.stack ?? '')
    : causes.join('\n  because ');
}
