import { readFile } from 'node:fs/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { Settings } from '../config/settings';

type TemporalSettings = Settings['temporal'];

/** A client can't reach its server, or the server refused it; the message says what to check. */
export class TemporalConnectionError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TemporalConnectionError';
  }
}

/** What both kinds of connection (client and worker) are made from. */
export type ConnectionParts = Pick<ConnectionOptions, 'tls'> & {
  readonly address: string;
  readonly apiKey?: string;
};

/**
 * Address, TLS and key of a Temporal server by the settings. TLS is on when it is asked for, or when
 * a certificate, a server name or an API key is given; `tls.enabled: false` turns it off.
 */
export async function connectionParts(temporal: TemporalSettings): Promise<ConnectionParts> {
  const { address, apiKey, tls } = temporal;
  if (address === undefined) {
    throw new TemporalConnectionError(
      'No Temporal server is known. Start a local one with `npm start`, or set TEMPORAL_ADDRESS (temporal.address).',
    );
  }
  const files = tls.caFile ?? tls.certFile ?? tls.keyFile ?? tls.serverName;
  const isOn = tls.enabled ?? (files !== undefined || apiKey !== undefined);
  if (!isOn) return { address, apiKey, tls: false };
  const [ca, cert, key] = await Promise.all([
    readPem({ key: 'temporal.tls.caFile', file: tls.caFile }),
    readPem({ key: 'temporal.tls.certFile', file: tls.certFile }),
    readPem({ key: 'temporal.tls.keyFile', file: tls.keyFile }),
  ]);
  return {
    address,
    apiKey,
    tls: {
      serverNameOverride: tls.serverName,
      serverRootCACertificate: ca,
      clientCertPair: cert && key ? { crt: cert, key } : undefined,
    },
  };
}

async function readPem(input: {
  readonly key: string;
  readonly file?: string;
}): Promise<Buffer | undefined> {
  if (input.file === undefined) return undefined;
  try {
    return await readFile(input.file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new TemporalConnectionError(
      `${input.key}: ${input.file} can't be read (${code}). Correct the path or its permissions.`,
      cause,
    );
  }
}

/** A connection to the server of the settings; the caller closes it. */
export async function connect(input: {
  readonly temporal: TemporalSettings;
  readonly timeoutMs?: number;
}): Promise<Connection> {
  const parts = await connectionParts(input.temporal);
  try {
    return await Connection.connect({ ...parts, connectTimeout: input.timeoutMs ?? 10_000 });
  } catch (cause) {
    throw unreachable({ parts, cause });
  }
}

/** A client on the namespace of the settings, with its connection; the caller closes the connection. */
export async function connectClient(input: {
  readonly temporal: TemporalSettings;
  readonly timeoutMs?: number;
}): Promise<{ readonly client: Client; readonly connection: Connection }> {
  const connection = await connect(input);
  const client = new Client({ connection, namespace: input.temporal.namespace });
  return { client, connection };
}

/** The error of a failed connection, with what to check; the API key is never part of it. */
export function unreachable(input: {
  readonly parts: ConnectionParts;
  readonly cause: unknown;
}): TemporalConnectionError {
  const { address, tls, apiKey } = input.parts;
  const message = input.cause instanceof Error ? input.cause.message : String(input.cause);
  const shown = apiKey ? message.replaceAll(apiKey, '******') : message;
  const how = tls ? 'with TLS' : 'without TLS';
  const check = tls
    ? 'Check the address, that the server speaks TLS, and the certificates (temporal.tls)'
    : 'Check that a server runs there and speaks without TLS (npm start; temporal.address)';
  return new TemporalConnectionError(
    `Temporal at ${address} can't be reached ${how}: ${shown}. ${check}.`,
    input.cause,
  );
}
