/**
 * A product's operations by what their requests look like: `METHOD /path/:any/*`, then, when it matters,
 * `?name&name=value` for query parameters and `#header` for a header that must be there. `RPC Action` is an
 * operation of an RPC product. The first line that fits is the operation, so the special stand before the general.
 */
export type OperationTable = Readonly<Record<string, string>>;

/** What tells an operation. `path` is decoded or not, without the query; header names are in lower case. */
export interface OperationRequest {
  readonly method: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Rule {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: readonly (readonly [string, string | undefined])[];
  readonly header?: string;
}

/** Gives the name of a request's operation by one product's table, undefined when it has none. */
export function operationReader(
  table: OperationTable,
): (request: OperationRequest) => string | undefined {
  const rules = Object.entries(table).map(([line, name]) => parseRule(line, name));
  return (request) => {
    const action = request.headers['x-acs-action'] ?? request.query.get('Action');
    const segments = request.path.split('/').slice(1);
    return rules.find((rule) =>
      rule.method === 'RPC'
        ? request.path === '/' && rule.segments[0] === action
        : fits({ rule, request, segments }),
    )?.name;
  };
}

function parseRule(line: string, name: string): Rule {
  const [method, ...parts] = line.split(' ');
  if (method === 'RPC') return { name, method, segments: parts, query: [] };
  const [path, ...conditions] = parts;
  const query = conditions.find((text) => text.startsWith('?'))?.slice(1);
  const header = conditions.find((text) => text.startsWith('#'))?.slice(1);
  return {
    name,
    method,
    segments: path.split('/').slice(1),
    query: query === undefined ? [] : query.split('&').map(parseCondition),
    header,
  };
}

function parseCondition(text: string): readonly [string, string | undefined] {
  const [name, value] = text.split('=');
  return [name, value];
}

function fits(given: {
  readonly rule: Rule;
  readonly request: OperationRequest;
  readonly segments: readonly string[];
}): boolean {
  const { rule, request, segments } = given;
  if (rule.method !== '*' && rule.method !== request.method) return false;
  const open = rule.segments.at(-1) === '*';
  const wanted = open ? rule.segments.slice(0, -1) : rule.segments;
  if (open ? segments.length <= wanted.length : segments.length !== wanted.length) return false;
  return (
    wanted.every((text, at) => text.startsWith(':') || text === segments[at]) &&
    rule.query.every(([name, value]) =>
      value === undefined ? request.query.has(name) : request.query.get(name) === value,
    ) &&
    (rule.header === undefined || request.headers[rule.header] !== undefined)
  );
}
