/** How a run is told: a table for people, one JSON object for programs. */
import type { RunResult } from '../../workflows/messages';
import { exampleRequest, predictCurl } from '../predict';
import type { ServingGroup } from '../serving';

/** A finished run with what it brought into service. */
export interface RunReport {
  readonly result: RunResult;
  readonly serving?: ServingGroup;
  readonly prediction?: unknown;
}

/** Names of the kinds of model in the published table. */
const titles: Readonly<Record<string, string>> = {
  linear: 'Linear regression',
  elasticNet: 'Elastic net',
  randomForest: 'Random forest',
  boosting: 'Boosting',
  seriesBoosting: 'Boosting with lags',
  ensemble: 'Boosting with lags and seasonal growth',
  seasonalNaive: 'Same week last year',
  seasonalGrowth: 'Same week last year with growth',
  storeMean: "Store's mean",
};

/** The report as one JSON object. */
export function reportJson({ result, serving, prediction }: RunReport): object {
  return {
    run_id: result.runId,
    model_version: result.modelVersion,
    outcome: result.outcome,
    reason: result.reason,
    champion: result.champion,
    models: result.models.map((model) => ({
      kind: model.kind,
      train_r2: model.trainR2,
      validation_r2: model.validationR2,
      validation_mse: model.validationMse,
      features: model.features,
    })),
    evaluation: result.evaluation ?? null,
    findings: result.findings ?? [],
    service: serving ? { group: serving.group, url: serving.url, token: serving.token } : null,
    serving_version: serving?.modelVersion ?? null,
    prediction: prediction ?? null,
    tables: result.tables,
  };
}

/** The report as text: models, rows, what serves, and how to ask it. */
export function reportText({ result, serving, prediction }: RunReport): string {
  const lines = ['', modelTable(result), ''];
  if (result.evaluation) lines.push(backtestTable(result.evaluation), '');
  lines.push(result.reason, '');
  for (const { words } of result.findings ?? []) lines.push(`Data: ${words}`, '');
  for (const [table, rows] of Object.entries(result.tables)) {
    lines.push(`${table.padEnd(28)} ${String(rows).padStart(7)} rows`);
  }
  if (serving?.modelVersion) {
    lines.push('', `${serving.modelVersion} serves in group ${serving.group}:`, '');
    lines.push(predictCurl(serving), '', `answers ${JSON.stringify(prediction)}`);
    lines.push(`to ${JSON.stringify(exampleRequest)}`);
  }
  return lines.join('\n');
}

function modelTable(result: RunResult): string {
  const head = ['Model', 'Train R²', 'Validation R²', 'Validation MSE', 'Features', 'Status'];
  const rows = result.models.map((model) => [
    titles[model.kind] ?? model.kind,
    model.trainR2.toFixed(4),
    model.validationR2.toFixed(4),
    Math.round(model.validationMse).toLocaleString('en-US'),
    String(model.features),
    statusOf(result, model.kind),
  ]);
  return tableText(head, rows);
}

/** Every model beside the rules that need none, the best first. */
function backtestTable({ rows }: NonNullable<RunResult['evaluation']>): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const head = ['Back-test', 'Ahead', 'R²', 'WAPE', '95 % of WAPE', 'Less than last year'];
  const sorted = [...rows].sort((a, b) => b.r2 - a.r2);
  const ordered = [...sorted.filter(isDirect), ...sorted.filter((row) => !isDirect(row))];
  const cells = ordered.map((row) => [
    titles[row.name] ?? row.name,
    isDirect(row) ? 'whole fold' : 'one week',
    row.r2.toFixed(4),
    percent(row.wape),
    row.wapeInterval.map(percent).join(' - '),
    row.gainInterval.map(percent).join(' - '),
  ]);
  return tableText(head, cells);
}

function isDirect({ horizon }: { readonly horizon: 'oneStep' | 'direct' }): boolean {
  return horizon === 'direct';
}

function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padEnd(widths[column])).join('  ');
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function statusOf(result: RunResult, kind: string): string {
  if (kind !== result.champion) return 'candidate';
  return result.outcome === 'deployed' ? 'deployed' : 'not promoted';
}
