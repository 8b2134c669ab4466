import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WatchServer } from '../control/control';
import type { Keyring } from '../identity/keyring';
import { authorise } from './authorise';
import { Buckets } from './buckets';
import { type ObjectFiles, objectFiles } from './materialise';
import { errorAnswer, newRequestId, type OssAnswer, sendAnswer } from './oss-answer';
import { OssError } from './oss-error';
import { readRequest } from './oss-request';
import { type RouteContext, route } from './route';

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
  const context: RouteContext = { buckets, place, clock };
  // Plain HTTP, no framework: bodies are streams in both directions and keys are any bytes of a path.
  const server = createServer((incoming, response) => {
    const work = serve({ incoming, response, context, options });
    work.catch((error) => {
      options.onFault?.(error);
      response.destroy();
    });
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

async function serve(args: {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RouteContext;
  readonly options: {
    readonly keyring: Keyring;
    readonly region: string;
    readonly onFault?: (error: unknown) => void;
  };
}): Promise<void> {
  const { incoming, response } = args;
  const requestId = newRequestId();
  let answer: OssAnswer;
  try {
    answer = await answerTo(args);
  } catch (error) {
    if (!(error instanceof OssError) && !incoming.destroyed) args.options.onFault?.(error);
    const host = incoming.headers.host ?? '';
    answer = errorAnswer({ error, requestId, host, head: incoming.method === 'HEAD' });
  }
  if (response.destroyed) return;
  await sendAnswer({ answer, response, requestId });
}

async function answerTo(args: {
  readonly incoming: IncomingMessage;
  readonly context: RouteContext;
  readonly options: { readonly keyring: Keyring; readonly region: string };
}): Promise<OssAnswer> {
  const { context, options } = args;
  const request = readRequest(args.incoming);
  const now = context.clock();
  const address = authorise({ request, keyring: options.keyring, region: options.region, now });
  return route({ request, context, address });
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
