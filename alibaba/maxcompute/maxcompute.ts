import type { CredentialsProvider } from '../credentials';
import type { RetryPolicy } from './retry';
import { SignedHttp } from './signed-http';
import { SqlInstances, type SubmittedSql } from './sql-instances';
import type { SqlResult } from './sql-result';
import { TableDownload } from './table-download';
import { type PartitionDescription, type TableDescription, TableMetadata } from './table-metadata';
import { TableUpload } from './table-upload';
import { TunnelHttp } from './tunnel-http';
import type { InstanceState, TaskState } from './wire/instance-xml';

export { asObjects, type SqlResult } from './sql-result';
export type { ReadRange, TableDownload } from './table-download';
export type { PartitionDescription, TableDescription } from './table-metadata';
export type { SessionSchema, TableUpload } from './table-upload';
export type { Column, Row, Value } from './wire/value';

/** Where a project is and who asks. */
export interface MaxComputeOptions {
  /** With its path, for example `https://service.cn-hangzhou.maxcompute.aliyun.com/api`. */
  readonly endpoint: string;
  /** Asked from the endpoint when absent. */
  readonly tunnelEndpoint?: string;
  readonly project: string;
  /** With a region REST requests are signed by V4, else by V2. */
  readonly region?: string;
  readonly credentials: CredentialsProvider;
  readonly retry?: RetryPolicy;
}

/** A MaxCompute project over REST and Tunnel. Every method throws CloudError, or the signal's reason. */
export class MaxCompute {
  readonly project: string;
  private readonly instances: SqlInstances;
  private readonly metadata: TableMetadata;
  private readonly tunnel: TunnelHttp;

  constructor(options: MaxComputeOptions) {
    const { endpoint, tunnelEndpoint, project, region, credentials, retry } = options;
    const http = new SignedHttp({ endpoint, project, credentials, region, retry });
    this.project = project;
    this.instances = new SqlInstances({ http, project });
    this.metadata = new TableMetadata({ http, project });
    this.tunnel = new TunnelHttp({
      endpoint,
      tunnelEndpoint,
      project,
      credentials,
      rest: http,
      retry,
    });
  }

  /** Submits one statement. Never repeated once it may have arrived. */
  submitSql(options: {
    readonly query: string;
    readonly taskName?: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }): Promise<SubmittedSql> {
    return this.instances.submit(options);
  }

  /** Waits for the end of an instance; gives its task's state, also when that is Failed. */
  waitForInstance(options: {
    readonly instanceId: string;
    readonly signal?: AbortSignal;
    readonly onPoll?: (state: InstanceState) => void;
  }): Promise<TaskState> {
    return this.instances.wait(options);
  }

  /** The answer of an instance that has ended; a failed task is a CloudError with its ODPS code. */
  result(options: {
    readonly instanceId: string;
    readonly signal?: AbortSignal;
  }): Promise<SqlResult> {
    return this.instances.result(options);
  }

  /** Stops an instance; one that has ended already is left as it is. */
  stopInstance(options: { readonly instanceId: string }): Promise<void> {
    return this.instances.stop(options);
  }

  /** Submits, waits and reads. `onSubmitted` gets the id that a retry re-attaches to. */
  async runSql(options: {
    readonly query: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    readonly onSubmitted?: (instanceId: string) => void;
    readonly onPoll?: (state: InstanceState) => void;
  }): Promise<SqlResult> {
    const { query, settings, signal, onSubmitted, onPoll } = options;
    const { instanceId, answered } = await this.submitSql({ query, settings, signal });
    onSubmitted?.(instanceId);
    if (answered) return this.instances.answeredResult({ instanceId, answered });
    await this.waitForInstance({ instanceId, signal, onPoll });
    return this.result({ instanceId, signal });
  }

  /** The description of a table, undefined when there is none. */
  describeTable(options: { readonly table: string }): Promise<TableDescription | undefined> {
    return this.metadata.describe(options);
  }

  /** All partitions of a table. */
  listPartitions(options: { readonly table: string }): Promise<PartitionDescription[]> {
    return this.metadata.partitions(options);
  }

  /** Opens an upload; `partition` is written `run_id=20250710_073527`. */
  openUpload(options: {
    readonly table: string;
    readonly partition?: string;
    readonly overwrite?: boolean;
    readonly createPartition?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<TableUpload> {
    const { table, partition, ...rest } = options;
    return TableUpload.open({ tunnel: this.tunnel, target: { table, partition }, ...rest });
  }

  /** Takes up an upload that was opened before, to write missing blocks or to commit. */
  resumeUpload(options: {
    readonly table: string;
    readonly partition?: string;
    readonly uploadId: string;
    readonly signal?: AbortSignal;
  }): Promise<TableUpload> {
    const { table, partition, uploadId, signal } = options;
    return TableUpload.resume({
      tunnel: this.tunnel,
      target: { table, partition },
      uploadId,
      signal,
    });
  }

  /** Opens a snapshot of a table or partition for reading. */
  openDownload(options: {
    readonly table: string;
    readonly partition?: string;
    readonly signal?: AbortSignal;
  }): Promise<TableDownload> {
    return TableDownload.open({ tunnel: this.tunnel, ...options });
  }
}
