/** OSS keys of what a training run reads and writes, all in the folder of its job. */
export interface RunKeys {
  readonly job: string;
  readonly claim: string;
  readonly progress: string;
  readonly log: string;
  readonly result: string;
  readonly error: string;
  model(kind: string): string;
}

/** The keys of the run whose job is `<folder>/training.json`. */
export function runKeys(input: { readonly jobKey: string }): RunKeys {
  const folder = input.jobKey.slice(0, input.jobKey.lastIndexOf('/') + 1);
  return {
    job: input.jobKey,
    claim: `${folder}claim`,
    progress: `${folder}progress.json`,
    log: `${folder}training.log`,
    result: `${folder}result.json`,
    error: `${folder}error.json`,
    model: (kind) => `${folder}models/${kind}.json`,
  };
}
