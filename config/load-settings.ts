import { ConfigError, type ConfigProblem } from './config-error';
import { deriveSettings } from './derive';
import { type Place, problemsOf } from './issues';
import { nest } from './key-tree';
import { requirementProblems } from './requirements';
import { shownValue } from './secrets';
import {
  type EnvironmentName,
  environments,
  type Origin,
  type Origins,
  type Settings,
  settingsSchema,
} from './settings';
import {
  type OriginatedLeaf,
  readSettingsFile,
  type SettingsFile,
  settingsPaths,
} from './settings-files';
import { loaderVariables, misspeltVariables, readVariables, variableFor } from './variables';

/** What a load needs: the repository's folder, the variables, and which environment (else configured). */
export interface LoadSettingsInput {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment?: EnvironmentName;
}

/** One environment's settings and where each value came from. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly origins: Origins;
}

/**
 * Loads one environment: `config_local.yaml` > environment variables > `config/config.yaml` > defaults.
 * Throws a `ConfigError` that carries every problem found.
 */
export function loadSettings(input: LoadSettingsInput): LoadedSettings {
  const paths = settingsPaths(input);
  const { root } = input;
  const file = readSettingsFile({ root, path: paths.file, kind: 'file', required: true });
  const local = readSettingsFile({
    root,
    path: paths.local,
    kind: 'local-file',
    required: paths.localIsChosen,
  });
  const chosen = chooseEnvironment({ ...input, file, local });
  const written = mergeLeaves([
    ...file.leavesFor(chosen.environment),
    ...variableLeaves(input.env),
    ...local.leavesFor(chosen.environment),
  ]);
  const before = [
    ...file.problems,
    ...local.problems,
    ...misspeltVariables(input.env),
    ...chosen.problems,
  ];
  return validate({ written, before, environment: chosen.environment, env: input.env });
}

function variableLeaves(env: LoadSettingsInput['env']): readonly OriginatedLeaf[] {
  return readVariables(env).map(({ key, value, variable }) => ({
    key,
    value,
    origin: { kind: 'variable', variable },
  }));
}

// The last writer of a key wins; a Map keeps the pair of value and origin together.
function mergeLeaves(leaves: readonly OriginatedLeaf[]): ReadonlyMap<string, OriginatedLeaf> {
  return new Map(leaves.map((leaf) => [leaf.key, leaf]));
}

function validate(input: {
  readonly written: ReadonlyMap<string, OriginatedLeaf>;
  readonly before: readonly ConfigProblem[];
  readonly environment: EnvironmentName;
  readonly env: LoadSettingsInput['env'];
}): LoadedSettings {
  const { written, environment } = input;
  const value = nest(written.values());
  const parsed = settingsSchema.safeParse(value);
  const missing = (key: string, expects: string) => missingKey({ key, expects, environment });
  const placeOf = (key: string) => placeOfOrigin(written.get(key)?.origin);
  const writtenValue = (key: string) => written.get(key)?.value;
  const problems = [
    ...input.before,
    ...problemsOf({ issues: parsed.error?.issues ?? [], value, placeOf, missing }),
    ...requirementProblems({ writtenValue, missing }),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const { settings, derived } = deriveSettings({
    written: parsed.data,
    environment,
    env: input.env,
  });
  return { settings, origins: originsOf({ settings, written, derived }) };
}

function placeOfOrigin(origin: Origin | undefined): Place | undefined {
  if (origin === undefined) return undefined;
  switch (origin.kind) {
    case 'file':
    case 'local-file':
      return { source: origin.file, key: origin.key };
    case 'variable':
      return { source: 'environment variable', key: origin.variable };
    default:
      return undefined;
  }
}

function missingKey(input: {
  readonly key: string;
  readonly expects: string;
  readonly environment: EnvironmentName;
}): ConfigProblem {
  const variable = variableFor(input.key);
  const orVariable = variable === undefined ? '' : `, or set ${variable}`;
  return {
    source: 'config_local.yaml',
    key: `environments.${input.environment}.${input.key}`,
    message: 'not set',
    mend: `${input.expects} (write it there${orVariable})`,
  };
}

function chooseEnvironment(input: {
  readonly file: SettingsFile;
  readonly local: SettingsFile;
  readonly env: LoadSettingsInput['env'];
  readonly environment?: EnvironmentName;
}): { readonly environment: EnvironmentName; readonly problems: readonly ConfigProblem[] } {
  const { file, local } = input;
  const variable = input.env[loaderVariables.environment]?.trim() || undefined;
  const candidates = [
    { source: 'argument', key: 'environment', value: input.environment },
    { source: local.shownAs, key: 'environment', value: local.environment },
    { source: 'environment variable', key: loaderVariables.environment, value: variable },
    { source: file.shownAs, key: 'environment', value: file.environment },
  ];
  const found = candidates.find(({ value }) => value !== undefined);
  const environment = environments.find((name) => name === (found?.value ?? 'dev'));
  if (environment !== undefined) return { environment, problems: [] };
  const { source, key, value } = found as (typeof candidates)[number];
  const problem = { source, key, value: shownValue({ key, value }), message: 'wrong value' };
  return {
    environment: 'dev',
    problems: [{ ...problem, mend: `Use one of ${environments.join(', ')}` }],
  };
}

function originsOf(input: {
  readonly settings: Settings;
  readonly written: ReadonlyMap<string, OriginatedLeaf>;
  readonly derived: Readonly<Record<string, string>>;
}): Origins {
  const origins: Record<string, Origin> = {};
  for (const key of valueKeys(input.settings)) {
    const from = input.derived[key];
    origins[key] =
      input.written.get(key)?.origin ??
      (from === undefined ? { kind: 'default' } : { kind: 'derived', from });
  }
  return origins;
}

/** Dotted keys of everything that has a value. */
function valueKeys(value: object, prefix = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, child]) => {
    if (child === undefined || (prefix === '' && key === 'environment')) return [];
    const nested = typeof child === 'object' && child !== null && !Array.isArray(child);
    return nested ? valueKeys(child, `${prefix}${key}.`) : [prefix + key];
  });
}
