/** One thing that is wrong in the configuration, in words that an operator can act on. */
export interface ConfigProblem {
  /** File path as shown to people, or the environment variable's name. */
  readonly source: string;
  /** Dotted path of the key inside the source. */
  readonly key: string;
  /** The value as found, already masked when it is secret; absent for unknown or missing keys. */
  readonly value?: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}

/** All problems of a load at once, so that a file is mended in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(describeProblems(problems));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** One line a problem: source, key, value, what is wrong and the mend. */
export function describeProblem(problem: ConfigProblem): string {
  const place = problem.key === '' ? problem.source : `${problem.source}: ${problem.key}`;
  const value = problem.value === undefined ? '' : ` (found ${problem.value})`;
  return `${place}: ${problem.message}${value}. ${problem.mend}`;
}

function describeProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => `  - ${describeProblem(problem)}`);
  return [`The configuration has ${count}:`, ...lines].join('\n');
}
