import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { TemporalConnectionError } from './connection';
import { grpcStatus, hasStatus } from './grpc-status';
import { searchAttributeNames } from './search-attributes';

/** Which namespace is wanted, and how long closed workflows can be looked at. */
export interface NamespaceInput {
  readonly connection: Connection;
  readonly namespace: string;
  readonly retentionDays: number;
  readonly timeoutMs?: number;
}

/** What had to be done. */
export interface NamespaceResult {
  readonly namespace: 'created' | 'present';
  readonly retention: 'set' | 'as wanted' | 'not ours to set';
  readonly searchAttributesAdded: readonly string[];
}

const secondsPerDay = 86_400;
const keyword = 2;

/**
 * Makes sure that the namespace is there with its retention and search attributes, and waits until
 * the server uses them. What a hosted server keeps for its own console is left alone or named in the error.
 */
export async function ensureNamespace(input: NamespaceInput): Promise<NamespaceResult> {
  const created = await registerIfAbsent(input);
  const retention = created ? 'as wanted' : await setRetention(input);
  const searchAttributesAdded = await addSearchAttributes(input);
  await waitUntilUsable(input);
  return { namespace: created ? 'created' : 'present', retention, searchAttributesAdded };
}

function retentionOf({ retentionDays }: NamespaceInput) {
  return msToTs(retentionDays * secondsPerDay * 1000);
}

async function registerIfAbsent(input: NamespaceInput): Promise<boolean> {
  const { connection, namespace } = input;
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return false;
  } catch (error) {
    if (!hasStatus(error, grpcStatus.notFound)) throw refused({ ...input, doing: 'read', error });
  }
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      description: 'pai-loop: retrain, deploy and monitor',
      workflowExecutionRetentionPeriod: retentionOf(input),
    });
    return true;
  } catch (error) {
    // Two processes that start together both find it absent.
    if (hasStatus(error, grpcStatus.alreadyExists)) return false;
    throw refused({ ...input, doing: 'create', error });
  }
}

async function setRetention(input: NamespaceInput): Promise<NamespaceResult['retention']> {
  const { connection, namespace, retentionDays } = input;
  const described = await connection.workflowService.describeNamespace({ namespace });
  const now = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (now === retentionDays * secondsPerDay) return 'as wanted';
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: retentionOf(input) },
    });
    return 'set';
  } catch (error) {
    if (hasStatus(error, grpcStatus.permissionDenied, grpcStatus.unimplemented)) {
      return 'not ours to set';
    }
    throw refused({ ...input, doing: 'set the retention of', error });
  }
}

async function addSearchAttributes(input: NamespaceInput): Promise<readonly string[]> {
  const { connection, namespace } = input;
  const present = await listSearchAttributes(input);
  const wrong = searchAttributeNames.filter((name) => (present[name] ?? keyword) !== keyword);
  if (wrong.length > 0) {
    throw new TemporalConnectionError(
      `Search attributes ${wrong.join(', ')} of namespace ${namespace} are not of type Keyword. Remove them there (temporal operator search-attribute remove --name NAME) and start again.`,
    );
  }
  const missing = searchAttributeNames.filter((name) => present[name] === undefined);
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    if (hasStatus(error, grpcStatus.alreadyExists)) return [];
    const commands = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    const mend = `Let an administrator run: temporal operator search-attribute create --namespace ${namespace} ${commands}`;
    throw refused({ ...input, doing: 'add search attributes to', error, mend });
  }
  return missing;
}

async function listSearchAttributes(
  input: NamespaceInput,
): Promise<Readonly<Record<string, number>>> {
  const { connection, namespace } = input;
  try {
    const answer = await untilKnown(input, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    return { ...answer.customAttributes } as Record<string, number>;
  } catch (error) {
    throw refused({ ...input, doing: 'read the search attributes of', error });
  }
}

// A query that names all attributes shows that the server's caches know namespace and attributes.
async function waitUntilUsable(input: NamespaceInput): Promise<void> {
  const { connection, namespace } = input;
  const query = searchAttributeNames.map((name) => `${name} = 'none'`).join(' AND ');
  try {
    await untilKnown(input, () =>
      connection.workflowService.countWorkflowExecutions({ namespace, query }),
    );
  } catch (error) {
    throw refused({ ...input, doing: 'use', error });
  }
}

// Servers cache namespaces and attributes: what was just made is not known everywhere at once.
async function untilKnown<Answer>(
  { timeoutMs = 30_000 }: NamespaceInput,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const { notFound, invalidArgument, unavailable } = grpcStatus;
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const notYet = hasStatus(error, notFound, invalidArgument, unavailable);
      if (!notYet || Date.now() > until) throw error;
      await sleep(100);
    }
  }
}

function refused(input: {
  readonly namespace: string;
  readonly doing: string;
  readonly error: unknown;
  readonly mend?: string;
}): TemporalConnectionError {
  const { namespace, doing, error } = input;
  const message = error instanceof Error ? error.message : String(error);
  const mend =
    input.mend ??
    'Check temporal.namespace, and that the credentials may use it; on a hosted server create it in its console.';
  return new TemporalConnectionError(
    `Can't ${doing} namespace ${namespace}: ${message}. ${mend}`,
    error,
  );
}
