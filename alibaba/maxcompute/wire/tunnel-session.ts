import type { ColumnJson } from './table-schema';
import { WireError } from './wire-error';

/** The schema of a session: `columns` are those on the wire, partition keys are apart. */
export interface SessionSchemaJson {
  readonly columns: readonly ColumnJson[];
  readonly partitionKeys: readonly ColumnJson[];
}

/** The answer to creating, asking for and committing an upload. */
export interface UploadSessionJson {
  readonly UploadID: string;
  readonly Status:
    | 'UNKNOWN'
    | 'NORMAL'
    | 'CLOSING'
    | 'CLOSED'
    | 'CANCELED'
    | 'EXPIRED'
    | 'CRITICAL';
  readonly UploadedBlockList: readonly { readonly BlockID: number }[];
  readonly Schema: SessionSchemaJson;
  readonly MaxFieldSize?: number;
  readonly QuotaName?: string;
}

/** The answer to creating and asking for a download. */
export interface DownloadSessionJson {
  readonly DownloadID: string;
  readonly Status: 'UNKNOWN' | 'NORMAL' | 'CLOSES' | 'EXPIRED' | 'INITIATING' | 'FAILED';
  readonly RecordCount: number;
  readonly Schema: SessionSchemaJson;
  readonly SupportReadByRawSize?: boolean;
  readonly QuotaName?: string;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const json = JSON.parse(text) as unknown;
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // The error below says what was expected.
  }
  throw new WireError('malformed', 'The answer of the Tunnel is no JSON object');
}

function schemaIn(value: unknown): SessionSchemaJson {
  const schema = value as Partial<SessionSchemaJson> | undefined | null;
  if (!Array.isArray(schema?.columns)) {
    throw new WireError('malformed', 'The Tunnel session has no schema');
  }
  return { columns: schema.columns, partitionKeys: schema.partitionKeys ?? [] };
}

/** Parses the JSON of an upload session. Throws WireError `malformed`. */
export function parseUploadSession(text: string): UploadSessionJson {
  const json = objectIn(text) as Partial<UploadSessionJson>;
  if (typeof json.UploadID !== 'string') {
    throw new WireError('malformed', 'The upload session has no UploadID');
  }
  return {
    ...json,
    UploadID: json.UploadID,
    Status: json.Status ?? 'UNKNOWN',
    UploadedBlockList: json.UploadedBlockList ?? [],
    Schema: schemaIn(json.Schema),
  };
}

/** Parses the JSON of a download session. Throws WireError `malformed`. */
export function parseDownloadSession(text: string): DownloadSessionJson {
  const json = objectIn(text) as Partial<DownloadSessionJson>;
  if (typeof json.DownloadID !== 'string') {
    throw new WireError('malformed', 'The download session has no DownloadID');
  }
  return {
    ...json,
    DownloadID: json.DownloadID,
    Status: json.Status ?? 'UNKNOWN',
    RecordCount: json.RecordCount ?? 0,
    Schema: schemaIn(json.Schema),
  };
}

/** `(start,count)` of the query parameter `rowrange`; undefined when it isn't one. */
export function parseRowRange(text: string): { start: number; count: number } | undefined {
  const parts = /^\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text);
  return parts ? { start: Number(parts[1]), count: Number(parts[2]) } : undefined;
}
