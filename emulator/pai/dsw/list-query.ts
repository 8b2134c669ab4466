import { validationError } from './dsw-error';
import type { InstanceRecord } from './instance-record';

const PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;
const SORTABLE = ['Priority', 'GmtCreateTime', 'GmtModifiedTime'] as const;

/** The page of instances that ListInstances' parameters choose, and how many match in all. */
export function listInstances(options: {
  readonly instances: readonly InstanceRecord[];
  readonly parameters: ReadonlyMap<string, string>;
}): { readonly page: readonly InstanceRecord[]; readonly total: number } {
  const { parameters } = options;
  const matching = options.instances.filter(filterOf(parameters)).sort(orderOf(parameters));
  const size = positive({ parameters, name: 'PageSize', fallback: PAGE_SIZE });
  const number = positive({ parameters, name: 'PageNumber', fallback: 1 });
  if (size > MAX_PAGE_SIZE) throw validationError(`PageSize must not exceed ${MAX_PAGE_SIZE}.`);
  const start = (number - 1) * size;
  return { page: matching.slice(start, start + size), total: matching.length };
}

type Filter = (instance: InstanceRecord) => boolean;

function filterOf(parameters: ReadonlyMap<string, string>): Filter {
  const filters: Filter[] = [];
  const when = (name: string, make: (value: string) => Filter): void => {
    const value = parameters.get(name);
    if (value !== undefined && value !== '') filters.push(make(value));
  };
  when('InstanceId', (id) => (instance) => instance.InstanceId === id);
  // A part of a name is enough: a client that wants one instance has to compare the whole name.
  when(
    'InstanceName',
    (name) =>
      ({ spec }) =>
        spec.InstanceName.includes(name),
  );
  when('Status', (status) => (instance) => instance.Status === status);
  when(
    'WorkspaceId',
    (id) =>
      ({ spec }) =>
        spec.WorkspaceId === id,
  );
  when(
    'Accessibility',
    (accessibility) =>
      ({ spec }) =>
        spec.Accessibility === accessibility,
  );
  when('AcceleratorType', (type) => () => type === 'CPU');
  when('CreateTimeAfter', (time) => (instance) => instance.GmtCreateTime >= isoTime(time));
  when('CreateTimeBefore', (time) => (instance) => instance.GmtCreateTime <= isoTime(time));
  when('Labels', (labels) => {
    const wanted = Object.entries(readLabels(labels));
    return ({ spec }) =>
      wanted.every(([key, value]) =>
        spec.Labels.some((label) => label.Key === key && label.Value === value),
      );
  });
  filters.push(resourceFilter(parameters.get('ResourceId') ?? ''));
  return (instance) => filters.every((filter) => filter(instance));
}

function resourceFilter(resourceId: string): Filter {
  if (resourceId === 'ALL') return () => true;
  return ({ spec }) => (spec.ResourceId ?? '') === resourceId;
}

function orderOf(
  parameters: ReadonlyMap<string, string>,
): (left: InstanceRecord, right: InstanceRecord) => number {
  const field = parameters.get('SortBy') ?? 'GmtCreateTime';
  const order = parameters.get('Order') ?? 'DESC';
  if (!SORTABLE.some((name) => name === field)) {
    throw validationError(`SortBy must be one of ${SORTABLE.join(', ')}.`);
  }
  if (order !== 'ASC' && order !== 'DESC') throw validationError('Order must be ASC or DESC.');
  const sign = order === 'ASC' ? 1 : -1;
  const key = (instance: InstanceRecord): string | number => {
    if (field === 'Priority') return instance.spec.Priority ?? 0;
    return field === 'GmtModifiedTime' ? instance.GmtModifiedTime : instance.GmtCreateTime;
  };
  return (left, right) => {
    const [a, b] = [key(left), key(right)];
    if (a !== b) return a < b ? -sign : sign;
    return 0; // created in the same millisecond: the order in which they are kept
  };
}

function readLabels(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const labels = Object.entries(value).map(([key, item]) => [key, String(item)]);
      if (labels.length > 4) throw validationError('At most four labels are supported.');
      return Object.fromEntries(labels) as Record<string, string>;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw validationError('Labels must be a JSON object of strings.');
}

function isoTime(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw validationError(`${text} is not a time.`);
  return new Date(time).toISOString();
}

function positive(options: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly name: string;
  readonly fallback: number;
}): number {
  const text = options.parameters.get(options.name);
  if (text === undefined || text === '') return options.fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw validationError(`${options.name} must be a positive integer.`);
  }
  return Number(text);
}
