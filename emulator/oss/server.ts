import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WatchServer } from '../control/control';
import type { Keyring } from '../identity/keyring';
import { authorise } from './authorise';
import { Buckets } from './buckets';
import type { ServiceCall } from './calls';
import { type ObjectFiles, objectFiles } from './materialise';
import { errorAnswer, newRequestId, type OssAnswer, sendAnswer } from './oss-answer';
import { OssError } from './oss-error';
import { drain, type OssRequest, readRequest } from './oss-request';
import { isForm, postObject } from './post-object';
import { route } from './route';

/** A running OSS. */
export interface LocalOss {
  /** For example `http://127.0.0.1:9201`. */
  readonly endpoint: string;
  readonly files: ObjectFiles;
  /** Ends open requests and closes the files. */
  close(): Promise<void>;
}

/**
 * Starts the local OSS on loopback: object and bucket operations with checked signatures (V1, V4, header or
 * presigned), state below one folder. `bucket` is made when it isn't there; port 0 takes a free one.
 */
export async function startOss(options: {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly keyring: Keyring;
  readonly bucket: string;
  readonly region: string;
  readonly accountId?: string;
  readonly clock?: () => Date;
  /** Sees every request before anything else does. */
  readonly watch?: WatchServer;
  /** Told of faults that are not the caller's. */
  readonly onFault?: (error: unknown) => void;
}): Promise<LocalOss> {
  const clock = options.clock ?? (() => new Date());
  const buckets = await Buckets.open({ folder: options.folder, clock });
  await buckets.create(options.bucket);
  const place = { region: options.region, accountId: options.accountId ?? '1000000000000000' };
  const context = { buckets, place, clock };
  // Plain HTTP, no framework: bodies are streams in both directions and keys are any bytes of a path.
  const waiting = new WeakSet<IncomingMessage>();
  const server = createServer((incoming, response) => {
    const isWaiting = waiting.has(incoming);
    const work = serve({ incoming, response, context, options, isWaiting });
    work.catch((error) => {
      options.onFault?.(error);
      response.destroy();
    });
  });
  // A client that waits for 100-continue is refused before it sends its body, where that is due.
  server.on('checkContinue', (incoming: IncomingMessage, response: ServerResponse) => {
    waiting.add(incoming);
    server.emit('request', incoming, response);
  });
  server.requestTimeout = 0;
  options.watch?.(server, 'oss');
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://${options.host}:${port}`,
    files: objectFiles(buckets),
    close: async () => {
      await new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
      await buckets.close();
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: Omit<ServiceCall, 'request'>;
  readonly options: {
    readonly keyring: Keyring;
    readonly region: string;
    readonly onFault?: (error: unknown) => void;
  };
  /** The client sends its body only when it is told to. */
  readonly isWaiting: boolean;
}

async function serve(exchange: Exchange): Promise<void> {
  const { incoming, response } = exchange;
  const requestId = newRequestId();
  let isWaiting = exchange.isWaiting;
  const onBody = (): void => {
    if (isWaiting) response.writeContinue();
    isWaiting = false;
  };
  let answer: OssAnswer;
  let request: OssRequest | undefined;
  try {
    request = readRequest(incoming, onBody);
    answer = await answerTo(exchange, request);
  } catch (error) {
    if (!(error instanceof OssError) && !incoming.destroyed) exchange.options.onFault?.(error);
    const host = incoming.headers.host ?? '';
    answer = errorAnswer({ error, requestId, host, head: incoming.method === 'HEAD' });
  }
  // A body that will not come any more must not be waited for on this connection.
  if (isWaiting) response.shouldKeepAlive = false;
  await sendAnswer({ answer, response, requestId });
  if (request && !incoming.complete) await drain(request, incoming);
}

async function answerTo(exchange: Exchange, request: OssRequest): Promise<OssAnswer> {
  const { context, options } = exchange;
  const { keyring, region } = options;
  const call = { ...context, request };
  if (isForm(request)) return postObject({ ...call, keyring, region });
  return route({ ...call, ...authorise({ request, keyring, region, now: context.clock() }) });
}

async function listen(
  server: Server,
  options: { readonly host: string; readonly port: number },
): Promise<void> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(options.port, options.host, () => {
      server.removeListener('error', failed);
      listening();
    });
  });
}
