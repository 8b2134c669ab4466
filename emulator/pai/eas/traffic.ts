/** A choice and its share; only the ratio of weights matters. */
export interface Weighted<T> {
  readonly key: string;
  readonly weight: number;
  readonly value: T;
}

/**
 * Smooth weighted round robin (as in nginx): of any run of requests each choice gets its share, to within
 * one, and a small share is spread out instead of coming in a burst.
 */
export class WeightedRotation {
  private credits = new Map<string, number>();

  /** The next choice; undefined when none has a positive weight. */
  next<T>(choices: readonly Weighted<T>[]): T | undefined {
    const open = choices.filter(({ weight }) => weight > 0);
    if (open.length <= 1) return open[0]?.value;
    const credits = new Map<string, number>();
    let total = 0;
    let best = open[0];
    for (const choice of open) {
      total += choice.weight;
      credits.set(choice.key, (this.credits.get(choice.key) ?? 0) + choice.weight);
      if ((credits.get(choice.key) ?? 0) > (credits.get(best.key) ?? 0)) best = choice;
    }
    credits.set(best.key, (credits.get(best.key) ?? 0) - total);
    this.credits = credits;
    return best.value;
  }
}
