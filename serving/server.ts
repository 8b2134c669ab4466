import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { ServingMetrics } from './metrics';
import { Predictor } from './predictor';
import { Refusal, type RefusalBody } from './refusal';
import {
  ANSWER_LIST_SCHEMA,
  ANSWER_SCHEMA,
  type PredictRow,
  REQUIRED_FIELDS,
  requestSchema,
} from './request-schema';
import { type SchemaComplaint, schemaRefusal } from './schema-refusal';
import { checkModel, type ServedModel } from './served-model';

/** Most rows in one list: what one process answers in well under a second. */
export const MAX_ROWS = 10_000;
/** Largest body, bytes: room for MAX_ROWS rows with long decimals. */
const BODY_LIMIT = 4 * 1024 * 1024;
/** Longer than a gateway keeps an idle connection, so that the gateway is the one that closes it. */
const KEEP_ALIVE_MS = 72_000;
/** A client that hasn't sent its request by then is cut off. */
const REQUEST_MS = 30_000;

/** A line of the log: an event's name and what belongs to it, never a request's body. */
export type Log = (line: {
  readonly level: 'info' | 'error';
  readonly event: string;
  readonly [field: string]: unknown;
}) => void;

/** What one prediction server needs. */
export interface PredictionServerOptions {
  readonly model: ServedModel;
  readonly log: Log;
  /** Milliseconds since 1970; the default is the system's clock. */
  readonly now?: () => number;
}

/** A prediction server: a fastify instance, not yet listening, and its switch for draining. */
export interface PredictionServer {
  readonly app: FastifyInstance;
  /** From now on `/health` answers 503 and every answer closes its connection; requests still get answers. */
  startDraining(): void;
}

/** Builds the HTTP face of one model: `/predict`, `/`, `/health`, `/metrics`. The model is checked once, here. */
export function createPredictionServer(options: PredictionServerOptions): PredictionServer {
  const { model, log } = options;
  const predictor = new Predictor({ model, now: options.now ?? Date.now });
  const metrics = new ServingMetrics();
  const state = { draining: false, fault: checkModel(model) };
  if (state.fault !== undefined) log({ level: 'error', event: 'notReady', reason: state.fault });

  const app = createApp();
  addHooks({ app, metrics, state, modelVersion: model.version });
  readBodiesAsJson(app);
  addErrorAnswers({ app, log });
  addPredict({ app, predictor, metrics, state });
  addPages({ app, model, metrics, state });
  return {
    app,
    startDraining: () => {
      state.draining = true;
    },
  };
}

interface State {
  draining: boolean;
  /** Why the model may not answer; undefined when its own check passed. */
  readonly fault: string | undefined;
}

function createApp(): FastifyInstance {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // Kept-alive connections still get their answers while the server closes.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
    genReqId: (request) => sentRequestId(request.headers['x-request-id']) ?? `${prefix}-${++count}`,
    clientErrorHandler,
    ajv: {
      customOptions: {
        // A number sent as text, or null for a number, is refused, not guessed at.
        coerceTypes: false,
        useDefaults: false,
        removeAdditional: false,
        allErrors: false,
      },
    },
  });
}

/** A client's id is echoed when it is short and printable; anything else is replaced. */
function sentRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:/+=-]{1,128}$/.test(header) ? header : undefined;
}

function addHooks(input: {
  readonly app: FastifyInstance;
  readonly metrics: ServingMetrics;
  readonly state: State;
  readonly modelVersion: string;
}): void {
  const { app, metrics, state, modelVersion } = input;
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('x-model-version', modelVersion);
    if (state.draining) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    metrics.observe({ status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
    done();
  });
}

/** JSON is the only body; a body without a content type is read as JSON, as EAS's own clients send it. */
function readBodiesAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const type = request.headers['content-type'];
    if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
      done(unsupported(`the media type ${type.slice(0, 60)}`));
      return;
    }
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      done(unsupported(`the content encoding ${encoding.slice(0, 60)}`));
      return;
    }
    try {
      done(null, JSON.parse(body as string));
    } catch (error) {
      done(malformed(error));
    }
  });
}

function unsupported(what: string): Refusal {
  return new Refusal({
    status: 415,
    code: 'unsupported_media_type',
    message: `${what} is not read here: send plain JSON with the header Content-Type: application/json`,
  });
}

function malformed(error: unknown): Refusal {
  const cause = error instanceof Error ? error.message : String(error);
  return new Refusal({
    status: 400,
    code: 'malformed_json',
    message: `the body is not JSON (${cause}): send an object such as {"store":1,…} or a list of them`,
  });
}

function addErrorAnswers(input: { readonly app: FastifyInstance; readonly log: Log }): void {
  const { app, log } = input;
  app.setNotFoundHandler((request, reply) => {
    reply.code(404).send(
      bodyOf({
        code: 'not_found',
        message: `there is no ${request.method} ${request.url.slice(0, 100)} here: POST /predict takes rows, GET /health and GET /metrics tell about the service`,
      }),
    );
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = refusalOf(error, request);
    if (refusal !== undefined) {
      reply.code(refusal.status).send(refusal.body);
      return;
    }
    log({ level: 'error', event: 'requestFailed', requestId: request.id, error: error.stack });
    const message = `the service failed on this request: look for ${request.id} in its log`;
    reply.code(500).send(bodyOf({ code: 'internal', message }));
  });
}

function refusalOf(error: FastifyError | Refusal, request: FastifyRequest): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error.validation !== undefined) {
    const complaints = error.validation as unknown as readonly SchemaComplaint[];
    return schemaRefusal({ complaints, body: request.body });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = `the body is larger than ${BODY_LIMIT} bytes: send the rows in parts`;
    return new Refusal({ status: 413, code: 'body_too_large', message });
  }
  const status = error.statusCode;
  if (status === undefined || status < 400 || status > 499) return undefined;
  return new Refusal({ status, code: 'bad_request', message: error.message });
}

function addPredict(input: {
  readonly app: FastifyInstance;
  readonly predictor: Predictor;
  readonly metrics: ServingMetrics;
  readonly state: State;
}): void {
  const { app, predictor, metrics, state } = input;
  const handler = (request: FastifyRequest, reply: FastifyReply): void => {
    // Draining may have begun while the body was still arriving.
    if (state.draining) reply.header('connection', 'close');
    if (state.fault !== undefined) throw notReady(state.fault);
    const body = request.body as PredictRow | readonly PredictRow[];
    const many = Array.isArray(body);
    const answers = many
      ? body.map((row, index) => predictor.predict({ row, index }))
      : [predictor.predict({ row: body as PredictRow })];
    const withWarnings = answers.reduce((sum, { warnings }) => sum + (warnings ? 1 : 0), 0);
    metrics.predicted({ count: answers.length, withWarnings });
    const serialise = reply.compileSerializationSchema(many ? ANSWER_LIST_SCHEMA : ANSWER_SCHEMA);
    reply
      .type('application/json; charset=utf-8')
      .serializer(serialise)
      .send(many ? answers : answers[0]);
  };
  const schema = { body: requestSchema({ maxRows: MAX_ROWS }) };
  app.post('/predict', { schema }, handler);
  app.post('/', { schema }, handler);
  app.get('/predict', (_request, reply) => {
    const message = 'predictions are asked for with POST and a JSON body; GET / shows an example';
    reply
      .code(405)
      .header('allow', 'POST')
      .send(bodyOf({ code: 'method_not_allowed', message }));
  });
}

function addPages(input: {
  readonly app: FastifyInstance;
  readonly model: ServedModel;
  readonly metrics: ServingMetrics;
  readonly state: State;
}): void {
  const { app, model, metrics, state } = input;
  const about = { model_version: model.version, kind: model.kind };
  app.get('/health', (_request, reply) => {
    if (state.fault !== undefined) throw notReady(state.fault);
    if (state.draining) throw notReady('the service is stopping');
    reply.send({ status: 'ready', ...about });
  });
  app.get('/metrics', (_request, reply) => {
    const ready = state.fault === undefined && !state.draining;
    reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(metrics.render({ modelVersion: model.version, kind: model.kind, ready }));
  });
  app.get('/', (_request, reply) => {
    const example = Object.fromEntries(
      Object.entries(REQUIRED_FIELDS).map(([name, field]) => [name, field.example]),
    );
    reply.send({ service: 'pai-loop prediction', ...about, ...ROUTES, example });
  });
}

const ROUTES = {
  routes: {
    'POST /predict': `one row or a list of at most ${MAX_ROWS}; date (YYYY-MM-DD) is optional and today in UTC by default`,
    'POST /': 'the same',
    'GET /health': '200 when the model has passed its own check',
    'GET /metrics': 'figures in the Prometheus text format',
  },
};

function notReady(reason: string): Refusal {
  return new Refusal({ status: 503, code: 'not_ready', message: `not ready: ${reason}` });
}

function bodyOf(error: RefusalBody['error']): RefusalBody {
  return { error };
}

/** Answers what isn't HTTP, or came too slowly, in the same form as every other refusal. */
function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const wide = error.code === 'HPE_HEADER_OVERFLOW';
  const status = slow ? 408 : wide ? 431 : 400;
  const body = JSON.stringify(
    bodyOf({ code: 'bad_request', message: STATUS_CODES[status] ?? 'Bad Request' }),
  );
  if (socket.writable) {
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
}
