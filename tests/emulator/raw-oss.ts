import http from 'node:http';
import { ossV1Signature, ossV1StringToSign } from '../../alibaba/oss/wire/v1-signature';
import type { LocalCloudAddresses } from '../../emulator/local-cloud';

/** An answer of OSS, its body thrown away except for its size. */
export interface RawAnswer {
  readonly status: number;
  readonly bytes: number;
}

/** Signed requests to OSS with as little around them as possible: for tests that send very many. */
export class RawOss {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly cloud: LocalCloudAddresses) {}

  /** `path` is the key as it goes over the wire, already percent-encoded, with a query if need be. */
  send(call: {
    readonly method: string;
    readonly key: string;
    readonly path?: string;
    readonly body?: Buffer;
    readonly headers?: Readonly<Record<string, string>>;
  }): Promise<RawAnswer> {
    const { method, key, body } = call;
    const { oss, accessKeyId, accessKeySecret } = this.cloud;
    const headers = new Map([
      ['date', new Date().toUTCString()],
      ...Object.entries(call.headers ?? {}),
    ]);
    const request = { method, bucket: oss.bucket, key, query: new Map<string, string>(), headers };
    const stringToSign = ossV1StringToSign({ request });
    const signature = ossV1Signature({ stringToSign, accessKeySecret });
    const sent = http.request(oss.endpoint, {
      method,
      agent: this.agent,
      path: `/${oss.bucket}/${call.path ?? encodeURIComponent(key)}`,
      headers: { ...Object.fromEntries(headers), authorization: `OSS ${accessKeyId}:${signature}` },
    });
    return new Promise((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
      });
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Runs so many jobs at a time until all are done. */
export async function inParallel(given: {
  readonly count: number;
  readonly atOnce: number;
  readonly job: (index: number) => Promise<unknown>;
}): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < given.count) {
      const index = next;
      next += 1;
      await given.job(index);
    }
  };
  await Promise.all(Array.from({ length: given.atOnce }, worker));
}
