import { parseRunId, type RunId } from './run-id';

/** A model version's public name: `v_` and the run id of the run that made it. */
export type ModelVersion = string;

/** Public name of the version that a run makes. */
export function modelVersionOfRun(runId: RunId): ModelVersion {
  return `v_${checked(runId, runId)}`;
}

/** The run that made a version. Throws `RangeError` when the text isn't a public name. */
export function runOfModelVersion(version: ModelVersion): RunId {
  return checked(version.startsWith('v_') ? version.slice(2) : '', version);
}

/**
 * The name that the PAI Model Registry takes for a version: `1.0.0_YYYYMMDDHHMMSS`
 * (its `VersionName` allows `major.minor.patch` with one suffix).
 */
export function registryVersionOf(version: ModelVersion): string {
  return `1.0.0_${runOfModelVersion(version).replace('_', '')}`;
}

/** The public name behind a registry `VersionName`. Throws `RangeError` when pai-loop didn't make it. */
export function modelVersionOfRegistry(versionName: string): ModelVersion {
  const match = /^1\.0\.0_(\d{8})(\d{6})$/.exec(versionName);
  const runId = match === null ? '' : `${match[1]}_${match[2]}`;
  return modelVersionOfRun(checked(runId, versionName));
}

function checked(runId: string, given: string): RunId {
  if (parseRunId(runId) !== undefined) return runId;
  throw new RangeError(`Not a name that pai-loop gives: ${JSON.stringify(given)}`);
}
