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
    service: serving ? { group: serving.group, url: serving.url, token: serving.token } : null,
    serving_version: serving?.modelVersion ?? null,
    prediction: prediction ?? null,
    tables: result.tables,
  };
}

/** The report as text: models, rows, what serves, and how to ask it. */
export function reportText({ result, serving, prediction }: RunReport): string {
  const lines = ['', modelTable(result), '', result.reason, ''];
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
