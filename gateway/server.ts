import fastify, { type FastifyInstance } from 'fastify';
import type { Pipeline } from '../config/pipeline';
import type { Settings } from '../config/settings';
import type { RegistrySource, ServingSource } from './cloud-sources';
import type { Log } from './log';
import type { LoopClient } from './loop-client';
import { CONTENT_SECURITY_POLICY, digestOf, page } from './page';
import { StatusCollector } from './status-collector';
import { addWebhooks } from './webhook-routes';
import type { WebhookKey } from './webhook-signature';

/** What the gateway is made of. */
export interface GatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly settings: Settings;
  readonly pipelines: readonly Pipeline[];
  readonly loop: LoopClient;
  readonly eas: ServingSource;
  readonly registry: RegistrySource;
  /** Base address of Temporal's web UI, for links. */
  readonly temporalUi?: string;
  /** None turns the webhooks off. */
  readonly webhookKeys: readonly WebhookKey[];
  readonly log: Log;
  /** Milliseconds since 1970; the default is the system's clock. */
  readonly now?: () => number;
}

/** A listening gateway. */
export interface Gateway {
  readonly url: string;
  /** Stops accepting, answers what is open, then resolves. */
  close(): Promise<void>;
}

/** Starts the HTTP front: the operator's page, its JSON, the signed webhooks. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host, port, log } = options;
  const now = options.now ?? Date.now;
  const app = fastify({ logger: false, return503OnClosing: false, requestTimeout: 30_000 });
  const collector = new StatusCollector({
    ...options,
    now,
    webhooksEnabled: options.webhookKeys.length > 0,
  });
  addErrorAnswers(app, log);
  addPages({ app, collector, listensOn: host });
  addWebhooks(app, {
    keys: options.webhookKeys,
    pipelines: options.pipelines.map(({ name }) => name),
    environment: options.settings.environment,
    loop: options.loop,
    now,
    log,
  });
  const url = await app.listen({ host, port });
  return { url, close: () => closeAll(app) };
}

/** Closes, and ends browsers' kept-open connections as soon as their last answer is out. */
async function closeAll(app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  await app.close().finally(() => clearInterval(sweep));
}

function addPages(input: {
  readonly app: FastifyInstance;
  readonly collector: StatusCollector;
  readonly listensOn: string;
}): void {
  const { app, collector, listensOn } = input;
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    done();
  });
  app.get('/', async (request, reply) => {
    const { status, tokens } = await collector.look();
    const shown = mayShowTokens({ listensOn, asked: request.hostname }) ? tokens : new Map();
    return reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .type('text/html; charset=utf-8')
      .send(page({ status, tokens: shown }));
  });
  app.get('/api/status', async (_request, reply) => {
    const { status } = await collector.look();
    return reply.send({ digest: digestOf(status), ...status });
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', '[::1]', 'localhost'];

/**
 * A service's token is shown only to who sits at this machine: the gateway listens on loopback, and the
 * page was asked for by a loopback name (a foreign name that points here would be another site's page).
 */
function mayShowTokens(input: { readonly listensOn: string; readonly asked: string }): boolean {
  return LOOPBACK.includes(input.listensOn) && LOOPBACK.includes(input.asked.toLowerCase());
}

function addErrorAnswers(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => {
    const message = `there is no ${request.method} ${request.url.slice(0, 100)} here`;
    reply.code(404).send({ error: { code: 'not_found', message } });
  });
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      reply.code(status).send({ error: { code: 'bad_request', message: error.message } });
      return;
    }
    log({ level: 'error', event: 'requestFailed', url: request.url, error: error.stack });
    const message = 'the gateway failed on this request: its log says why';
    reply.code(500).send({ error: { code: 'internal', message } });
  });
}
