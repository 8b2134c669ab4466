/** The gateway's process: the operator's page and the signed webhooks, until it is told to stop. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCredentials } from '../alibaba/credentials-chain';
import { Eas } from '../alibaba/eas/eas';
import { ModelRegistry } from '../alibaba/registry/model-registry';
import { loadPipelines } from '../config/load-pipelines';
import { loadRunningSettings } from '../config/running-settings';
import type { Settings } from '../config/settings';
import { logToStderr as log } from './log';
import { type Gateway, startGateway } from './server';
import { TemporalLink } from './temporal-link';
import { TemporalLoopClient } from './temporal-loop-client';
import { parseWebhookKeys } from './webhook-signature';

/** The checkout: both the sources and the built file in dist/ stand one folder below it. */
const root = path.resolve(__dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { host: { type: 'string' }, port: { type: 'string' } } });
  const webhookKeys = parseWebhookKeys(process.env['PAI_LOOP_WEBHOOK_KEYS']);
  const { settings, running } = await loadRunningSettings({ root, env: process.env });
  const temporal = new TemporalLink(settings.temporal);
  const { environment } = settings;
  const { taskQueue } = settings.temporal;
  const gateway = await startGateway({
    host: values.host ?? process.env['PAI_LOOP_GATEWAY_HOST'] ?? '127.0.0.1',
    port: values.port === undefined ? settings.ports.gateway : readPort(values.port),
    settings,
    pipelines: [...loadPipelines({ root }).values()],
    loop: new TemporalLoopClient({
      client: () => temporal.client(),
      environment,
      taskQueue,
    }),
    ...cloudSources(settings),
    temporalUi: running?.temporal.ui,
    webhookKeys,
    log,
  });
  const stopped = untilToldToStop();
  log({ level: 'info', event: 'listening', url: gateway.url, webhooks: webhookKeys.length > 0 });
  tellReady(gateway);
  await stopped;
  await gateway.close();
  await temporal.close();
}

function cloudSources(settings: Settings): { readonly eas: Eas; readonly registry: ModelRegistry } {
  const { region, pai } = settings;
  const credentials = createCredentials(settings.credentials);
  // A person waits for the page: one try each, and the part says that its source can't be reached.
  const shared = { protocol: pai.protocol, region, credentials, attempts: 1, timeoutMs: 4000 };
  return {
    eas: new Eas({ ...shared, endpoint: pai.endpoints.eas }),
    registry: new ModelRegistry({ ...shared, endpoint: pai.endpoints.aiworkspace }),
  };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`--port is ${JSON.stringify(text)}: 0 to 65535 is meant`);
}

/** One JSON line for whoever started us. */
function tellReady({ url }: Gateway): void {
  process.stdout.write(`${JSON.stringify({ url })}\n`);
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    // Our supervisor has gone: a gateway without one would hold the port of the next start.
    process.once('disconnect', () => resolve());
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log({
      level: 'error',
      event: 'startFailed',
      error: error instanceof Error ? error.message : String(error),
    });
    process.exit(1);
  },
);
