import { invalidService } from './eas-error';

/** A positive whole number of the query, or the fallback. */
export function positiveParameter(options: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly name: string;
  readonly fallback: number;
}): number {
  const text = options.parameters.get(options.name);
  if (text === undefined || text === '') return options.fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw invalidService(`${options.name} must be a positive integer.`);
  }
  return Number(text);
}

/** A JSON object of strings that travels as text in the query; undefined when it is not there. */
export function labelsParameter(options: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly name: string;
}): Record<string, string> | undefined {
  const text = options.parameters.get(options.name);
  if (text === undefined || text === '') return undefined;
  return readLabels(parseJson(text, options.name), options.name);
}

/** Checks that a value is an object of strings (numbers and truth values become text). */
export function readLabels(value: unknown, name: string): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidService(`${name} must be a JSON object of strings.`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item ?? '')]));
}

/** The page with the query's number and size. */
export function pageOf<T>(options: {
  readonly items: readonly T[];
  readonly number: number;
  readonly size: number;
}): readonly T[] {
  const start = (options.number - 1) * options.size;
  return options.items.slice(start, start + options.size);
}

/** Milliseconds since 1970 of `yyyy-mm-dd hh:mm:ss` (UTC) or any ISO time; undefined when it is not there. */
export function timeParameter(options: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly name: string;
}): number | undefined {
  const text = options.parameters.get(options.name);
  if (text === undefined || text === '') return undefined;
  const isPlain = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text);
  const time = Date.parse(isPlain ? `${text.replace(' ', 'T')}Z` : text);
  if (Number.isNaN(time)) throw invalidService(`${options.name} must be yyyy-mm-dd hh:mm:ss.`);
  return time;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidService(`${name} must be a JSON object of strings.`);
  }
}
