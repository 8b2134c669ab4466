import { randomUUID } from 'node:crypto';
import { CloudError } from '../cloud-error';
import { clientError, codecError, taskError } from './maxcompute-errors';
import { pause } from './pause';
import type { SignedHttp } from './signed-http';
import { type SqlResult, sqlResultOf } from './sql-result';
import {
  buildInstanceXml,
  type InstanceState,
  parseInstanceXml,
  parseResultXml,
  parseTaskStatusXml,
  type TaskResult,
  type TaskState,
} from './wire/instance-xml';
import { buildJobXml } from './wire/job-xml';

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 5_000;
/** The official client goes on asking for five minutes while the service can't say the status. */
const PATIENCE_MS = 5 * 60_000;

/** A statement that was accepted; `answered` holds its result when the service ran it at once. */
export interface SubmittedSql {
  readonly instanceId: string;
  readonly answered?: readonly TaskResult[];
}

/** SQL statements as MaxCompute instances: submit, wait, read the result, stop. */
export class SqlInstances {
  private readonly http: SignedHttp;
  private readonly project: string;

  constructor(options: { readonly http: SignedHttp; readonly project: string }) {
    this.http = options.http;
    this.project = options.project;
  }

  /** Submits one statement; the answer comes before it has run. */
  async submit(options: {
    readonly query: string;
    readonly taskName?: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }): Promise<SubmittedSql> {
    const { query, taskName = 'AnonymousSQLTask', settings = {}, signal } = options;
    const answer = await this.http.text({
      operation: 'SubmitSql',
      method: 'POST',
      path: ['projects', this.project, 'instances'],
      headers: { 'Content-Type': 'application/xml' },
      body: buildJobXml({ taskName, query, settings, priority: 9, uuid: randomUUID() }),
      signal,
    });
    const instanceId = answer.headers.get('location')?.split('?')[0].split('/').at(-1);
    if (!instanceId) {
      throw clientError({
        operation: 'SubmitSql',
        code: 'MalformedAnswer',
        message: 'SubmitSql: the answer names no instance (no Location header)',
      });
    }
    if (answer.body.trim() === '') return { instanceId };
    const answered = this.parsed('SubmitSql', () => parseResultXml(answer.body));
    return answered.length > 0 ? { instanceId, answered } : { instanceId };
  }

  /** Waits until the instance has ended and gives the state of its task, also Failed or Cancelled. */
  async wait(options: {
    readonly instanceId: string;
    readonly signal?: AbortSignal;
    readonly onPoll?: (state: InstanceState) => void;
  }): Promise<TaskState> {
    const { instanceId, signal, onPoll } = options;
    let pollMs = FIRST_POLL_MS;
    let answeredAt = Date.now();
    for (;;) {
      try {
        const state = await this.state({ instanceId, signal });
        answeredAt = Date.now();
        onPoll?.(state);
        if (state === 'Terminated') return await this.taskState({ instanceId, signal });
      } catch (error) {
        const passing =
          error instanceof CloudError && (error.retryable || error.code === 'RequestTimeTooSkewed');
        if (!passing || Date.now() - answeredAt > PATIENCE_MS) throw error;
      }
      await pause(pollMs, signal);
      pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS);
    }
  }

  /** The result of an instance that has ended. Throws CloudError with the ODPS code when its task failed. */
  async result(options: {
    readonly instanceId: string;
    readonly signal?: AbortSignal;
  }): Promise<SqlResult> {
    const { instanceId } = options;
    const state = await this.taskState(options);
    if (state !== 'Success' && state !== 'Failed' && state !== 'Cancelled') {
      throw clientError({
        operation: 'GetResult',
        code: 'InstanceNotTerminated',
        message: `SQL instance ${instanceId} is still ${state}`,
        retryable: true,
      });
    }
    const answer = await this.get(instanceId, 'GetResult', 'result', options.signal);
    const tasks = this.parsed('GetResult', () => parseResultXml(answer));
    return this.resultOf({ instanceId, task: tasks[0], state });
  }

  /** The result that came with the answer to a submission. Throws as `result` does. */
  answeredResult({ instanceId, answered }: Required<SubmittedSql>): SqlResult {
    return this.resultOf({ instanceId, task: answered[0], state: answered[0].status ?? 'Success' });
  }

  /** Stops an instance; one that has ended stays as it is. */
  async stop({ instanceId }: { readonly instanceId: string }): Promise<void> {
    try {
      await this.http.text({
        operation: 'StopInstance',
        method: 'PUT',
        path: ['projects', this.project, 'instances', instanceId],
        headers: { 'Content-Type': 'application/xml' },
        body: buildInstanceXml({ status: 'Terminated' }),
      });
    } catch (error) {
      const refused = error instanceof CloudError && error.statusCode === 400;
      if (!refused || (await this.state({ instanceId })) !== 'Terminated') throw error;
    }
  }

  private resultOf(options: {
    readonly instanceId: string;
    readonly task: TaskResult | undefined;
    readonly state: TaskState;
  }): SqlResult {
    const { instanceId, task, state } = options;
    if (state === 'Cancelled') {
      throw clientError({
        operation: 'GetResult',
        code: 'InstanceCancelled',
        message: `SQL instance ${instanceId} was stopped`,
      });
    }
    if (state === 'Failed') {
      throw taskError({ operation: 'GetResult', instanceId, message: task?.result ?? '' });
    }
    if (!task) return { columns: [], rows: [], text: '' };
    return this.parsed('GetResult', () => sqlResultOf(task));
  }

  private async state(options: {
    readonly instanceId: string;
    readonly signal?: AbortSignal;
  }): Promise<InstanceState> {
    const { instanceId, signal } = options;
    const body = await this.get(instanceId, 'GetInstance', 'instancestatus', signal);
    return this.parsed('GetInstance', () => parseInstanceXml(body));
  }

  private async taskState(options: {
    readonly instanceId: string;
    readonly signal?: AbortSignal;
  }): Promise<TaskState> {
    const { instanceId, signal } = options;
    const body = await this.get(instanceId, 'GetTaskStatus', 'taskstatus', signal);
    const tasks = this.parsed('GetTaskStatus', () => parseTaskStatusXml(body));
    // A stopped instance may end before it has a task.
    return tasks[0]?.status ?? 'Cancelled';
  }

  private async get(
    instanceId: string,
    operation: string,
    action: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const answer = await this.http.text({
      operation,
      method: 'GET',
      path: ['projects', this.project, 'instances', instanceId],
      query: { [action]: '' },
      signal,
    });
    return answer.body;
  }

  private parsed<T>(operation: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw codecError(operation, error);
    }
  }
}
