/** Names that deployment and registration give; a test holds them to the ones that those steps use. */

/** Label of an EAS service that names its model version. */
export const VERSION_LABEL = 'pai-loop-model-version';

/** Label of a registered version that names it publicly. */
export const REGISTRY_VERSION_LABEL = 'model_version';

/** Label of a registered version with the kind of model. */
export const REGISTRY_KIND_LABEL = 'model_kind';

/** The EAS group of a pipeline, by the pattern of its file. */
export function groupOf(input: {
  readonly pattern: string;
  readonly pipeline: string;
  readonly environment: string;
}): string {
  const { pattern, pipeline, environment } = input;
  return pattern.replaceAll('{pipeline}', pipeline).replaceAll('{environment}', environment);
}

/** The model of a pipeline in the registry of its environment. */
export function registeredModelOf(input: {
  readonly pipeline: string;
  readonly environment: string;
}): string {
  return `${input.pipeline}_${input.environment}`;
}
