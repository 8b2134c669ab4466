import { type RunningEndpoints, readEndpoints } from './endpoints-file';
import { type LoadedSettings, type LoadSettingsInput, loadSettings } from './load-settings';
import type { Origin, Settings } from './settings';

/** Loads the settings and, where they leave it open, takes the addresses of the instance that runs from this home. */
export async function loadRunningSettings(
  input: LoadSettingsInput,
): Promise<LoadedSettings & { readonly running?: RunningEndpoints }> {
  const loaded = loadSettings(input);
  const running = await readEndpoints({ home: loaded.settings.home });
  if (running === undefined) return loaded;
  return { ...withRunning({ ...loaded, running }), running };
}

/**
 * Settings with the addresses of a running local instance. Only what nobody wrote is replaced: an
 * endpoint that a file or variable names stays. The local cloud's own keys go with its endpoints.
 * Namespace, project and bucket stay as configured, so that `prod` never lands in a running `dev`.
 */
export function withRunning(
  input: LoadedSettings & { readonly running: RunningEndpoints },
): LoadedSettings {
  const { settings, running } = input;
  const isLocal = settings.cloud === 'local';
  const addresses = {
    'temporal.address': running.temporal.address,
    ...(isLocal && cloudOf(running)),
  };
  const changes: readonly Change[] = [
    ...Object.entries(addresses).filter(([key]) => !isWritten(input.origins[key])),
    ...(isLocal ? keysOf(running) : []),
  ];
  const origin: Origin = { kind: 'derived', from: 'the running instance (endpoints.json)' };
  const origins: Record<string, Origin> = { ...input.origins };
  for (const [key, value] of changes) {
    if (value === undefined) delete origins[key];
    else origins[key] = origin;
  }
  return { settings: replaced({ settings, changes }), origins };
}

type Change = readonly [key: string, value: string | undefined];

function keysOf(running: RunningEndpoints): readonly Change[] {
  return [
    ['credentials.accessKeyId', running.accessKeyId],
    ['credentials.accessKeySecret', running.accessKeySecret],
    ['credentials.securityToken', undefined],
  ];
}

function cloudOf(running: RunningEndpoints): Readonly<Record<string, string | undefined>> {
  const pai = running.pai.endpoint.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return {
    'maxcompute.endpoint': running.maxcompute.endpoint,
    'maxcompute.tunnelEndpoint': running.maxcompute.tunnelEndpoint,
    'oss.endpoint': running.oss.endpoint,
    'pai.endpoints.dsw': pai,
    'pai.endpoints.eas': pai,
    'pai.endpoints.aiworkspace': pai,
    'pai.endpoints.cms': pai,
  };
}

function isWritten(origin: Origin | undefined): boolean {
  return origin !== undefined && origin.kind !== 'default' && origin.kind !== 'derived';
}

function replaced(input: {
  readonly settings: Settings;
  readonly changes: readonly Change[];
}): Settings {
  const copy = structuredClone(input.settings) as unknown as Record<string, unknown>;
  for (const [key, value] of input.changes) {
    const parts = key.split('.');
    const last = parts.pop() as string;
    const group = parts.reduce((at, part) => at[part] as Record<string, unknown>, copy);
    if (value === undefined) delete group[last];
    else group[last] = value;
  }
  return copy as unknown as Settings;
}
