/** `pai-loop retrain`: asks for a run and reports how it ended. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { RunResult } from '../workflows/messages';
import { runOnce } from './follow-run';
import { askForPrediction, exampleRequest } from './predict';
import { servingGroup } from './serving';
import { openSession, type Session } from './session';
import { type RunReport, reportJson, reportText } from './start/report';

/** Asks the front door, shows the run's steps, prints the report. */
export async function retrain(input: {
  readonly root: string;
  readonly pipeline?: string;
  readonly reason: string;
  readonly wait: boolean;
  readonly json?: boolean;
}): Promise<void> {
  const session = await openSession(input);
  const { settings, pipeline } = session;
  const workflowId = `retrain/${pipeline.name}/${settings.environment}/${randomUUID()}`;
  const request = {
    pipeline: pipeline.name,
    reason: input.reason,
    requestedBy: userInfo().username,
  };
  if (!input.wait) {
    const client = await session.temporal();
    await client.workflow.start('retrain', {
      workflowId,
      taskQueue: settings.temporal.taskQueue,
      args: [request],
    });
    process.stdout.write(
      `${input.json ? JSON.stringify({ workflow_id: workflowId }) : workflowId}\n`,
    );
    return session.close();
  }
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const result = await runOnce({ session, say }, { workflowId, input: request });
  const report = await reportOf(session, result);
  const text = input.json ? JSON.stringify(reportJson(report)) : reportText(report);
  process.stdout.write(`${text}\n`);
  await session.close();
}

/** A finished run with what serves now and its answer to the example row. */
export async function reportOf(session: Session, result: RunResult): Promise<RunReport> {
  const serving = await servingGroup(session);
  const prediction = serving?.modelVersion
    ? await askForPrediction(serving, exampleRequest)
    : undefined;
  return { result, serving, prediction };
}
