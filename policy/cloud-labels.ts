/** Labels by which what the loop makes in the cloud is known to be the loop's, and whose. */

/** Labels of an EAS service. */
export const serviceLabels = {
  pipeline: 'pai-loop-pipeline',
  environment: 'pai-loop-environment',
  version: 'pai-loop-model-version',
} as const;

/** Labels of a run's DSW instance. */
export const instanceLabels = {
  pipeline: 'pai-loop-pipeline',
  environment: 'pai-loop-environment',
  run: 'pai-loop-run',
} as const;

/** Labels of a registered model version that others read. */
export const versionLabels = { modelVersion: 'model_version', modelKind: 'model_kind' } as const;

/** Name of a pipeline's model in the registry of its environment. */
export function registeredModelName(input: {
  readonly pipeline: string;
  readonly environment: string;
}): string {
  return `${input.pipeline}_${input.environment}`;
}
