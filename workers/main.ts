/** The worker process: hosts workflows and activities of one environment until it is told to stop. */
import path from 'node:path';
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { loadPipelines } from '../config/load-pipelines';
import { loadRunningSettings } from '../config/running-settings';
import { connectClient } from '../temporal/connection';
import { connectWorker } from '../temporal/native-connection';
import { processLogger } from './logger';
import { createWorkers } from './worker';

/** The built worker stands in dist/ below the checkout. */
const root = path.resolve(__dirname, '..');

/** Winston's names for the SDK's levels. */
const winstonLevel = {
  TRACE: 'silly',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

async function main(): Promise<void> {
  const log = processLogger('worker');
  Runtime.install({
    logger: {
      log: (level, message, meta) => log.log(winstonLevel[level], message, meta),
      trace: (message, meta) => log.silly(message, meta),
      debug: (message, meta) => log.debug(message, meta),
      info: (message, meta) => log.info(message, meta),
      warn: (message, meta) => log.warn(message, meta),
      error: (message, meta) => log.error(message, meta),
    },
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} },
    },
  });
  const { settings } = await loadRunningSettings({ root, env: process.env });
  const pipelines = loadPipelines({ root });
  const connection = await connectWorker(settings);
  const temporal = await connectClient(settings);
  const workers = await createWorkers({
    settings,
    pipelines,
    connection,
    temporal: temporal.client,
    root,
    workflows: { workflowBundle: { codePath: path.join(root, 'dist', 'workflow-bundle.js') } },
  });
  // The supervisor's end is ours: a worker without one would run beside the next start's.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const running = Promise.all(workers.map((worker) => worker.run()));
  log.info('worker is ready', { taskQueue: settings.temporal.taskQueue });
  process.send?.({ ready: true });
  await running;
  await temporal.connection.close();
  await connection.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`worker: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
