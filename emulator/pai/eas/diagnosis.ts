import type { Replica } from './replica';

/** One finding, as DescribeServiceDiagnosis gives it. */
export interface Finding {
  readonly Error: string;
  readonly Causes: readonly string[];
  readonly Advices: readonly string[];
}

const SAID_LINES = 5;

/** What is wrong with an instance; undefined when it serves. */
export function diagnose(replica: Replica): Finding | undefined {
  if (replica.isReady) return undefined;
  const { name, lastEnd, restartCount, status } = replica;
  const said = replica.log
    .read(Date.now())
    .slice(-SAID_LINES)
    .map(({ text }) => text);
  if (lastEnd === 'OOMKilled') {
    return {
      Error: `Instance [${name}] used more memory than it has.`,
      Causes: [`OOMKilled, started again ${restartCount} times`],
      Advices: ['Raise metadata.memory, or choose a larger instance type.'],
    };
  }
  if (lastEnd !== undefined) {
    return {
      Error: `Instance [${name}] ${lastEnd}.`,
      Causes: said.length > 0 ? said : ['It wrote nothing to its log.'],
      Advices: ['Look at the log and at the script of the container.'],
    };
  }
  return {
    Error: `Instance [${name}] is not ready (${status}).`,
    Causes: ['Its health check has not succeeded yet.'],
    Advices: ['The program must listen on the port in LISTENING_PORT and answer the health check.'],
  };
}
