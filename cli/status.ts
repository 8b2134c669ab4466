/** `pai-loop status`: what serves now, and what the lifecycle is doing. */
import type { LifecycleStatus } from '../workflows/messages';
import { lifecycleStatus } from './follow-run';
import { servingGroup } from './serving';
import { openSession, type Session } from './session';

/** Prints the serving version and the lifecycle's state. */
export async function status(input: {
  readonly root: string;
  readonly pipeline?: string;
  readonly json?: boolean;
}): Promise<void> {
  const session = await openSession(input);
  const serving = await servingGroup(session);
  const lifecycle = await lifecycleStatus(session);
  const { pipeline, settings } = session;
  if (input.json) {
    const report = {
      pipeline: pipeline.name,
      environment: settings.environment,
      model_version: serving?.modelVersion ?? null,
      service: serving ? { group: serving.group, url: serving.url, token: serving.token } : null,
      service_status: serving?.status ?? null,
      phase: lifecycle?.phase ?? 'notStarted',
      open_run: lifecycle?.openRun?.runId ?? null,
      recent_runs: lifecycle?.recentRuns ?? [],
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else {
    process.stdout.write(`${describe({ session, serving, lifecycle })}\n`);
  }
  await session.close();
}

function describe(input: {
  readonly session: Session;
  readonly serving: Awaited<ReturnType<typeof servingGroup>>;
  readonly lifecycle: LifecycleStatus | undefined;
}): string {
  const { session, serving, lifecycle } = input;
  const lines = [`${session.pipeline.name} in ${session.settings.environment}`];
  lines.push(
    serving?.modelVersion
      ? `  serves     ${serving.modelVersion} (${serving.service}, ${serving.status})`
      : '  serves     nothing yet',
  );
  if (serving) lines.push(`  endpoint   ${serving.url}`);
  lines.push(
    lifecycle?.openRun
      ? `  lifecycle  run ${lifecycle.openRun.runId} is open`
      : `  lifecycle  ${lifecycle ? 'waits for a request' : 'has not started'}`,
  );
  for (const run of lifecycle?.recentRuns ?? []) {
    lines.push(`  run        ${run.runId} ${run.outcome}: ${run.reason}`);
  }
  return lines.join('\n');
}
