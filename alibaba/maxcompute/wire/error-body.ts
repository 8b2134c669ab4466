import { childText, escapeXml, parseXml } from './xml';

/** What an error answer of REST or Tunnel says. */
export interface ErrorBody {
  /** `NoSuchTable`, `ODPS-0130131`, … */
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
  readonly hostId?: string;
}

/** Error XML; all four children are there, as the official client demands. */
export function buildErrorXml(error: ErrorBody): string {
  const { code, message, requestId = '', hostId = '' } = error;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(
    message,
  )}</Message><RequestId>${escapeXml(requestId)}</RequestId><HostId>${escapeXml(hostId)}</HostId></Error>`;
}

/** Error JSON, as the Tunnel answers it. */
export function buildErrorJson(error: ErrorBody): string {
  const { code, message, requestId = '', hostId = '' } = error;
  return JSON.stringify({ Code: code, Message: message, RequestId: requestId, HostId: hostId });
}

function fromXml(body: string): ErrorBody | undefined {
  const root = parseXml(body);
  const code = childText(root, 'Code');
  if (root.name !== 'Error' || code === undefined) return undefined;
  return {
    code,
    message: childText(root, 'Message') ?? '',
    requestId: childText(root, 'RequestId') || undefined,
    hostId: childText(root, 'HostId') || undefined,
  };
}

function fromJson(body: string): ErrorBody | undefined {
  const json = JSON.parse(body) as unknown;
  if (typeof json !== 'object' || json === null) return undefined;
  const fields = json as Record<string, unknown>;
  if (typeof fields.Message !== 'string') return undefined;
  const textOf = (name: string): string | undefined =>
    typeof fields[name] === 'string' && fields[name] !== '' ? (fields[name] as string) : undefined;
  return {
    code: textOf('Code') ?? 'Unknown',
    message: fields.Message,
    requestId: textOf('RequestId'),
    hostId: textOf('HostId'),
  };
}

/** Parses an error answer, XML or JSON; undefined when the body is neither. */
export function parseErrorBody(body: string): ErrorBody | undefined {
  for (const parse of [fromXml, fromJson]) {
    try {
      const found = parse(body);
      if (found) return found;
    } catch {
      // The body is of the other form, or a proxy's page: the caller falls back to the HTTP status.
    }
  }
  return undefined;
}

/**
 * The ODPS code in the message of a failed task: `ODPS-0130131:[1,15] Table not found - …`, also
 * `FAILED: ODPS-…`. Undefined when there is none.
 */
export function odpsCode(message: string): string | undefined {
  return /\bODPS-\d{7}\b/.exec(message)?.[0];
}
