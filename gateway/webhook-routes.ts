import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Log } from './log';
import type { LoopClient } from './loop-client';
import { isGenuine, type WebhookKey, WINDOW_SECONDS } from './webhook-signature';

/** Largest body of a webhook, bytes. */
const BODY_LIMIT = 64 * 1024;
/** Seconds after which a sender should try again when Temporal can't be reached. */
const RETRY_AFTER_SECONDS = 10;

const asked = z.strictObject({
  pipeline: z.string().optional(),
  environment: z.string().optional(),
  reason: z.string().max(500).optional(),
});

/** What the webhooks need. */
export interface WebhookOptions {
  readonly keys: readonly WebhookKey[];
  /** Names of the pipelines that can be asked for. */
  readonly pipelines: readonly string[];
  readonly environment: string;
  readonly loop: Pick<LoopClient, 'requestRetrain'>;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Adds `POST /hooks/retrain`: signed (see webhook-signature.ts), answered 202 once Temporal has the
 * request. The delivery id names the workflow, so that a repeated delivery is one request.
 */
export function addWebhooks(app: FastifyInstance, options: WebhookOptions): void {
  const accepted = new AcceptedSignatures(options.now);
  app.register(async (scope) => {
    // The signature is over the bytes as they came: they are parsed only after it has been checked.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    scope.post('/hooks/retrain', { bodyLimit: BODY_LIMIT }, (request, reply) =>
      retrainHook({ ...options, accepted, request, reply }),
    );
  });
}

async function retrainHook(
  input: WebhookOptions & {
    readonly accepted: AcceptedSignatures;
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
  },
): Promise<FastifyReply> {
  const { keys, accepted, request, reply, log } = input;
  if (keys.length === 0) {
    const message = 'webhooks are off: set PAI_LOOP_WEBHOOK_KEYS to id:secret and restart';
    return refuse(reply, { status: 403, code: 'webhooks_off', message });
  }
  const sent = readRequest(request);
  if (!isGenuine({ request: sent, keys, now: input.now() }) || sent.delivery === undefined) {
    log({ level: 'warn', event: 'webhookRefused', keyId: sent.keyId?.slice(0, 64) });
    return refuse(reply, { status: 401, code: 'unauthorized', message: 'not accepted' });
  }
  const question = readQuestion(sent.body, input);
  if ('problem' in question) {
    return refuse(reply, { status: 400, code: 'invalid_request', message: question.problem });
  }
  const workflowId = accepted.find(sent.signature) ?? `retrain-hook/${sent.keyId}/${sent.delivery}`;
  // Before Temporal answers, so that a copy that arrives meanwhile meets it.
  accepted.add(sent.signature, workflowId);
  try {
    const { repeated } = await input.loop.requestRetrain({
      workflowId,
      input: {
        ...question.asked,
        reason: question.asked.reason ?? 'asked for by a webhook',
        requestedBy: `webhook key ${sent.keyId}`,
        trigger: 'webhook',
      },
    });
    log({ level: 'info', event: 'webhookAccepted', workflowId, repeated });
    return reply.code(202).send({ accepted: true, workflowId, repeated });
  } catch (error) {
    log({ level: 'error', event: 'webhookNotTaken', workflowId, error: messageOf(error) });
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    const message = 'Temporal did not take the request: send it again with the same delivery id';
    return refuse(reply, { status: 503, code: 'temporal_unavailable', message });
  }
}

function readRequest(request: FastifyRequest) {
  const header = (name: string): string | undefined => {
    const value = request.headers[`x-pai-loop-${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  const delivery = header('delivery');
  return {
    keyId: header('key-id'),
    timestamp: header('timestamp'),
    signature: header('signature')?.toLowerCase(),
    delivery: /^[A-Za-z0-9._:-]{1,128}$/.test(delivery ?? '') ? delivery : undefined,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

type Question = { readonly asked: z.output<typeof asked> } | { readonly problem: string };

function readQuestion(body: Buffer, options: WebhookOptions): Question {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    return { problem: 'the body is not JSON: send {} or {"pipeline","environment","reason"}' };
  }
  const read = asked.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { problem: `${issue!.path.join('.') || 'the body'}: ${issue!.message}` };
  }
  const { pipeline, environment } = read.data;
  if (pipeline !== undefined && !options.pipelines.includes(pipeline)) {
    return {
      problem: `pipeline: ${JSON.stringify(pipeline)} is unknown; there are ${options.pipelines.join(', ')}`,
    };
  }
  if (environment !== undefined && environment !== options.environment) {
    return {
      problem: `environment: this gateway serves ${options.environment}, not ${JSON.stringify(environment)}`,
    };
  }
  return { asked: read.data };
}

/**
 * The delivery id is not under the signature. A copied request with another id must not start a second
 * run, so within the window a signature belongs to the workflow that it started first.
 */
class AcceptedSignatures {
  readonly #known = new Map<string, { readonly workflowId: string; readonly until: number }>();

  constructor(private readonly now: () => number) {}

  find(signature: string | undefined): string | undefined {
    return this.#known.get(plain(signature))?.workflowId;
  }

  add(signature: string | undefined, workflowId: string): void {
    const now = this.now();
    for (const [known, { until }] of this.#known) if (until < now) this.#known.delete(known);
    // A timestamp may lie ahead by a window and stays good for another one.
    this.#known.set(plain(signature), { workflowId, until: now + 2 * WINDOW_SECONDS * 1000 });
  }
}

function plain(signature: string | undefined): string {
  return (signature ?? '').replace(/^sha256=/, '');
}

function refuse(
  reply: FastifyReply,
  answer: { readonly status: number; readonly code: string; readonly message: string },
): FastifyReply {
  const { status, code, message } = answer;
  return reply.code(status).send({ error: { code, message } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
