import path from 'node:path';
import type { ConfigProblem } from './config-error';
import type { Pipeline } from './pipeline';

/** Problems of a pipeline whose keys are fine one by one but not together. */
export function pipelineProblems(input: {
  readonly pipeline: Pipeline;
  readonly path: string;
  readonly shownAs: string;
}): readonly ConfigProblem[] {
  const { pipeline, shownAs } = input;
  const problem = (key: string, value: string, mend: string): ConfigProblem => ({
    source: shownAs,
    key,
    value: JSON.stringify(value),
    message: 'wrong value',
    mend,
  });
  const { features, processing, tables, deploy } = pipeline;
  const inputs = [...features.numeric, ...features.categorical];
  const known = [features.target, ...features.numeric];
  const fileName = path.basename(input.path, '.yaml');
  return [
    ...(pipeline.name === fileName
      ? []
      : [problem('name', pipeline.name, `Name it as its file: ${fileName}`)]),
    ...(inputs.includes(features.target)
      ? [problem('features.target', features.target, 'The target may not be a feature')]
      : []),
    ...repeated(inputs).map((name) => problem('features', name, 'Name each feature once')),
    ...processing.outlierColumns
      .filter((name) => !known.includes(name))
      .map((name) => problem('processing.outlierColumns', name, `Use ${known.join(', ')}`)),
    ...repeated(Object.values(tables)).map((name) =>
      problem('tables', name, 'Give each table a name of its own'),
    ),
    ...['{pipeline}', '{environment}']
      .filter((part) => !deploy.groupPattern.includes(part))
      .map((part) =>
        problem('deploy.groupPattern', deploy.groupPattern, `It must hold ${part}, to stay apart`),
      ),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
