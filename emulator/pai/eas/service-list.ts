import { invalidService } from './eas-error';
import { labelsParameter, pageOf, positiveParameter } from './query';
import type { Service } from './service';

const PAGE_SIZE = 100;
/** The one resource group of the local cloud. */
export const LOCAL_RESOURCE = 'eas-r-local';
const ABSENT = ['Gateway', 'QuotaId', 'ParentServiceUid', 'Role', 'ResourceType'];

/** The page of services that ListServices' parameters choose, and how many match in all. */
export function listServices(options: {
  readonly services: readonly Service[];
  readonly parameters: ReadonlyMap<string, string>;
}): {
  readonly page: readonly Service[];
  readonly total: number;
  readonly number: number;
  readonly size: number;
} {
  const { services, parameters } = options;
  const size = positiveParameter({ parameters, name: 'PageSize', fallback: PAGE_SIZE });
  const number = positiveParameter({ parameters, name: 'PageNumber', fallback: 1 });
  const items = services.filter(filterOf(parameters)).sort(orderOf(parameters));
  return { page: pageOf({ items, number, size }), total: items.length, number, size };
}

function filterOf(parameters: ReadonlyMap<string, string>): (service: Service) => boolean {
  const value = (name: string): string => parameters.get(name) ?? '';
  const labels = Object.entries(labelsParameter({ parameters, name: 'Label' }) ?? {});
  return ({ record }) =>
    record.name.includes(value('Filter')) &&
    (value('ServiceName') || record.name) === record.name &&
    (value('ServiceStatus') || record.status) === record.status &&
    (value('ServiceUid') || record.serviceId) === record.serviceId &&
    (value('GroupName') || (record.group ?? '')) === (record.group ?? '') &&
    (value('WorkspaceId') || (record.workspaceId ?? '')) === (record.workspaceId ?? '') &&
    (value('ServiceType') || 'Standard') === 'Standard' &&
    (value('ResourceName') || LOCAL_RESOURCE) === LOCAL_RESOURCE &&
    // Nothing here has any of these: who asks for one finds nothing.
    ABSENT.every((name) => value(name) === '') &&
    // An empty wanted value asks for the key alone.
    labels.every(([key, wanted]) =>
      wanted === '' ? key in record.labels : record.labels[key] === wanted,
    );
}

type Key = (service: Service) => string;

/** What services can be sorted by; a second key makes the order of equals the same on every page. */
const SORT_KEYS: Readonly<Record<string, Key>> = {
  CreateTime: ({ record }) => record.createTime,
  UpdateTime: ({ record }) => record.updateTime,
  ServiceName: ({ record }) => record.name,
  Status: ({ record }) => record.status,
};

function orderOf(parameters: ReadonlyMap<string, string>): (a: Service, b: Service) => number {
  const order = parameters.get('Order') || 'desc';
  if (order !== 'asc' && order !== 'desc') throw invalidService('Order must be asc or desc.');
  const sort = parameters.get('Sort') || 'CreateTime';
  const key = Object.hasOwn(SORT_KEYS, sort) ? SORT_KEYS[sort] : undefined;
  if (!key) {
    throw invalidService(`Sort must be one of ${Object.keys(SORT_KEYS).join(', ')}.`);
  }
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => sign * (compare(key(a), key(b)) || compare(a.record.name, b.record.name));
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
