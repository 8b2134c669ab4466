import { parseRunId, type RunId } from './run-id';

/** What a cloud resource of a run is named from. */
export interface RunName {
  readonly pipeline: string;
  readonly environment: string;
  readonly runId: RunId;
}

const dswLimit = 27;
const easLimit = 63;

/**
 * Name of a run's DSW instance: at most 27 letters, digits and underscores. A long pipeline keeps
 * its beginning and gets a hash of pipeline and environment, so that two never meet.
 */
export function dswInstanceName({ pipeline, environment, runId }: RunName): string {
  const owner = `${pipeline}_${environment}`.replace(/[^A-Za-z0-9_]/g, '_');
  const plain = `${owner}_${runId}`;
  const isPlain = owner === `${pipeline}_${environment}`;
  if (isPlain && plain.length <= dswLimit) return plain;
  const hash = shortHash(`${pipeline}/${environment}`);
  const room = dswLimit - runId.length - hash.length - 2;
  return `${owner.slice(0, room)}_${hash}_${runId}`;
}

/** Name of the EAS service of one version: lower-case letters, digits, underscores, at most 63. */
export function easServiceName({ pipeline, environment, runId }: RunName): string {
  return checkedEasName(`${pipeline}_${environment}_${runId}`);
}

/** The pipeline, environment and run behind a service's name; undefined for a foreign service. */
export function parseEasServiceName(name: string): RunName | undefined {
  const match = /^([a-z][a-z0-9_]*)_(dev|prod)_(\d{8}_\d{6})$/.exec(name);
  if (match === null || parseRunId(match[3]) === undefined) return undefined;
  return { pipeline: match[1], environment: match[2], runId: match[3] };
}

/** Name of the EAS group of a pipeline, by the pattern of its file (`{pipeline}`, `{environment}`). */
export function easGroupName(input: {
  readonly pattern: string;
  readonly pipeline: string;
  readonly environment: string;
}): string {
  return checkedEasName(
    input.pattern
      .replaceAll('{pipeline}', input.pipeline)
      .replaceAll('{environment}', input.environment),
  );
}

function checkedEasName(name: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(name) && name.length >= 3 && name.length <= easLimit) return name;
  throw new RangeError(
    `EAS takes 3 to ${easLimit} lower-case letters, digits and underscores, not ${JSON.stringify(name)}`,
  );
}

// FNV-1a over UTF-16 units, 32 bits, as six base-36 digits: workflows have no crypto module.
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return (hash % 36 ** 6).toString(36).padStart(6, '0');
}
