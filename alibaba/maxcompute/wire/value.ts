/**
 * One cell. BIGINT is a number when safe, else a bigint; DECIMAL, DATE (`YYYY-MM-DD`), TIMESTAMP
 * (`YYYY-MM-DDTHH:MM:SS.nZ` with up to nine digits, without Z for TIMESTAMP_NTZ) and JSON are text;
 * DATETIME is a Date; BINARY is bytes; ARRAY is a list.
 */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | readonly Value[];

/** The cells of one row, in the order of the columns that were asked for. */
export type Row = readonly Value[];

/** A column as the service describes it; `type` is the text of the type, for example `BIGINT`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
  readonly nullable?: boolean;
}
