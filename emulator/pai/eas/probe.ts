import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { z } from 'zod';

/** How an instance's health is asked for. */
export interface Probe {
  readonly kind: 'tcp' | 'http' | 'exec';
  readonly path: string;
  readonly command: readonly string[];
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

const seconds = z.number().min(0);

/** The part of a container's description that says how to probe it (names as in Kubernetes). */
export const probeSchema = z.object({
  http_get: z
    .object({ path: z.string().default('/'), port: z.number().int().optional() })
    .optional(),
  tcp_socket: z.object({ port: z.number().int().optional() }).optional(),
  exec: z.object({ command: z.array(z.string()).min(1) }).optional(),
  initial_delay_seconds: seconds.default(0),
  period_seconds: seconds.default(10),
  timeout_seconds: seconds.default(1),
  success_threshold: z.number().int().min(1).default(1),
  failure_threshold: z.number().int().min(1).default(3),
});

/** A probe from its description; without one an instance is ready when its port accepts. */
export function readProbe(description: z.infer<typeof probeSchema> | undefined): Probe {
  const given = description ?? probeSchema.parse({});
  const kind = given.http_get ? 'http' : given.exec ? 'exec' : 'tcp';
  const path = given.http_get?.path ?? '/';
  return {
    kind,
    path: path.startsWith('/') ? path : `/${path}`,
    command: given.exec?.command ?? [],
    initialDelayMs: given.initial_delay_seconds * 1000,
    periodMs: Math.max(1, given.period_seconds) * 1000,
    timeoutMs: Math.max(1, given.timeout_seconds) * 1000,
    successThreshold: given.success_threshold,
    failureThreshold: given.failure_threshold,
  };
}

/** Asks once. False means: not healthy (refused, too slow, wrong status, non-zero exit). */
export function probeOnce(options: {
  readonly probe: Probe;
  readonly port: number;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<boolean> {
  const { probe, port } = options;
  if (probe.kind === 'http') return probeHttp({ ...probe, port });
  if (probe.kind === 'exec') return probeExec(options);
  return probeTcp({ ...probe, port });
}

function probeTcp(options: {
  readonly port: number;
  readonly timeoutMs: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port: options.port });
    const finish = (isHealthy: boolean): void => {
      socket.destroy();
      resolve(isHealthy);
    };
    socket.setTimeout(options.timeoutMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

function probeHttp(options: {
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const { port, path } = options;
    const request = http.get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400);
    });
    request.setTimeout(options.timeoutMs, () => request.destroy(new Error('too slow')));
    request.once('error', () => resolve(false));
  });
}

function probeExec(options: {
  readonly probe: Probe;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<boolean> {
  const [command, ...args] = options.probe.command;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.folder,
      env: { ...options.environment },
      stdio: 'ignore',
      timeout: options.probe.timeoutMs,
      killSignal: 'SIGKILL',
    });
    child.once('exit', (code) => resolve(code === 0));
    child.once('error', () => resolve(false));
  });
}
