import type { Pipeline } from '../config/pipeline';
import type { Check } from './decision';

/** A version and its R² on the validation rows of its own training. */
export interface Candidate {
  readonly modelVersion: string;
  readonly validationR2: number;
}

/** The candidate and the rule "the same week last year" in the same back-test. */
export interface AgainstNaive {
  readonly kind: string;
  /** Absent when the candidate was not back-tested. */
  readonly r2?: number;
  readonly naiveR2: number;
}

/** The limits that the gate holds a candidate to. */
export type GateLimits = Pick<Pipeline['gate'], 'minValidationR2' | 'maxLossAgainstChampionR2'>;

/** The gate's answer: verdict, one sentence, and every comparison with its margin. */
export interface GateResult {
  readonly verdict: 'promote' | 'reject';
  readonly reason: string;
  readonly checks: readonly Check[];
}

/**
 * May the candidate be deployed? Its validation R² must reach the minimum and, where a champion
 * serves, may not be worse than the champion's by more than the allowed loss.
 */
export function qualityGate(input: {
  readonly candidate: Candidate;
  readonly champion?: Candidate;
  readonly gate: GateLimits;
  /** Given where the back-test decides. */
  readonly backtest?: AgainstNaive;
}): GateResult {
  const { candidate, champion, gate, backtest } = input;
  const checks = [
    atLeast({
      name: 'minValidationR2',
      value: candidate.validationR2,
      threshold: gate.minValidationR2,
    }),
  ];
  // A retry may meet its own version as the champion; it can't lose against itself.
  const rival = champion?.modelVersion === candidate.modelVersion ? undefined : champion;
  if (rival !== undefined) {
    checks.push(
      atLeast({
        name: 'maxLossAgainstChampionR2',
        value: candidate.validationR2,
        threshold: rival.validationR2 - gate.maxLossAgainstChampionR2,
      }),
    );
  }
  const reason = reasonFor({ candidate, rival, checks, gate });
  if (!backtest) {
    const verdict = checks.every(({ passed }) => passed) ? 'promote' : 'reject';
    return { verdict, checks, reason };
  }
  const { r2 = Number.NaN, naiveR2 } = backtest;
  const check = atLeast({ name: 'beatsSeasonalNaive', value: r2, threshold: naiveR2 });
  // As good as the calendar is not better than it.
  const beats = { ...check, passed: check.passed && r2 > naiveR2 };
  const passed = [...checks, beats].every((one) => one.passed);
  return {
    verdict: passed ? 'promote' : 'reject',
    checks: [...checks, beats],
    reason: againstNaive({ name: candidate.modelVersion, backtest, beats: beats.passed, reason }),
  };
}

function againstNaive(input: {
  readonly name: string;
  readonly backtest: AgainstNaive;
  readonly beats: boolean;
  readonly reason: string;
}): string {
  const { name, backtest, beats, reason } = input;
  const naive = `the same week last year (${places(backtest.naiveR2)})`;
  if (backtest.r2 === undefined) {
    return `${name} is rejected: its ${backtest.kind} was not back-tested against ${naive}`;
  }
  const own = `its ${backtest.kind}'s back-test R² ${places(backtest.r2)}`;
  return beats
    ? `${reason}; ${own} beats ${naive}`
    : `${name} is rejected: ${own} does not beat ${naive}`;
}

function atLeast(input: {
  readonly name: string;
  readonly value: number;
  readonly threshold: number;
}): Check {
  // What can't be measured has not passed.
  const measured = Number.isFinite(input.value) && Number.isFinite(input.threshold);
  return {
    name: input.name,
    value: Number.isFinite(input.value) ? input.value : null,
    threshold: input.threshold,
    margin: measured ? input.value - input.threshold : null,
    passed: measured && input.value >= input.threshold,
  };
}

function reasonFor(input: {
  readonly candidate: Candidate;
  readonly rival?: Candidate;
  readonly checks: readonly Check[];
  readonly gate: GateLimits;
}): string {
  const { candidate, rival, gate } = input;
  const [minimum, against] = input.checks;
  const name = candidate.modelVersion;
  if (minimum.value === null) return `${name} is rejected: it has no validation R²`;
  const r2 = `its validation R² ${places(candidate.validationR2)}`;
  if (!minimum.passed) {
    return `${name} is rejected: ${r2} is below the minimum ${places(gate.minValidationR2)}`;
  }
  const reached = `${r2} reaches the minimum ${places(gate.minValidationR2)}`;
  if (rival === undefined || against === undefined) {
    return `${name} is promoted: ${reached}, and no other version serves`;
  }
  if (!Number.isFinite(rival.validationR2)) {
    return `${name} is rejected: the champion ${rival.modelVersion} has no validation R² to compare with`;
  }
  const allowed = `${rival.modelVersion}'s ${places(rival.validationR2)} less the allowed ${places(gate.maxLossAgainstChampionR2)}`;
  return against.passed
    ? `${name} is promoted: ${reached} and is not below the champion ${allowed}`
    : `${name} is rejected: ${r2} is below the champion ${allowed}`;
}

function places(value: number): string {
  return value.toFixed(4);
}
