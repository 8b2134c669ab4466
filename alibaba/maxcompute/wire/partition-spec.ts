import { WireError } from './wire-error';

/** The keys of a partition with their values, in the order of the table's partition keys. */
export type PartitionValues = Readonly<Record<string, string>>;

/**
 * Parses `a=1,b=2` (the Tunnel's form) and `a='1',b='2'` (the form of REST and SQL). In quotes a
 * value may hold anything; a quote or backslash is escaped by a backslash. Throws WireError.
 */
export function parsePartitionSpec(spec: string): PartitionValues {
  const values: Record<string, string> = {};
  const part =
    /\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,'"\s](?:[^,'"]*[^,'"\s])?))\s*(,|$)/gsy;
  for (let at = 0, more = true; more; at = part.lastIndex) {
    part.lastIndex = at;
    const found = part.exec(spec);
    const quoted = found?.[2] ?? found?.[3];
    const value = quoted?.replaceAll(/\\(.)/gs, '$1') ?? found?.[4];
    if (!found || !value) throw new WireError('malformed', `Partition spec ${spec} is not valid`);
    const [, name] = found;
    if (Object.hasOwn(values, name)) {
      throw new WireError('malformed', `Partition spec ${spec} names ${name} twice`);
    }
    values[name] = value;
    more = found[5] === ',';
  }
  return values;
}

/** `'…'` around a value, quotes and backslashes inside escaped. */
function quoted(value: string): string {
  return `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
}

/** `a=1,b=2`, as this project and the Tunnel write it; only a value that needs quotes gets them. */
export function formatPartitionSpec(values: PartitionValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${/^\s|\s$|[,'"\\]|^$/.test(value) ? quoted(value) : value}`)
    .join(',');
}

/** `a='1',b='2'`, as REST and SQL write it. */
export function quotePartitionSpec(values: PartitionValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',');
}
