import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Control } from './control';
import { type Fault, faultSchema } from './faults';
import { listOperations, namelessRoutes } from './operations';

/** The control port of a running local cloud. */
export interface ControlServer {
  /** With the unguessable part of the path; the resources below it need nothing else. */
  readonly url: string;
  close(): Promise<void>;
}

const logQuery = z.object({
  product: z.string().optional(),
  operation: z.string().optional(),
  client: z.string().optional(),
  after: z.coerce.number().int().optional(),
});
const BODY_BYTES = 64 * 1024;

/**
 * Serves `requests`, `faults` and `operations` on loopback. A random part of the path is the key: loopback alone
 * would let every page in a browser and every user of the machine break what is being tested.
 */
export async function startControl(options: {
  readonly host: string;
  readonly port: number;
  readonly control: Control;
}): Promise<ControlServer> {
  const { host, port, control } = options;
  const key = randomBytes(18).toString('base64url');
  const app = Fastify({ bodyLimit: BODY_BYTES });
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { readonly statusCode?: number }).statusCode;
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return reply.code(error instanceof z.ZodError ? 400 : (status ?? 500)).send({ message });
  });
  app.register(
    async (keyed) => {
      registerLog(keyed, control);
      registerFaults(keyed, control);
      keyed.get('/operations', async () => ({
        operations: listOperations(control.routes),
        nameless: namelessRoutes(control.routes),
      }));
    },
    { prefix: `/${key}` },
  );
  await app.listen({ host, port });
  const { port: taken } = app.server.address() as AddressInfo;
  return {
    url: `http://${host}:${taken}/${key}`,
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function registerLog(app: FastifyInstance, { log }: Control): void {
  app.get('/requests', async (request) => log.read(logQuery.parse(request.query)));
  app.delete('/requests', async (_request, reply) => {
    log.clear();
    return reply.code(204).send();
  });
}

function registerFaults(app: FastifyInstance, control: Control): void {
  const { faults } = control;
  app.post('/faults', async (request) => {
    const given = z.union([faultSchema.array(), faultSchema]).parse(request.body);
    const wanted = Array.isArray(given) ? given : [given];
    for (const fault of wanted) checkTarget(control, fault);
    return { faults: wanted.map((fault) => faults.add(fault)) };
  });
  app.get('/faults', async () => ({ faults: faults.list() }));
  app.delete('/faults', async (_request, reply) => {
    faults.remove();
    return reply.code(204).send();
  });
  app.delete<{ Params: { id: string } }>('/faults/:id', async (request, reply) =>
    reply.code(faults.remove(request.params.id) ? 204 : 404).send(),
  );
}

/** A fault that can't strike for a misspelt name would make a test pass that shows nothing. */
function checkTarget({ routes }: Control, { product, operation }: Fault): void {
  const operations = listOperations(routes).filter((one) => one.supported);
  const here = operations.filter((one) => product === undefined || one.product === product);
  const isKnown = operation === undefined || here.some((one) => one.operation === operation);
  if (here.length > 0 && isKnown) return;
  const names =
    here.length > 0 ? here.map((one) => one.operation) : operations.map((one) => one.product);
  const path = [here.length > 0 ? 'operation' : 'product'];
  const message = `it is none of ${[...new Set(names)].join(', ')}`;
  throw new z.ZodError([{ code: 'custom', path, message, input: undefined }]);
}
