import type { CloudError } from '../alibaba/cloud-error';
import type { Row } from '../alibaba/maxcompute/wire/value';

/** The tables that training reads. */
export interface FeatureTables {
  openDownload(input: {
    readonly table: string;
    readonly partition: string;
    readonly signal?: AbortSignal;
  }): Promise<FeatureDownload>;
}

/** A snapshot of a partition. */
export interface FeatureDownload {
  readonly recordCount: number;
  readBatches(input: {
    readonly columns: readonly string[];
    readonly signal?: AbortSignal;
  }): AsyncIterable<readonly Row[]>;
}

/** The objects of a run. A refused overwrite is a CloudError `FileAlreadyExists`, an absent key `NoSuchKey`. */
export interface RunObjects {
  put(input: {
    readonly key: string;
    readonly body: Buffer | string;
    readonly forbidOverwrite?: boolean;
    readonly contentType?: string;
  }): Promise<unknown>;
  get(input: { readonly key: string }): Promise<Buffer>;
  head(input: { readonly key: string }): Promise<object | undefined>;
  delete(input: { readonly key: string }): Promise<void>;
}

/** What a training run works with. */
export interface TrainingPorts {
  readonly objects: RunObjects;
  readonly tables: FeatureTables;
  readonly now: () => Date;
  /** Takes each line of the log as it is written. */
  readonly print: (line: string) => void;
}

/** The code of a cloud error, undefined for any other error. */
export function cloudCode(error: unknown): string | undefined {
  const named = error instanceof Error && error.name === 'CloudError';
  return named ? (error as CloudError).code : undefined;
}
