/** SQL statements under an activity's heartbeat: a retry finds the instances of the attempt before. */
import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { CloudError } from '../alibaba/cloud-error';
import { asObjects, type MaxCompute, type SqlResult } from '../alibaba/maxcompute/maxcompute';
import { sqlSettings } from '../sql/settings';

/** What running SQL needs of the client. */
export type SqlClient = Pick<MaxCompute, 'runSql' | 'waitForInstance' | 'result' | 'stopInstance'>;

/** A statement; `name` is unique in its activity and stays the same on every attempt. */
export interface Statement {
  readonly name: string;
  readonly query: string;
}

/** Runs statements one after the other and keeps the activity alive meanwhile. */
export interface SqlSession {
  readonly signal: AbortSignal;
  run(statement: Statement): Promise<SqlResult>;
  /** The answer's rows by column name. */
  select(statement: Statement): Promise<Record<string, string | null>[]>;
}

/** Instance of each statement, as it is kept in the heartbeat's details. */
interface Instances {
  readonly [name: string]: { readonly instanceId: string; readonly digest: string } | undefined;
}

const heartbeatMs = 2_000;

/** Runs the statements in order and gives their answers; see `withSql`. */
export function runSqlActivity({
  maxcompute,
  statements,
}: {
  readonly maxcompute: SqlClient;
  readonly statements: readonly Statement[];
}): Promise<readonly SqlResult[]> {
  return withSql({ maxcompute }, async (sql) => {
    const results: SqlResult[] = [];
    for (const statement of statements) results.push(await sql.run(statement));
    return results;
  });
}

/**
 * Gives `body` a session for SQL and heartbeats while it works. The MaxCompute instance of every
 * statement is in the heartbeat: a retry re-attaches to it, or stops it when its text has changed.
 * A cancelled activity stops what is running; one that only moves to another worker leaves it.
 */
export async function withSql<T>(
  { maxcompute }: { readonly maxcompute: SqlClient },
  body: (sql: SqlSession) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const runner = new Runner(maxcompute, context);
  const timer = setInterval(() => runner.beat(), heartbeatMs);
  try {
    return await body(runner);
  } catch (error) {
    if (!context.cancellationSignal.aborted) throw error;
    await runner.stopUnlessTakenOver();
    return await context.cancelled;
  } finally {
    clearInterval(timer);
  }
}

class Runner implements SqlSession {
  readonly signal: AbortSignal;
  #instances: Instances;
  #running: string | undefined;

  constructor(
    private readonly maxcompute: SqlClient,
    private readonly context: Context,
  ) {
    this.signal = context.cancellationSignal;
    this.#instances = instancesOf(context.info.heartbeatDetails);
  }

  beat(): void {
    this.context.heartbeat({ instances: this.#instances });
  }

  async select(statement: Statement): Promise<Record<string, string | null>[]> {
    return asObjects(await this.run(statement));
  }

  async run({ name, query }: Statement): Promise<SqlResult> {
    this.signal.throwIfAborted();
    const digest = createHash('sha256').update(query).digest('hex').slice(0, 16);
    const earlier = this.#instances[name];
    if (earlier?.digest === digest) {
      const result = await this.#attach(earlier.instanceId);
      if (result) return result;
    } else if (earlier) {
      await this.#stop(earlier.instanceId);
    }
    const result = await this.maxcompute.runSql({
      query,
      settings: sqlSettings,
      signal: this.signal,
      onSubmitted: (instanceId) => {
        this.#running = instanceId;
        this.#instances = { ...this.#instances, [name]: { instanceId, digest } };
        this.beat();
      },
    });
    this.#running = undefined;
    return result;
  }

  /** Stops the running instance unless another attempt is going to find it. */
  async stopUnlessTakenOver(): Promise<void> {
    const why = this.context.cancellationDetails;
    const takenOver = why?.workerShutdown || why?.timedOut || why?.paused;
    if (this.#running === undefined || takenOver) return;
    await this.#stop(this.#running);
  }

  /** The answer of an earlier attempt's instance; undefined when it has none to give. */
  async #attach(instanceId: string): Promise<SqlResult | undefined> {
    this.#running = instanceId;
    try {
      const state = await this.maxcompute.waitForInstance({ instanceId, signal: this.signal });
      if (state !== 'Success') return undefined;
      return await this.maxcompute.result({ instanceId, signal: this.signal });
    } catch (error) {
      if (error instanceof CloudError && error.statusCode === 404) return undefined;
      throw error;
    }
  }

  async #stop(instanceId: string): Promise<void> {
    try {
      await this.maxcompute.stopInstance({ instanceId });
    } catch (error) {
      if (!(error instanceof CloudError && error.statusCode === 404)) throw error;
    }
  }
}

function instancesOf(details: unknown): Instances {
  if (typeof details !== 'object' || details === null || !('instances' in details)) return {};
  return { ...(details.instances as Instances) };
}
