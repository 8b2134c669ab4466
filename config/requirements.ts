import type { ConfigProblem } from './config-error';

/** Reads one written value by its dotted key; undefined when nobody wrote it. */
export type WrittenValue = (key: string) => unknown;

const pairs: readonly (readonly [string, string])[] = [
  ['credentials.accessKeyId', 'credentials.accessKeySecret'],
  ['temporal.tls.certFile', 'temporal.tls.keyFile'],
];

const neededOnAlibaba = ['pai.dswImage', 'pai.easImage'] as const;

/** Problems that only show when several keys are looked at together. */
export function requirementProblems(input: {
  readonly writtenValue: WrittenValue;
  readonly missing: (key: string, expects: string) => ConfigProblem;
}): readonly ConfigProblem[] {
  const { writtenValue, missing } = input;
  const isSet = (key: string) => writtenValue(key) !== undefined;
  const problems = pairs.flatMap(([one, other]) => {
    if (isSet(one) === isSet(other)) return [];
    const [given, absent] = isSet(one) ? [one, other] : [other, one];
    return [missing(absent, `It belongs to ${given}, which is set`)];
  });
  if (isSet('credentials.securityToken') && !isSet('credentials.accessKeyId')) {
    problems.push(missing('credentials.accessKeyId', 'It belongs to credentials.securityToken'));
  }
  if (writtenValue('temporal.tls.enabled') === false && isSet('temporal.tls.certFile')) {
    problems.push(missing('temporal.tls.enabled', 'A client certificate needs TLS: write true'));
  }
  if (writtenValue('cloud') === 'alibaba') {
    for (const key of neededOnAlibaba) {
      if (!isSet(key)) problems.push(missing(key, 'Alibaba Cloud needs the address of an image'));
    }
  }
  return problems;
}
