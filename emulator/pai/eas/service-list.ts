import { labelsParameter, pageOf, positiveParameter } from './query';
import type { Service } from './service';

const PAGE_SIZE = 100;

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
  const sign = parameters.get('Order') === 'asc' ? 1 : -1;
  const items = services
    .filter(filterOf(parameters))
    .sort((left, right) => sign * compare(left, right));
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
    // An empty wanted value asks for the key alone.
    labels.every(([key, wanted]) =>
      wanted === '' ? key in record.labels : record.labels[key] === wanted,
    );
}

function compare(left: Service, right: Service): number {
  const [a, b] = [left.record, right.record];
  if (a.createTime !== b.createTime) return a.createTime < b.createTime ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
