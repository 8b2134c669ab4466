/** The program inside an EAS service: reads one model file and answers predictions until SIGTERM. */
import { drain } from './drain';
import { readOptions } from './options';
import { readModel } from './served-model';
import { createPredictionServer, type Log } from './server';

const log: Log = (line) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
};

async function main(): Promise<void> {
  const options = readOptions({ argv: process.argv.slice(2), env: process.env });
  const model = readModel(options.model);
  const server = createPredictionServer({ model, log });
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log({ level: 'info', event: 'draining', signal });
    const complete = await drain(server);
    log({ level: complete ? 'info' : 'error', event: 'stopped', complete });
    process.exit(complete ? 0 : 1);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  const address = await server.app.listen({ host: '0.0.0.0', port: options.port });
  const port = Number(new URL(address).port);
  log({ level: 'info', event: 'listening', port, modelVersion: model.version, kind: model.kind });
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  log({ level: 'error', event: 'startFailed', reason });
  process.exitCode = 1;
});
