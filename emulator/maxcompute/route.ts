import { ApiError, notFound } from './api-error';
import { getInstance, listInstances, stopInstance, submitJob } from './rest/instances';
import {
  getLogviewHost,
  getProject,
  getTenant,
  getTunnelAddress,
  listProjects,
} from './rest/project';
import { registered } from './rest/registered';
import { authorization } from './rest/security';
import { getTable, listTables } from './rest/tables';
import type { ApiAnswer, ApiRequest, Service } from './service';
import { belowTable, instanceTunnel, isTunnelRequest, tableTunnel } from './tunnel/tunnel';

/** Answers a request that was authorised. Throws ApiError, OdpsError or WireError. */
export async function route(service: Service, request: ApiRequest): Promise<ApiAnswer> {
  const [first, project, kind, ...rest] = request.path;
  if (first === 'logview') return getLogviewHost(service);
  if (first === 'tenants') return getTenant();
  if (first === 'projects' && project === undefined) return listProjects(service, request.query);
  if (first !== 'projects' || project === undefined) {
    throw notFound('NoSuchObject', `Resource /${request.path.join('/')} is not found`);
  }
  if (project.toLowerCase() !== service.project.toLowerCase()) {
    throw notFound('NoSuchProject', `ODPS-0420111:Project not found - '${project}'`);
  }
  if (kind === undefined) return getProject(service, request.query.has('extended'));
  if (kind === 'schemas' && rest[1] !== undefined) {
    if (rest[0] !== 'default') throw notFound('NoSuchObject', `Schema ${rest[0]} is not found`);
    return inProject({ service, request, kind: rest[1], rest: rest.slice(2) });
  }
  return inProject({ service, request, kind, rest });
}

async function inProject({
  service,
  request,
  kind,
  rest,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly kind: string;
  readonly rest: readonly string[];
}): Promise<ApiAnswer> {
  const { method } = request;
  const [name, deeper] = rest;
  if (kind === 'tables' && name === undefined && method === 'GET') {
    return listTables(service, request.query);
  }
  const below = kind === 'tables' && deeper && belowTable({ service, request, name, deeper });
  if (below) return below;
  if (kind === 'tables' && name !== undefined && deeper === undefined) {
    if (isTunnelRequest(request)) return tableTunnel({ service, request, name });
    if (method === 'GET') return getTable({ service, request, name });
  }
  if (kind === 'instances' && name === undefined) {
    return method === 'POST' ? submitJob(service, request) : listInstances(service, request.query);
  }
  if (kind === 'instances' && name !== undefined) {
    if (isTunnelRequest(request)) return instanceTunnel({ service, request, id: name });
    if (method === 'GET') return getInstance({ service, request, id: name });
    if (method === 'PUT') return stopInstance({ service, request, id: name });
  }
  if (kind === 'authorization' && method === 'POST') return authorization(service, request);
  if (kind === 'registration' && name === 'functions') {
    return registered({ kind: 'Functions', request, name: deeper });
  }
  if (kind === 'resources') return registered({ kind: 'Resources', request, name });
  if (kind === 'volumes') return registered({ kind: 'Volumes', request, name });
  if (kind === 'tunnel' && method === 'GET') return getTunnelAddress(service);
  if (kind === 'logs' && method === 'PUT') return {};
  throw new ApiError({
    status: 405,
    code: 'MethodNotAllowed',
    message: `${method} /${request.path.join('/')} is not supported by the local MaxCompute`,
  });
}
