import type { AddressInfo } from 'node:net';
import path from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import type { WatchServer } from '../control/control';
import type { Route } from '../control/operations';
import type { Keyring } from '../identity/keyring';
import type { ProcessUsage } from '../process/process-usage';
import { AiWorkspace } from './aiworkspace/ai-workspace';
import { registerAiWorkspace } from './aiworkspace/routes';
import { ApiError } from './api-error';
import { answerCms } from './cms/rpc';
import type { PaiContext } from './context';
import { Jobs } from './dlc/jobs';
import { registerDlc } from './dlc/routes';
import { Instances } from './dsw/instances';
import { registerDsw } from './dsw/routes';
import { Gateway } from './eas/gateway';
import { registerEas } from './eas/routes';
import type { ViewContext } from './eas/service-view';
import { Services } from './eas/services';
import { TrafficMeter } from './eas/traffic-meter';
import type { ObjectFiles } from './mounts';
import { installOpenApi } from './openapi-app';
import { Authority } from './proxy/authority';
import { serveConnect } from './proxy/connect-proxy';
import { RoleCredentials } from './role-credentials';
import { answerSts } from './sts/rpc';

/** The running local PAI. */
export interface LocalPai {
  /** All OpenAPI products: PAI-DSW, PAI-DLC, PAI-EAS, AIWorkspace, CloudMonitor, STS. */
  readonly endpoint: string;
  /** File (PEM) of the authority that signs for the endpoint as a proxy: `HTTPS_PROXY` is the endpoint. */
  readonly certificateFile: string;
  /** In front of the services' instances. */
  readonly gatewayEndpoint: string;
  /** Ends every process of every instance, then the servers. */
  close(): Promise<void>;
}

/** The account that owns everything in the local cloud. */
export const LOCAL_ACCOUNT_ID = '1000000000000000';
const BODY_BYTES = 4 * 1024 * 1024;

interface Parts {
  readonly context: PaiContext;
  readonly instances: Instances;
  readonly services: Services;
  readonly jobs: Jobs;
  readonly aiWorkspace: AiWorkspace;
  readonly meter: TrafficMeter;
  readonly roles: RoleCredentials;
}

/**
 * Starts the local PAI on loopback: one port for the OpenAPI products, one for the gateway of EAS; state
 * below one folder. Instances, jobs and services of an earlier start are taken up again. Port 0 takes a free one.
 */
export async function startPai(options: {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly easPort: number;
  readonly keyring: Keyring;
  readonly files: ObjectFiles;
  readonly region: string;
  /** Where the default workspace keeps models unless told otherwise. */
  readonly bucket?: string;
  readonly accountId?: string;
  readonly clock?: () => Date;
  /** Sees every request before anything else does. */
  readonly watch?: WatchServer;
  /** Told of every signed route. */
  readonly onRoute?: (route: Route) => void;
}): Promise<LocalPai> {
  const { host } = options;
  const parts = partsOf(options);
  const { instances, services, jobs, aiWorkspace, meter, roles } = parts;
  const gateway = new Gateway(services, meter);
  options.watch?.(gateway.server, 'eas-gateway');
  const gatewayPort = await gateway.listen({ host, port: options.easPort });
  const gatewayEndpoint = `http://${host}:${gatewayPort}`;
  let isOpen = false;
  const { onRoute } = options;
  const app = appOf({ parts, gatewayEndpoint, isOpen: () => isOpen, onRoute });
  options.watch?.(app.server, 'pai');
  const authority = await Authority.open(path.join(options.folder, 'authority'));
  const endProxied = serveConnect({ server: app.server, authority });
  try {
    await app.listen({ host, port: options.port });
  } catch (error) {
    await gateway.close();
    throw error;
  }
  const endpoint = `http://${host}:${(app.server.address() as AddressInfo).port}`;
  // Processes that outlived the last local cloud ask for credentials at the address they know.
  roles.serveAt(endpoint);
  await aiWorkspace.workspaces.open(storageUri(options));
  await Promise.all([instances.open(), services.open(), jobs.open()]);
  isOpen = true;
  return {
    endpoint,
    certificateFile: authority.certificateFile,
    gatewayEndpoint,
    close: async () => {
      isOpen = false;
      await Promise.all([instances.close(), services.close(), jobs.close()]);
      await meter.flush();
      app.server.closeAllConnections();
      endProxied();
      await Promise.all([app.close(), gateway.close()]);
    },
  };
}

function partsOf(options: Parameters<typeof startPai>[0]): Parts {
  const { keyring, files, region, accountId = LOCAL_ACCOUNT_ID } = options;
  const clock = options.clock ?? (() => new Date());
  const context: PaiContext = { folder: options.folder, keyring, region, accountId, clock };
  const roles = new RoleCredentials(keyring);
  const below = (name: string): string => path.join(options.folder, name);
  const meter = new TrafficMeter({ folder: below('metrics'), clock });
  const instances = new Instances({ folder: below('dsw'), clock, files, roles });
  const services: Services = new Services({
    folder: below('eas'),
    clock,
    meter,
    files,
    roles,
    onUsage: (usage) => sample({ services, meter, usage }),
  });
  const aiWorkspace = new AiWorkspace(context);
  const jobs = new Jobs({
    ...{ folder: below('dlc'), clock, region, accountId, files, roles },
    assets: aiWorkspace,
  });
  return { context, instances, services, jobs, aiWorkspace, meter, roles };
}

function sample(options: {
  readonly services: Services;
  readonly meter: TrafficMeter;
  readonly usage: ReadonlyMap<string, ProcessUsage>;
}): void {
  for (const service of options.services.all()) {
    const usage = new Map<string, ProcessUsage>();
    for (const replica of service.replicas) {
      const used = options.usage.get(replica.marker);
      if (used) usage.set(replica.name, used);
    }
    const instances = service.upstreams.length;
    options.meter.sample({ service: service.record.name, usage, instances });
  }
}

function appOf(options: {
  readonly parts: Parts;
  readonly gatewayEndpoint: string;
  readonly isOpen: () => boolean;
  readonly onRoute?: (route: Route) => void;
}): FastifyInstance {
  const { parts, gatewayEndpoint: gateway, isOpen } = options;
  const { context, instances, services, jobs, aiWorkspace, meter, roles } = parts;
  const { workspaces } = aiWorkspace;
  const { clock, region, accountId } = context;
  const app = Fastify({ bodyLimit: BODY_BYTES, routerOptions: { maxParamLength: 200 } });
  app.server.keepAliveTimeout = 75_000;
  roles.register(app);
  app.register(async (signed) => {
    installOpenApi(signed, context);
    signed.addHook('onRoute', ({ method, url, config }) => {
      if (config?.isRefused) return;
      for (const one of [method].flat()) options.onRoute?.({ method: one, url });
    });
    signed.addHook('preHandler', async () => {
      if (!isOpen()) throw starting();
    });
    registerDsw({ app: signed, context, instances });
    const views = (): ViewContext => ({ region, accountId, gateway });
    registerEas({ app: signed, services, views, clock });
    registerAiWorkspace({ app: signed, context, aiWorkspace });
    registerDlc({
      ...{ app: signed, context, jobs },
      defaultWorkspace: () => workspaces.default().WorkspaceId,
      workspaceName: (id) => workspaces.find(id)?.WorkspaceName,
    });
    registerRpc({ app: signed, context, meter });
  });
  return app;
}

/** The real endpoint's name, as alipai reads the bucket from it and finds the endpoint itself. */
function storageUri(options: { readonly bucket?: string; readonly region: string }) {
  const { bucket, region } = options;
  return bucket && `oss://${bucket}.oss-${region}.aliyuncs.com/`;
}

/** RPC products share the path `/`; the version tells them apart. */
function registerRpc(options: {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly meter: TrafficMeter;
}): void {
  const { app, context, meter } = options;
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    handler: async (request) => {
      const call = request.openApi;
      const answer =
        call.version === '2019-01-01'
          ? answerCms({ call, context, meter })
          : call.version === '2015-04-01'
            ? answerSts({ call, context })
            : undefined;
      if (answer) return answer;
      throw new ApiError({
        statusCode: 404,
        code: 'InvalidAction.NotFound',
        message: `Specified api is not found: ${call.action} of version ${call.version}`,
      });
    },
  });
}

function starting(): ApiError {
  return new ApiError({
    statusCode: 503,
    code: 'ServiceUnavailable',
    message: 'The local cloud is starting or stopping.',
    retryAfterMs: 500,
  });
}
