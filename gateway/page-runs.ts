import { type Html, html } from './html';
import type { RunLine } from './loop-client';
import { badge, duration, heading, kindInWords, moment, r2, shownPart, table } from './page-parts';
import type { LoopStatus } from './status';

/** Address of an execution in Temporal's web UI; undefined when the UI's address isn't known. */
export function executionUrl(input: {
  readonly workflowId: string;
  readonly executionId?: string;
  readonly status: LoopStatus;
}): string | undefined {
  const { ui, namespace } = input.status.temporal;
  if (ui === undefined) return undefined;
  const id = encodeURIComponent(input.workflowId);
  const execution = input.executionId === undefined ? '' : `/${input.executionId}/history`;
  const base = ui.replace(/\/$/, '');
  return `${base}/namespaces/${encodeURIComponent(namespace)}/workflows/${id}${execution}`;
}

/** The card of the recent runs of all pipelines. */
export function runsCard(status: LoopStatus): Html {
  return html`<section class="card" id="runs" data-part aria-labelledby="h-runs"><h3 id="h-runs">Recent runs</h3>${shownPart(
    status.runs,
    (runs) => runsTable(runs, status),
  )}</section>`;
}

function runsTable(runs: readonly RunLine[], status: LoopStatus): Html {
  if (runs.length === 0)
    return html`<p class="none">No run yet: <code>npx pai-loop retrain</code> asks for one.</p>`;
  const several = status.pipelines.length > 1;
  return table({
    label: 'Recent runs',
    head: [
      heading('Run'),
      ...(several ? [heading('Pipeline')] : []),
      heading('Result'),
      heading('Best model'),
      heading('Validation R²', 'num'),
      heading('Started (UTC)'),
      heading('Took', 'num'),
      heading('Why'),
    ],
    rows: runs.map((run) => runRow({ run, status, several })),
  });
}

function runRow(input: {
  readonly run: RunLine;
  readonly status: LoopStatus;
  readonly several: boolean;
}): Html {
  const { run, status, several } = input;
  const url = executionUrl({ ...run, status });
  const name = url === undefined ? html`${run.runId}` : html`<a href="${url}">${run.runId}</a>`;
  return html`<tr><td class="name">${name}</td>${several ? html`<td>${run.pipeline}</td>` : html``}
<td>${resultOf(run)}</td><td class="nowrap">${kindInWords(run.champion?.kind) ?? '–'}</td>
<td class="num">${r2(run.champion?.validationR2)}</td><td>${moment(run.startedAt)}</td>
<td class="num">${duration(run.startedAt, run.endedAt)}</td><td class="why">${run.reason ?? askedBy(run)}</td></tr>`;
}

function resultOf(run: RunLine): Html {
  if (run.status === 'running') return badge('busy', run.phase ?? 'running');
  if (run.status !== 'completed') return badge('bad', run.status);
  return run.outcome === 'deployed'
    ? badge('good', 'deployed')
    : badge('warn', run.outcome === 'notPromoted' ? 'not promoted' : (run.outcome ?? 'completed'));
}

function askedBy(run: RunLine): string | undefined {
  return run.trigger === undefined ? undefined : `asked for by: ${run.trigger}`;
}
