import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, type ConfigProblem } from './config-error';
import { problemsOf } from './issues';
import { keyTree, nest, readLeaves } from './key-tree';
import { nearest } from './nearest';
import { type Pipeline, pipelineSchema } from './pipeline';
import { pipelineProblems } from './pipeline-rules';
import { readYaml } from './yaml-file';

const tree = keyTree(pipelineSchema);

/** All pipelines of `config/pipelines/*.yaml` by name. Throws a `ConfigError` with every problem. */
export function loadPipelines(input: { readonly root: string }): ReadonlyMap<string, Pipeline> {
  const folder = path.join(input.root, 'config', 'pipelines');
  const loaded = pipelineFiles(folder).map((file) =>
    readPipeline({ path: path.join(folder, file), shownAs: `config/pipelines/${file}` }),
  );
  const problems = loaded.flatMap((one) => one.problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const pipelines = loaded.flatMap((one) => one.pipeline ?? []);
  return new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
}

/** One pipeline by name; an unknown name is an error that says which there are. */
export function loadPipeline(input: { readonly root: string; readonly name: string }): Pipeline {
  const pipelines = loadPipelines(input);
  const found = pipelines.get(input.name);
  if (found !== undefined) return found;
  const names = [...pipelines.keys()];
  const near = nearest({ word: input.name, candidates: names });
  const hint = near === undefined ? `There are: ${names.join(', ')}` : `Did you mean ${near}?`;
  throw new ConfigError([
    {
      source: 'config/pipelines',
      key: input.name,
      message: 'no such pipeline',
      mend: `${hint} (a new one is a new file NAME.yaml in this folder)`,
    },
  ]);
}

function pipelineFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const mend = 'Run from a full copy of the repository';
    const message = `the folder can't be read (${code})`;
    throw new ConfigError([{ source: folder, key: '', message, mend }]);
  }
}

function readPipeline(input: { readonly path: string; readonly shownAs: string }): {
  readonly pipeline?: Pipeline;
  readonly problems: readonly ConfigProblem[];
} {
  const source = input.shownAs;
  const read = readYaml(input);
  if (read.kind === 'broken') return { problems: read.problems };
  const written = read.kind === 'read' ? read.value : undefined;
  const { leaves, problems } = readLeaves({ tree, value: written, source, at: '' });
  const value = nest(leaves);
  const parsed = pipelineSchema.safeParse(value);
  const all = [
    ...problems,
    ...problemsOf({
      issues: parsed.error?.issues ?? [],
      value,
      placeOf: (key) => ({ source, key }),
      missing: (key, expects) => ({ source, key, message: 'not set', mend: expects }),
    }),
    ...(parsed.success ? pipelineProblems({ pipeline: parsed.data, ...input }) : []),
  ];
  return { pipeline: parsed.data, problems: all };
}
