import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionInfo,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { grpcStatus, hasStatus } from '../temporal/grpc-status';
import { searchAttributes } from '../temporal/search-attributes';
import { lifecycleId } from '../temporal/workflow-ids';
import type { LifecycleStatus, RetrainInput, RunResult } from '../workflows/messages';
import type { LoopClient, RunLine } from './loop-client';

/** Longest wait for one answer of Temporal, milliseconds. */
const DEADLINE_MS = 4000;
/** Ends of closed runs that are kept, so that each is fetched once. */
const KEPT_ENDS = 200;

type RunEnd = Pick<RunLine, 'outcome' | 'reason' | 'champion'>;

/** Asks a real Temporal server; every call has a deadline. */
export class TemporalLoopClient implements LoopClient {
  readonly #connected: () => Promise<Client>;
  readonly #environment: string;
  readonly #taskQueue: string;
  readonly #ends = new Map<string, RunEnd>();

  constructor(options: {
    /** Gives the connected client, or rejects when there is no connection. */
    readonly client: () => Promise<Client>;
    readonly environment: string;
    readonly taskQueue: string;
  }) {
    this.#connected = options.client;
    this.#environment = options.environment;
    this.#taskQueue = options.taskQueue;
  }

  async recentRuns(input: { readonly limit: number }): Promise<readonly RunLine[]> {
    const { limit } = input;
    const found = await this.#inTime(async ({ workflow }) => {
      const infos: WorkflowExecutionInfo[] = [];
      const query = "WorkflowType = 'retrainRun'";
      for await (const info of workflow.list({ query, pageSize: limit })) {
        infos.push(info);
        if (infos.length === limit) break;
      }
      return infos;
    });
    return Promise.all(found.map((info) => this.#lineOf(info)));
  }

  async lifecycle(input: { readonly pipeline: string }): Promise<LifecycleStatus | undefined> {
    const { pipeline } = input;
    const workflowId = lifecycleId({ pipeline, environment: this.#environment });
    try {
      return await this.#inTime(async ({ workflow }) => {
        const handle = workflow.getHandle(workflowId);
        const { status } = await handle.describe();
        if (status.name !== 'RUNNING') {
          throw new Error(
            `it is ${inWords(status.name)}; the next request for a run starts it again`,
          );
        }
        return handle.query<LifecycleStatus>('status');
      });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      // Whose clock runs out first decides which of these it is; a server that saw no worker lately says so.
      const { deadlineExceeded, cancelled, failedPrecondition } = grpcStatus;
      if (hasStatus(deepest(error), deadlineExceeded, cancelled, failedPrecondition)) {
        throw new Error(`it doesn't answer; does a worker poll the task queue ${this.#taskQueue}?`);
      }
      throw error;
    }
  }

  async requestRetrain(input: {
    readonly workflowId: string;
    readonly input: RetrainInput;
  }): Promise<{ readonly repeated: boolean }> {
    const { workflowId } = input;
    try {
      await this.#inTime(({ workflow }) =>
        workflow.start('retrain', {
          workflowId,
          taskQueue: this.#taskQueue,
          args: [input.input],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: `Asked for by ${input.input.requestedBy}: ${input.input.reason}`,
        }),
      );
      return { repeated: false };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return { repeated: true };
      throw error;
    }
  }

  async #lineOf(info: WorkflowExecutionInfo): Promise<RunLine> {
    const { typedSearchAttributes: attributes, workflowId } = info;
    const parts = workflowId.split('/');
    const end = info.closeTime ? await this.#endOf(info) : {};
    return {
      workflowId,
      executionId: info.runId,
      pipeline: parts[1] ?? '',
      runId: parts[parts.length - 1]!,
      status: inWords(info.status.name),
      phase: attributes.get(searchAttributes.phase),
      trigger: attributes.get(searchAttributes.trigger),
      startedAt: info.startTime.toISOString(),
      endedAt: info.closeTime?.toISOString(),
      ...end,
    };
  }

  /** How a closed execution ended; it never changes, so it is kept. */
  async #endOf(info: WorkflowExecutionInfo): Promise<RunEnd> {
    const known = this.#ends.get(info.runId);
    if (known) return known;
    const end = await this.#fetchEnd(info);
    if (this.#ends.size >= KEPT_ENDS) this.#ends.delete(this.#ends.keys().next().value!);
    this.#ends.set(info.runId, end);
    return end;
  }

  async #fetchEnd(info: WorkflowExecutionInfo): Promise<RunEnd> {
    try {
      const { outcome, reason, champion, models } = (await this.#inTime(({ workflow }) =>
        workflow.getHandle(info.workflowId, info.runId).result(),
      )) as RunResult;
      const validationR2 = models?.find(({ kind }) => kind === champion)?.validationR2;
      return { outcome, reason, champion: { kind: champion, validationR2 } };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { reason: deepest(error).message };
      throw error;
    }
  }

  async #inTime<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#connected();
    return client.withDeadline(Date.now() + DEADLINE_MS, () => ask(client));
  }
}

function deepest(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? deepest(error.cause) : error;
}

function inWords(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}
