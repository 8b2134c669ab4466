import { CloudError } from '../../alibaba/cloud-error';
import type { ServiceConfig } from '../../alibaba/eas/types';
import { eventually, type PaiClients } from './local-pai';

/** A service that says who it is, what it was asked and, on demand, crashes or takes its time. */
export function program(word: string): string {
  return `exec node -e '
    const http = require("node:http");
    console.log("${word} starts");
    http.createServer((request, response) => {
      const url = new URL(request.url, "http://x");
      if (url.pathname === "/crash") process.exit(3);
      let body = "";
      request.on("data", (part) => { body += part; });
      request.on("end", () => setTimeout(() => {
        response.statusCode = Number(url.searchParams.get("status") ?? 200);
        response.setHeader("x-word", "${word}");
        response.end(JSON.stringify({
          word: "${word}", pid: process.pid, method: request.method, url: request.url, body,
          authorization: request.headers.authorization ?? null,
        }));
      }, Number(url.searchParams.get("ms") ?? 0)));
    }).listen(Number(process.env.LISTENING_PORT), "127.0.0.1");
    process.on("SIGTERM", () => process.exit(0));
  '`;
}

/** A description of a service that runs the program. */
export function config(options: {
  readonly name: string;
  readonly word?: string;
  readonly script?: string;
  readonly group?: string;
  readonly instance?: number;
  readonly metadata?: Record<string, unknown>;
}): ServiceConfig {
  const { name, word = name, group, instance = 1 } = options;
  return {
    name,
    metadata: { instance, cpu: 1, memory: 2048, ...(group && { group }), ...options.metadata },
    containers: [
      {
        image: 'registry/image:1',
        port: 8000,
        script: options.script ?? program(word),
        health_check: { http_get: { path: '/health', port: 8000 }, period_seconds: 1 },
      },
    ],
  };
}

/** Waits until a service has a status. */
export function untilStatus({ eas }: PaiClients, ServiceName: string, status: string) {
  return eventually(
    () => eas.describeService({ ServiceName }),
    ({ Status }) => Status === status,
  );
}

/** Creates a service and waits until it runs; gives how to call it. */
export async function serve(pai: PaiClients, body: ServiceConfig): Promise<Target> {
  await pai.eas.createService({ body });
  const service = await untilStatus(pai, body.name, 'Running');
  return { url: service.InternetEndpoint ?? '', token: service.AccessToken ?? '' };
}

/** How a service or group is called. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** What the test's program answers. */
export interface Said {
  readonly word: string;
  readonly pid: number;
  readonly url: string;
  readonly body: string;
  readonly method: string;
  readonly authorization: string | null;
}

/** Calls with the token. */
export function call(target: Target, path = '', init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: target.token, ...init.headers };
  return fetch(`${target.url}${path}`, { ...init, headers });
}

/** Calls and wants an answer of status 200. */
export async function said(target: Target, path = ''): Promise<Said> {
  const response = await call(target, path);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Said;
}

/** The error that a call is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<CloudError> {
  const error = await promise.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof CloudError) return error;
  throw error;
}

/** Deletes services and waits until they are gone. */
export async function remove({ eas }: PaiClients, ...names: readonly string[]): Promise<void> {
  for (const ServiceName of names) {
    await eas.deleteService({ ServiceName });
    await eventually(
      () => eas.listServices({ ServiceName }),
      ({ TotalCount }) => TotalCount === 0,
    );
  }
}
