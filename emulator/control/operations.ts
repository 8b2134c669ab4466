import { MAXCOMPUTE_OPERATIONS } from '../maxcompute/operations';
import { OSS_DOCUMENTED } from '../oss/documented-operations';
import { OSS_OPERATIONS } from '../oss/operations';
import documented from '../pai/documented-operations.json';
import { type OperationRequest, type OperationTable, operationReader } from './operation';

/** Which of the local cloud's servers a request came to. */
export type Surface = 'maxcompute' | 'oss' | 'pai' | 'eas-gateway';

/** An operation as its product's documentation names it. */
export interface Operation {
  readonly product: string;
  readonly operation: string;
}

/** An operation of the list: `supported` when the local cloud has it. */
export interface ListedOperation extends Operation {
  readonly supported: boolean;
}

/** A route that the PAI server has. */
export interface Route {
  readonly method: string;
  readonly url: string;
}

/** What newer SDKs, alipai's own client and the RPC products have besides. */
const FURTHER: Readonly<Record<string, OperationTable>> = {
  'pai-eas': {
    'POST /api/v2/groups': 'CreateGroup',
    'PUT /api/v2/groups/:cluster/:group': 'UpdateGroup',
    'DELETE /api/v2/groups/:cluster/:group': 'DeleteGroup',
    'POST /api/v2/services/:cluster/:name/rollout': 'CreateServiceRollout',
    'PUT /api/v2/services/:cluster/:name/rollout': 'UpdateServiceRollout',
    'GET /api/v2/services/:cluster/:name/rollout': 'DescribeServiceRollout',
    'DELETE /api/v2/services/:cluster/:name/rollout': 'DeleteServiceRollout',
  },
  aiworkspace: { 'POST /api/v1/lineages': 'RegisterLineage' },
  cms: {
    'RPC DescribeMetricList': 'DescribeMetricList',
    'RPC DescribeMetricMetaList': 'DescribeMetricMetaList',
  },
  sts: { 'RPC AssumeRole': 'AssumeRole', 'RPC GetCallerIdentity': 'GetCallerIdentity' },
};

const TABLES: Readonly<Record<string, OperationTable>> = {
  maxcompute: MAXCOMPUTE_OPERATIONS,
  oss: OSS_OPERATIONS,
  'eas-gateway': { '* /api/predict/*': 'InvokeService' },
  ...Object.fromEntries(
    [...new Set([...Object.keys(documented), ...Object.keys(FURTHER)])].map((product) => [
      product,
      generalLast({ ...documentedOf(product), ...FURTHER[product] }),
    ]),
  ),
};

/** API version of each product that shares PAI's port. */
const VERSIONS: Readonly<Record<string, string>> = {
  '2022-01-01': 'pai-dsw',
  '2020-12-03': 'pai-dlc',
  '2021-07-01': 'pai-eas',
  '2021-02-04': 'aiworkspace',
  '2019-01-01': 'cms',
  '2015-04-01': 'sts',
};
const PAI = Object.values(VERSIONS);
const readers = new Map(
  Object.entries(TABLES).map(([product, table]) => [product, operationReader(table)]),
);

/** The operation that a request means; one without a name is `Unknown`. */
export function operationOf(surface: Surface, request: OperationRequest): Operation {
  if (surface !== 'pai') return named(surface, request) ?? unknown(surface);
  const version = request.headers['x-acs-version'] ?? request.query.get('Version');
  const said = VERSIONS[String(version)];
  const candidates = said === undefined ? PAI : [said, ...PAI.filter((name) => name !== said)];
  for (const product of candidates) {
    const found = named(product, request);
    if (found) return found;
  }
  return unknown(said ?? surface);
}

/** All operations by product and name; PAI's are supported when one of its server's routes is theirs. */
export function listOperations(routes: readonly Route[]): readonly ListedOperation[] {
  const here = new Set(routes.map(({ method, url }) => anonymous(`${method} ${url}`)));
  return Object.entries(TABLES).flatMap(([product, table]) => {
    const isRouted = product in documented;
    const supported = new Map<string, boolean>();
    for (const [line, operation] of Object.entries(table)) {
      const has = !isRouted || here.has(anonymous(line));
      supported.set(operation, has || supported.get(operation) === true);
    }
    for (const operation of product === 'oss' ? OSS_DOCUMENTED : []) {
      if (!supported.has(operation)) supported.set(operation, false);
    }
    return [...supported].map(([operation, has]) => ({ product, operation, supported: has }));
  });
}

/** Routes of the PAI server whose operation has no name; RPC's one path and HEAD, which no API has, don't count. */
export function namelessRoutes(routes: readonly Route[]): readonly Route[] {
  return routes.filter(({ method, url }) => {
    if (method === 'HEAD' || url === '/') return false;
    const request = { method, path: url, query: new Map(), headers: {} };
    return operationOf('pai', request).operation === 'Unknown';
  });
}

function named(product: string, request: OperationRequest): Operation | undefined {
  const operation = readers.get(product)?.(request);
  return operation === undefined ? undefined : { product, operation };
}

function unknown(product: string): Operation {
  return { product, operation: 'Unknown' };
}

function documentedOf(product: string): OperationTable {
  return product in documented ? documented[product as keyof typeof documented].operations : {};
}

/** Paths with fixed words before those with parameters in their place. */
function generalLast(table: OperationTable): OperationTable {
  const parameters = (line: string): number => line.split(':').length;
  return Object.fromEntries(
    Object.entries(table).sort(([one], [other]) => parameters(one) - parameters(other)),
  );
}

function anonymous(line: string): string {
  return line.replace(/:\w+/g, ':');
}
