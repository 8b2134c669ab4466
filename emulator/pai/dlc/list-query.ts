import { invalidParameter } from '../api-error';
import type { JobRecord } from './job-record';
import { type JobViewContext, jobItem } from './job-view';

type Query = ReadonlyMap<string, string>;

const PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 1_000;
const SORTABLE = ['DisplayName', 'JobType', 'Status', 'GmtCreateTime', 'GmtFinishTime'] as const;
const WEEK_MS = 7 * 24 * 3_600_000;

/** The page of jobs that ListJobs' parameters choose, in the API's own names, and how many match in all. */
export function listJobs(options: {
  readonly records: readonly JobRecord[];
  readonly query: Query;
  readonly context: JobViewContext;
}): { readonly page: readonly Record<string, unknown>[]; readonly total: number } {
  const { records, query, context } = options;
  const matches = filterOf(query, context);
  const items = records
    .filter(matches)
    .map((record) => ({ record, item: jobItem(record, context) }))
    .sort(orderOf(query));
  const size = positive({ query, name: 'PageSize', byDefault: PAGE_SIZE });
  if (size > MAX_PAGE_SIZE) throw invalidParameter('PageSize', `at most ${MAX_PAGE_SIZE}`);
  const from = (positive({ query, name: 'PageNumber', byDefault: 1 }) - 1) * size;
  return { page: items.slice(from, from + size).map(({ item }) => item), total: items.length };
}

/** A parameter that is a time in ISO 8601; undefined when it isn't given. */
export function timeOf(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidParameter(name, `${text} is not a time`);
  return time;
}

/** A parameter that is a positive whole number. */
export function positive(options: {
  readonly query: Query;
  readonly name: string;
  readonly byDefault: number;
}): number {
  const { query, name, byDefault } = options;
  const text = query.get(name);
  if (!text) return byDefault;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidParameter(name, 'must be a positive integer');
  return Number(text);
}

function filterOf(query: Query, context: JobViewContext): (record: JobRecord) => boolean {
  const asked = (name: string): string | undefined => query.get(name) || undefined;
  const is = (name: string, value: string | undefined): boolean =>
    asked(name) === undefined || asked(name) === value;
  const has = (name: string, text: string): boolean =>
    text.toLowerCase().includes((asked(name) ?? '').toLowerCase());
  const ids = (asked('JobId') ?? asked('JobIds'))?.split(',').map((id) => id.toLowerCase());
  const tags = Object.entries(tagsOf(asked('Tags')));
  const withinTime = timeFilter(query, context.now);
  return (record) => {
    const { request } = record;
    return (
      (ids === undefined || ids.includes(record.JobId.toLowerCase())) &&
      has('DisplayName', request.DisplayName) &&
      has('Description', request.Description ?? '') &&
      has('UserCommandSearch', request.UserCommand) &&
      has('Username', context.accountId) &&
      is('UserIdForFilter', context.accountId) &&
      is('JobType', request.JobType) &&
      is('Status', record.Status) &&
      is('Accessibility', request.Accessibility) &&
      is('ResourceId', request.ResourceId) &&
      is('WorkspaceId', request.WorkspaceId) &&
      is('Caller', settingOf(record, 'Caller')) &&
      is('PipelineId', settingOf(record, 'PipelineId')) &&
      is('BusinessUserId', settingOf(record, 'BusinessUserId')) &&
      is('PaymentType', request.ResourceId ? 'PrePaid' : 'PostPaid') &&
      tags.every(([key, value]) => jobTags(record)[key] === value) &&
      withinTime(record)
    );
  };
}

/** By creation; without either end, the last seven days. */
function timeFilter(query: Query, now: Date): (record: JobRecord) => boolean {
  const field = query.get('TimeRangeField');
  if (field && field !== 'GmtCreateTime') {
    throw invalidParameter('TimeRangeField', 'the local cloud has GmtCreateTime only');
  }
  const to = timeOf(query, 'EndTime') ?? Number.POSITIVE_INFINITY;
  const from = timeOf(query, 'StartTime') ?? now.getTime() - WEEK_MS;
  return ({ createdAt }) => {
    const time = Date.parse(createdAt);
    return time >= from && time <= to;
  };
}

function orderOf(query: Query) {
  const field = query.get('SortBy') || 'GmtCreateTime';
  const order = (query.get('Order') || 'desc').toLowerCase();
  if (!SORTABLE.some((name) => name === field)) {
    throw invalidParameter('SortBy', `must be one of ${SORTABLE.join(', ')}`);
  }
  if (order !== 'asc' && order !== 'desc') throw invalidParameter('Order', 'must be desc or asc');
  const sign = order === 'asc' ? 1 : -1;
  type Entry = { readonly record: JobRecord; readonly item: Record<string, unknown> };
  const key = ({ record, item }: Entry): string =>
    field === 'GmtCreateTime' ? record.createdAt : String(item[field] ?? '');
  return (left: Entry, right: Entry): number => {
    const [a, b] = [key(left), key(right)];
    return a < b ? -sign : a > b ? sign : 0;
  };
}

function settingOf({ request }: JobRecord, name: string): string | undefined {
  const value = request.Settings[name];
  return typeof value === 'string' ? value : undefined;
}

function jobTags({ request }: JobRecord): Record<string, unknown> {
  return (request.Settings['Tags'] ?? {}) as Record<string, unknown>;
}

function tagsOf(text: string | undefined): Record<string, unknown> {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below, like any other text that is no object.
  }
  throw invalidParameter('Tags', 'must be a JSON object of strings');
}
