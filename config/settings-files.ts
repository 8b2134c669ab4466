import path from 'node:path';
import type { ConfigProblem } from './config-error';
import { type KeyTree, keyTree, type Leaf, readLeaves } from './key-tree';
import { type EnvironmentName, environments, type Origin, settingsSchema } from './settings';
import { loaderVariables } from './variables';
import { readYaml } from './yaml-file';

const settingsTree = keyTree(settingsSchema);
const fileTree: KeyTree = {
  environment: 'leaf',
  defaults: settingsTree,
  environments: Object.fromEntries(environments.map((name) => [name, settingsTree])),
};

/** A written value with the place that it was written at. */
export interface OriginatedLeaf extends Leaf {
  readonly origin: Origin;
}

/** One YAML file of settings, checked against the known keys. */
export interface SettingsFile {
  readonly shownAs: string;
  /** What the file names as the environment to use, unchecked. */
  readonly environment?: unknown;
  /** Values for one environment, weakest first: `defaults`, then the environment's own. */
  leavesFor(environment: EnvironmentName): readonly OriginatedLeaf[];
  readonly problems: readonly ConfigProblem[];
}

/** Paths of the public template and of the private file. */
export function settingsPaths(input: {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) {
  const chosen = input.env[loaderVariables.localFile]?.trim();
  return {
    file: path.join(input.root, 'config', 'config.yaml'),
    local: chosen ? path.resolve(chosen) : path.join(input.root, 'config_local.yaml'),
    localIsChosen: Boolean(chosen),
  };
}

/** Reads one settings file; an absent one is empty unless it is required. */
export function readSettingsFile(input: {
  readonly root: string;
  readonly path: string;
  readonly kind: 'file' | 'local-file';
  readonly required: boolean;
}): SettingsFile {
  const relative = path.relative(input.root, input.path);
  const shownAs = relative.startsWith('..') ? input.path : relative;
  const read = readYaml({ path: input.path, shownAs });
  if (read.kind === 'broken') return emptyFile({ shownAs, problems: read.problems });
  if (read.kind === 'absent') {
    const problem = { source: shownAs, key: '', message: 'the file is missing' };
    const mend = 'Restore it, or correct the path that names it';
    return emptyFile({ shownAs, problems: input.required ? [{ ...problem, mend }] : [] });
  }
  const { leaves, problems } = readLeaves({
    tree: fileTree,
    value: read.value,
    source: shownAs,
    at: '',
  });
  return {
    shownAs,
    environment: leaves.find(({ key }) => key === 'environment')?.value,
    problems,
    leavesFor: (environment) =>
      ['defaults.', `environments.${environment}.`].flatMap((prefix) =>
        leaves
          .filter(({ key }) => key.startsWith(prefix))
          .map(({ key, value }) => ({
            key: key.slice(prefix.length),
            value,
            origin: { kind: input.kind, file: shownAs, key },
          })),
      ),
  };
}

function emptyFile(input: {
  readonly shownAs: string;
  readonly problems: readonly ConfigProblem[];
}): SettingsFile {
  return { ...input, leavesFor: () => [] };
}
