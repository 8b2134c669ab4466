import { invalidParameter } from '../api-error';
import { matchesLabel } from './labels';
import type { LabelRecord, ModelRecord, VersionRecord } from './records';

type Query = ReadonlyMap<string, string>;

/** ListModels: the models that a query asks for, and how many there are in all. */
export function listModels(
  models: readonly ModelRecord[],
  query: Query,
): { readonly page: readonly ModelRecord[]; readonly total: number } {
  for (const name of ['Collections', 'Conditions']) {
    if (query.get(name)) throw invalidParameter(name, 'the local cloud has no such filter');
  }
  const tag = readTags(query);
  const matching = models.filter(
    (model) =>
      equal(query.get('WorkspaceId'), model.WorkspaceId) &&
      equal(query.get('Domain'), model.Domain) &&
      equal(query.get('Task'), model.Task) &&
      equal(query.get('Origin'), model.Origin) &&
      equal(query.get('ModelType'), model.ModelType) &&
      equal(query.get('Provider'), model.Provider) &&
      matchesName(query.get('ModelName'), model.ModelName) &&
      matchesLabel(query.get('Label'), model.Labels) &&
      tag.every(({ Key, Value }) =>
        model.Labels.some((one) => one.Key === Key && one.Value === Value),
      ) &&
      matchesAnything(query.get('Query'), model),
  );
  return pageOf(matching, query);
}

/** ListModelVersions: the versions that a query asks for, and how many there are in all. */
export function listVersions(
  versions: readonly VersionRecord[],
  query: Query,
): { readonly page: readonly VersionRecord[]; readonly total: number } {
  const matching = versions.filter(
    (version) =>
      equal(query.get('ApprovalStatus'), version.ApprovalStatus) &&
      equal(query.get('FormatType'), version.FormatType) &&
      equal(query.get('FrameworkType'), version.FrameworkType) &&
      equal(query.get('SourceType'), version.SourceType) &&
      equal(query.get('SourceId'), version.SourceId) &&
      matchesName(query.get('VersionName'), version.VersionName) &&
      matchesLabel(query.get('Label'), version.Labels),
  );
  return pageOf(matching, query);
}

/** A name in literal double quotes must be the whole name; otherwise it is a part of it. */
export function matchesName(asked: string | undefined, name: string): boolean {
  if (!asked) return true;
  const quoted = /^"(.*)"$/s.exec(asked);
  return quoted ? name === quoted[1] : name.toLowerCase().includes(asked.toLowerCase());
}

function pageOf<T extends { readonly GmtCreateTime: string }>(
  items: readonly T[],
  query: Query,
): { readonly page: readonly T[]; readonly total: number } {
  const sortBy = query.get('SortBy') || 'GmtCreateTime';
  if (sortBy !== 'GmtCreateTime')
    throw invalidParameter('SortBy', 'only GmtCreateTime is possible');
  const order = (query.get('Order') || 'ASC').toUpperCase();
  if (order !== 'ASC' && order !== 'DESC') throw invalidParameter('Order', 'must be ASC or DESC');
  // The sort is stable, so that things of the same millisecond keep the order of their creation.
  const sorted = [...items].sort(
    (a, b) => Date.parse(a.GmtCreateTime) - Date.parse(b.GmtCreateTime),
  );
  if (order === 'DESC') sorted.reverse();
  const size = positive(query, 'PageSize', 10);
  const from = (positive(query, 'PageNumber', 1) - 1) * size;
  return { page: sorted.slice(from, from + size), total: items.length };
}

function positive(query: Query, name: string, byDefault: number): number {
  const value = Number(query.get(name) || byDefault);
  if (Number.isInteger(value) && value >= 1) return value;
  throw invalidParameter(name, 'must be a positive integer');
}

function equal(asked: string | undefined, value: string | undefined): boolean {
  return !asked || asked === value;
}

function matchesAnything(asked: string | undefined, model: ModelRecord): boolean {
  if (!asked) return true;
  const { ModelName, Domain = '', Task = '', Labels } = model;
  const texts = [ModelName, Domain, Task, ...Labels.flatMap(({ Key, Value }) => [Key, Value])];
  return texts.some((text) => text.toLowerCase().includes(asked.toLowerCase()));
}

function readTags(query: Query): readonly LabelRecord[] {
  const text = query.get('Tag');
  if (!text) return [];
  try {
    return JSON.parse(text) as readonly LabelRecord[];
  } catch {
    throw invalidParameter('Tag', 'must be JSON');
  }
}
