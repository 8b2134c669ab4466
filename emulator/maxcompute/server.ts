import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { buildErrorJson, buildErrorXml } from '../../alibaba/maxcompute/wire/error-body';
import type { WatchServer } from '../control/control';
import type { Keyring } from '../identity/keyring';
import { asApiError, invalid } from './api-error';
import { authorise } from './authorise';
import { Instances } from './instances/instances';
import { route } from './route';
import type { ApiAnswer, ApiRequest, Service } from './service';
import { loadParser } from './sql/parse-query';
import { Warehouse } from './store/warehouse';
import { Downloads } from './tunnel/downloads';
import { Streams } from './tunnel/streams';
import { Uploads } from './tunnel/uploads';

/** Where a local MaxCompute keeps its state and listens; port 0 takes a free one. */
export interface MaxComputeOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly keyring: Keyring;
  readonly project: string;
  readonly region: string;
  readonly clock?: () => Date;
  /** Sees every request before anything else does. */
  readonly watch?: WatchServer;
}

/** A local MaxCompute that listens. */
export interface MaxComputeServer {
  /** REST, with its path: `http://host:port/api`. */
  readonly endpoint: string;
  /** Tunnel, without a path: `http://host:port`. */
  readonly tunnelEndpoint: string;
  close(): Promise<void>;
}

/** Starts REST and Tunnel of one project on one port; its tables are in the folder. */
export async function startMaxCompute(options: MaxComputeOptions): Promise<MaxComputeServer> {
  const { folder, host, port, project, region } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await loadParser();
  const warehouse = await Warehouse.open({ folder, project });
  const instances = await Instances.load(warehouse);
  const uploads = await Uploads.load(warehouse);
  const downloads = new Downloads(warehouse);
  let address = '';
  const service: Service = {
    project,
    region,
    warehouse,
    instances,
    uploads,
    downloads,
    streams: new Streams(),
    address: () => address,
  };
  const app = httpServer({ service, options });
  options.watch?.(app.server, 'maxcompute');
  await app.listen({ host, port });
  address = `${host}:${(app.server.address() as AddressInfo).port}`;
  return {
    endpoint: `http://${address}/api`,
    tunnelEndpoint: `http://${address}`,
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
      await instances.close();
      await downloads.close();
      await warehouse.close();
    },
  };
}

function httpServer({
  service,
  options,
}: {
  readonly service: Service;
  readonly options: MaxComputeOptions;
}): ReturnType<typeof Fastify> {
  const app = Fastify({
    logger: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    exposeHeadRoutes: false,
  });
  app.removeAllContentTypeParsers();
  // Bodies are streams: a block of the Tunnel is decoded as it comes.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.all('/*', (request, reply) => answer({ service, options, request, reply }));
  return app;
}

async function answer({
  service,
  options,
  request,
  reply,
}: {
  readonly service: Service;
  readonly options: MaxComputeOptions;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}): Promise<FastifyReply> {
  const requestId = randomBytes(12).toString('hex').toUpperCase();
  reply.header('x-odps-request-id', requestId);
  const isRest = /^\/api(\/|\?|$)/.test(request.raw.url ?? '');
  try {
    const given = presented({ request, isRest, options });
    return send(reply, await route(service, given));
  } catch (error) {
    const { status, code, message } = asApiError(error);
    const fields = { code, message, requestId, hostId: 'local' };
    reply.code(status).type(isRest ? 'application/xml' : 'application/json');
    return reply.send(isRest ? buildErrorXml(fields) : buildErrorJson(fields));
  }
}

/** The request, once its signature was found right. */
function presented({
  request,
  isRest,
  options,
}: {
  readonly request: FastifyRequest;
  readonly isRest: boolean;
  readonly options: MaxComputeOptions;
}): ApiRequest {
  const url = request.raw.url ?? '/';
  const resource = isRest ? url.slice('/api'.length) : url;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const accessKeyId = authorise({
    request: { method: request.method, resource, headers },
    keyring: options.keyring,
    region: options.region,
    now: (options.clock?.() ?? new Date()).getTime(),
  });
  const parsed = new URL(resource, 'http://local');
  return {
    method: request.method,
    // Decoded as a whole, as it was signed: clients escape the slash of registration/functions.
    path: decoded(parsed.pathname).split('/').filter(Boolean),
    query: new Map(parsed.searchParams),
    headers,
    body: request.body instanceof Readable ? request.body : Readable.from([]),
    accessKeyId,
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid(`The path is not percent-encoded UTF-8: ${path}`, 'InvalidArgument');
  }
}

function send(reply: FastifyReply, answered: ApiAnswer): FastifyReply {
  reply.code(answered.status ?? 200).headers(answered.headers ?? {});
  if (answered.type) reply.type(answered.type);
  return reply.send(answered.body ?? '');
}
